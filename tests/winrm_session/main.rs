//! Runs over WinRM against the lab's server: what they say, what they ask, and a network that is away for
//! a while. `winrm_faults` is about servers that fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../support/winrm.rs"]
mod winrm;

mod asks;
mod logins;
mod lost;
mod objects;
mod questions;
mod restricted;
mod runs;
mod streams;

use std::sync::Arc;
use std::time::Duration;

use csdeck::execute::ask::{Asker, Nobody};
use csdeck::execute::winrm::{Limits, WinrmTransport};
use csdeck::execute::{
    EVENT_BUFFER, Event, ShellProfile, Target, Transport, TransportError, TransportKind,
};
use csdeck::gate::{Confirmation, Guard, assess};
use csdeck::store::secret::{Secret, SessionSecrets};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use winrm::{Lab, PASSWORD, USER};

/// Short enough for a test to see them pass, long enough for a busy machine.
const LIMITS: Limits = Limits {
    hold: Duration::from_secs(2),
    grace: Duration::from_secs(8),
    idle: Duration::from_secs(600),
    keepalive: Duration::from_secs(60),
    quiet: Duration::from_millis(200),
    again: Duration::from_secs(30),
    between: Duration::from_millis(200),
    stop: Duration::from_secs(5),
    ended: 100,
    close: Duration::from_secs(3),
};

/// What a run said and how it ended.
struct Ended {
    events: Vec<Event>,
    result: Result<i32, TransportError>,
}

impl Ended {
    /// The output, an object as its JSON.
    fn output(&self) -> Vec<String> {
        let said = |event: &Event| match event {
            Event::Output(text) => Some(text.clone()),
            Event::Object(object) => Some(object.value.to_string()),
            _ => None,
        };
        self.events.iter().filter_map(said).collect()
    }

    /// The texts of the events of a kind.
    fn texts(&self, kind: &str) -> Vec<String> {
        let said = |event: &Event| match event {
            Event::Warning(text)
            | Event::Verbose(text)
            | Event::Debug(text)
            | Event::Information(text) => Some(text.clone()),
            Event::Error(record) => Some(record.text.clone()),
            Event::Progress(progress) => Some(progress.activity.clone()),
            _ => None,
        };
        let of_kind = self.events.iter().filter(|e| e.kind() == kind);
        of_kind.filter_map(said).collect()
    }
}

fn target(lab: &Lab) -> Target {
    Target {
        name: "fe01".into(),
        transport: TransportKind::Winrm,
        address: lab.url(),
        user: Some(USER.into()),
        ca_file: lab.url().starts_with("https").then(|| lab.ca_pem()),
        shell: ShellProfile::Plain,
        ..Target::lab()
    }
}

fn transport_of(target: &Target, limits: Limits, asker: Arc<dyn Asker>) -> WinrmTransport {
    let secrets = Arc::new(SessionSecrets::default());
    secrets.set("fe01", Secret::new(PASSWORD.to_owned()));
    WinrmTransport::new(target, &secrets, &asker)
        .expect("a way")
        .with_limits(limits)
}

fn transport(lab: &Lab) -> WinrmTransport {
    transport_of(&target(lab), LIMITS, Arc::new(Nobody))
}

/// Runs a text; `seen` hears of each event, and may cancel.
async fn run_with(
    transport: &WinrmTransport,
    text: &str,
    mut seen: impl FnMut(&Event, &CancellationToken),
) -> Ended {
    let approved = assess(text, "fe01", Guard::Normal)
        .and_then(|a| a.approve(&Confirmation::Typed("fe01".into())))
        .expect("approved");
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let cancel = CancellationToken::new();
    let mut events = Vec::new();
    let listen = async {
        while let Some(event) = receiver.recv().await {
            seen(&event, &cancel);
            events.push(event);
        }
    };
    let (result, ()) = tokio::join!(transport.run(&approved, sender, cancel.clone()), listen);
    Ended { events, result }
}

async fn run(transport: &WinrmTransport, text: &str) -> Ended {
    run_with(transport, text, |_, _| ()).await
}

/// `1` to `count`, as `lab-count` gives them.
fn counted(count: usize) -> Vec<String> {
    (1..=count).map(|n| n.to_string()).collect()
}

/// A server with the commands of `session_handler.py`.
fn handled(args: &[&str]) -> Lab {
    let handler = winrm::folder().join("session_handler.py");
    let handler = handler.to_str().expect("UTF-8");
    Lab::start(&[&["--handler", handler], args].concat())
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
