//! Much output is passed on as it comes: in a process of its own, whose memory is looked at.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/winrm.rs"]
mod winrm;

use std::sync::Arc;

use csdeck::execute::ask::{Asker, Nobody};
use csdeck::execute::winrm::WinrmTransport;
use csdeck::execute::{EVENT_BUFFER, Event, ShellProfile, Target, Transport, TransportKind};
use csdeck::gate::{Confirmation, Guard, assess};
use csdeck::store::secret::{Secret, SessionSecrets};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use winrm::{Lab, PASSWORD, USER};

/// The most that this process ever had in memory, in KiB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.expect("VmHWM").parse().unwrap()
}

/// Runs a text; gives its lines and their bytes.
async fn counted(transport: &WinrmTransport, text: &str) -> (usize, usize) {
    let approved = assess(text, "fe01", Guard::Normal)
        .and_then(|a| a.approve(&Confirmation::Typed("fe01".into())))
        .expect("approved");
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let listen = async {
        let (mut lines, mut bytes) = (0, 0);
        while let Some(event) = receiver.recv().await {
            if let Event::Output(line) = event {
                lines += 1;
                bytes += line.len();
            }
        }
        (lines, bytes)
    };
    let (result, counted) = tokio::join!(
        transport.run(&approved, sender, CancellationToken::new()),
        listen
    );
    assert_eq!(result, Ok(0));
    counted
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_megabytes_are_never_all_in_memory() {
    let lab = Lab::start(&[]);
    let target = Target {
        name: "fe01".into(),
        transport: TransportKind::Winrm,
        address: lab.url(),
        user: Some(USER.into()),
        shell: ShellProfile::Plain,
        ..Target::lab()
    };
    let secrets = Arc::new(SessionSecrets::default());
    secrets.set("fe01", Secret::new(PASSWORD.to_owned()));
    let asker: Arc<dyn Asker> = Arc::new(Nobody);
    let transport = WinrmTransport::new(&target, &secrets, &asker).unwrap();
    counted(&transport, "lab-big 1").await;
    let before = peak();
    let (lines, bytes) = counted(&transport, "lab-big 50").await;
    // Blocks of whole lines of 64 characters, each with its end; the last block may be cut.
    let whole = 50 * 1024 * 1024;
    assert!(
        bytes + 2 * lines >= whole - 2 && bytes + 2 * lines <= whole + 2,
        "{lines} lines, {bytes} bytes"
    );
    let more = peak() - before;
    eprintln!("{more} KiB more than before");
    assert!(more < 64 * 1024, "{more} KiB more than before");
}
