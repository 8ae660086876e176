//! The transport against OpenSSH's own sshd, with /bin/sh standing in for PowerShell.

mod asks;
mod files;
mod hops;
mod host_keys;
mod kept;
mod logins;
mod questions;
mod running;
#[path = "../../../tests/support/sshd.rs"]
mod sshd;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::sshd::{Sshd, this_user};
use super::plan::{Agent, Plan, Surroundings};
use super::{SshTransport, jumps};
use crate::execute::ask::{Asker, Nobody};
use crate::execute::event::Event;
use crate::execute::target::{Session, ShellProfile, Target, TransportKind};
use crate::execute::transport::{EVENT_BUFFER, TransportError};
use crate::store::secret::{Secret, SessionSecrets};

/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a test may change about the way to the server.
struct Way {
    target: Target,
    /// Where the target's jumps are looked for.
    others: Vec<Target>,
    secrets: Arc<SessionSecrets>,
    asker: Arc<dyn Asker>,
    around: Surroundings,
}

impl Way {
    /// The way in with the server's usual key and its host keys known.
    fn to(sshd: &Sshd) -> Way {
        let target = Target {
            name: "fe01".into(),
            transport: TransportKind::Ssh,
            address: sshd.address(),
            user: Some(this_user()),
            identity_file: Some(sshd.client_key("ed25519", "")),
            known_hosts: Some(sshd.known_hosts()),
            shell: ShellProfile::Plain,
            // The stand-in is a shell.
            session: Session::Single,
            ..Target::lab()
        };
        let around = Surroundings {
            home: Some(sshd.folder().join("home")),
            user: None,
            agent: None,
        };
        Way {
            target,
            others: Vec::new(),
            secrets: Arc::default(),
            asker: Arc::new(Nobody),
            around,
        }
    }

    /// No key; the user and the secret given.
    fn with_password(sshd: &Sshd, user: &str, password: Option<&str>) -> Way {
        let mut way = Way::to(sshd);
        way.target.identity_file = None;
        way.target.user = Some(user.into());
        if let Some(password) = password {
            way.secrets.set("fe01", Secret::new(password.into()));
        }
        way
    }

    fn key(mut self, path: PathBuf) -> Way {
        self.target.identity_file = Some(path);
        self
    }

    fn secret(self, secret: &str) -> Way {
        self.secrets.set("fe01", Secret::new(secret.into()));
        self
    }

    fn agent(mut self, socket: &std::path::Path) -> Way {
        self.around.agent = Some(Agent::Socket(socket.into()));
        self
    }

    fn plan(&self) -> Plan {
        let jumps = jumps(&self.target, &self.others).unwrap();
        Plan::within(
            &self.target,
            &jumps,
            &self.secrets,
            &self.asker,
            &self.around,
        )
        .unwrap()
    }

    fn transport(&self) -> SshTransport {
        SshTransport::with_plan(self.plan())
    }
}

/// What came of a run: the result, and the events without the states.
struct Said {
    result: Result<i32, TransportError>,
    events: Vec<Event>,
    states: Vec<&'static str>,
}

impl Said {
    fn output(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|e| {
                if let Event::Output(line) = e {
                    Some(line.as_str())
                } else {
                    None
                }
            })
            .collect()
    }

    fn errors(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|e| {
                if let Event::Error(record) = e {
                    Some(record.text.as_str())
                } else {
                    None
                }
            })
            .collect()
    }
}

/// Runs a text of /bin/sh to its end.
async fn run(transport: &SshTransport, text: &str) -> Said {
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let all = async {
        let mut said = Vec::new();
        while let Some(event) = receiver.recv().await {
            said.push(event);
        }
        said
    };
    let both = async {
        tokio::join!(
            transport.run_text(text, sender, CancellationToken::new()),
            all
        )
    };
    let (result, said) = tokio::time::timeout(PATIENCE, both)
        .await
        .expect("the run ends");
    let mut events = Vec::new();
    let mut states = Vec::new();
    for event in said {
        match event {
            Event::State(state) => states.push(state.word()),
            event => events.push(event),
        }
    }
    Said {
        result,
        events,
        states,
    }
}

/// Runs something that must fail before it runs.
async fn refusal(way: &Way) -> TransportError {
    let said = run(&way.transport(), "echo no").await;
    assert_eq!(said.output(), Vec::<&str>::new());
    assert_eq!(said.states, ["connecting"]);
    said.result.expect_err("must be refused")
}

/// Runs something that must work.
async fn works(way: &Way) {
    let said = run(&way.transport(), "echo yes").await;
    assert_eq!(said.result, Ok(0), "{:?}", said.events);
    assert_eq!(said.output(), ["yes"]);
}
