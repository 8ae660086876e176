//! csdeck's side of the comparison that `benches/winrm.py` makes: a client that does what the lines on
//! its standard input say. `cargo bench --bench winrm` alone only says how to run it.
//!
//! Orders: `open`, `command TEXT`, `repeat N TEXT`, `output BYTES TEXT`, `close`. Each is answered with
//! `done` when it is, and a wrong answer of the server ends the program.

#![allow(missing_docs, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, Write};
use std::sync::Arc;

use csdeck::execute::ask::Nobody;
use csdeck::execute::target::Auth;
use csdeck::execute::winrm::{WinrmTransport, settle};
use csdeck::execute::{Asker, EVENT_BUFFER, Event, ShellProfile, Target, Transport, TransportKind};
use csdeck::gate::{Confirmation, Guard, assess};
use csdeck::store::secret::{Secret, SessionSecrets};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn transport(port: &str, user: &str, password: String) -> WinrmTransport {
    let target = Target {
        name: "fe01".into(),
        transport: TransportKind::Winrm,
        address: format!("127.0.0.1:{port}"),
        user: Some(user.to_owned()),
        auth: Auth::Ntlm,
        shell: ShellProfile::Plain,
        ..Target::lab()
    };
    let secrets = Arc::new(SessionSecrets::default());
    secrets.set("fe01", Secret::new(password));
    let asker: Arc<dyn Asker> = Arc::new(Nobody);
    WinrmTransport::new(&target, &secrets, &asker).expect("a way there")
}

/// Runs a text; the bytes of its output, without the ends of its lines.
async fn run(transport: &WinrmTransport, text: &str) -> usize {
    let approved = assess(text, "fe01", Guard::Normal)
        .and_then(|a| a.approve(&Confirmation::Typed("fe01".into())))
        .expect("PowerShell");
    let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
    let heard = async {
        let mut bytes = 0;
        while let Some(event) = events.recv().await {
            if let Event::Output(line) = event {
                bytes += line.len();
            }
        }
        bytes
    };
    let ran = transport.run(&approved, sender, CancellationToken::new());
    let (ended, bytes) = tokio::join!(ran, heard);
    assert_eq!(ended, Ok(0), "{text}");
    bytes
}

async fn obey(transport: &mut Option<WinrmTransport>, order: &str) {
    let (word, rest) = order.split_once(' ').unwrap_or((order, ""));
    let there = transport.as_ref().expect("not closed yet");
    match word {
        // The session is made by the first command.
        "open" => {}
        "command" => assert_ne!(run(there, rest).await, 0, "no output"),
        "repeat" => {
            let (times, text) = rest.split_once(' ').expect("a number and a text");
            for _ in 0..times.parse::<usize>().expect("a number") {
                assert_ne!(run(there, text).await, 0, "no output");
            }
        }
        "output" => {
            let (least, text) = rest.split_once(' ').expect("a number and a text");
            let least: usize = least.parse().expect("a number");
            let bytes = run(there, text).await;
            assert!(bytes >= least, "{bytes} bytes came, not {least}");
        }
        "close" => {
            *transport = None;
            settle().await;
        }
        _ => panic!("an order that nobody knows: {order}"),
    }
}

fn main() {
    let Ok(port) = std::env::var("CSDECK_BENCH_WINRM_PORT") else {
        println!("run benches/winrm.py: it starts a server, and the clients to compare with");
        return;
    };
    let variable = |name: &str| std::env::var(name).expect("benches/winrm.py sets it");
    let user = variable("CSDECK_BENCH_WINRM_USER");
    let password = variable("CSDECK_BENCH_WINRM_PASSWORD");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut transport = Some(transport(&port, &user, password));
    for order in std::io::stdin().lock().lines() {
        let order = order.expect("UTF-8");
        runtime.block_on(obey(&mut transport, &order));
        println!("done");
        std::io::stdout().flush().expect("somebody listens");
    }
}
