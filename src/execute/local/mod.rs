//! PowerShell on this machine.
//!
//! A command runs on a host that stays ([`super::host`]). What cannot (a text with `exit` in it, a
//! PowerShell that does not answer, a target with `session = "single"`) gets a process of its own.

mod single;
#[cfg(all(test, unix))]
mod tests;
mod warm;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use self::warm::{Start, Warm};
use super::ask::Asker;
use super::event::{Event, JobState};
use super::host;
use super::host::question::Open;
use super::sending::BeforeSending;
use super::target::{Session, ShellProfile, Target};
use super::transport::{BoxFuture, EventSender, Transport, TransportError};
use super::user::signed_in;
use crate::gate::Approved;

/// Hosts that are kept when no command runs on them.
const IDLE_HOSTS: usize = 2;

/// Runs text in PowerShell processes of this machine.
#[derive(Debug)]
pub struct LocalTransport {
    name: String,
    program: String,
    shell: ShellProfile,
    hello: Duration,
    stop: Duration,
    /// Every command gets a process of its own.
    single: AtomicBool,
    idle: Mutex<Vec<Warm>>,
    asker: Arc<dyn Asker>,
}

impl LocalTransport {
    /// The target's own program, else Windows PowerShell on Windows (the Lync modules load
    /// nowhere else) and `pwsh` elsewhere. What commands ask goes to `asker`.
    pub fn new(target: &Target, asker: &Arc<dyn Asker>) -> LocalTransport {
        let default = if cfg!(windows) {
            "powershell.exe"
        } else {
            "pwsh"
        };
        LocalTransport {
            name: target.name.clone(),
            program: target
                .powershell
                .clone()
                .unwrap_or_else(|| default.to_owned()),
            shell: target.shell,
            hello: host::HELLO_LIMIT,
            stop: host::STOP_LIMIT,
            single: AtomicBool::new(target.session == Session::Single),
            idle: Mutex::default(),
            asker: Arc::clone(asker),
        }
    }

    #[cfg(all(test, unix))]
    async fn run_text(
        &self,
        text: &str,
        events: EventSender,
        cancel: CancellationToken,
    ) -> Result<i32, TransportError> {
        self.send_text(BeforeSending::default(), text, events, cancel)
            .await
    }

    async fn send_text(
        &self,
        before: BeforeSending,
        text: &str,
        events: EventSender,
        cancel: CancellationToken,
    ) -> Result<i32, TransportError> {
        let _ = events.send(Event::State(JobState::Connecting)).await;
        if self.single.load(Ordering::Relaxed) || host::needs_own_process(text).is_some() {
            return self.run_single(before, text, events, cancel).await;
        }
        let mut warm = match self.warm(&events, &cancel).await? {
            Start::Ready(warm) => warm,
            Start::Silent(why) => {
                self.single.store(true, Ordering::Relaxed);
                let said = host::words::single(&why);
                let _ = events.send(Event::Verbose(said)).await;
                return self.run_single(before, text, events, cancel).await;
            }
        };
        if let Err(why) = before.pass().await {
            self.keep(*warm);
            return Err(why);
        }
        let _ = events.send(Event::State(JobState::Running)).await;
        let ask = |prompt: &str, secret: bool| {
            let user = signed_in().unwrap_or("you");
            Open::put(&self.asker, (&self.name, user, HERE), prompt, secret)
        };
        let ended = warm.run(text, &events, &cancel, self.stop, &ask).await;
        self.keep(*warm);
        ended
    }

    /// A host that is idle and lives, else a new one.
    async fn warm(
        &self,
        events: &EventSender,
        cancel: &CancellationToken,
    ) -> Result<Start, TransportError> {
        let mut died = false;
        loop {
            let Some(mut warm) = self.lock().pop() else {
                break;
            };
            if warm.lives() {
                return Ok(Start::Ready(Box::new(warm)));
            }
            died = true;
        }
        if died {
            let _ = events
                .send(Event::Verbose(host::words::REPLACED.into()))
                .await;
        }
        Warm::start(&self.program, self.shell, self.hello, cancel).await
    }

    /// Keeps a host for the next command, when it takes one and there are not enough.
    fn keep(&self, warm: Warm) {
        let mut idle = self.lock();
        if warm.is_idle() && idle.len() < IDLE_HOSTS {
            idle.push(warm);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Warm>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self, reason: &str) -> TransportError {
        TransportError::Lost {
            address: self.program.clone(),
            reason: reason.to_owned(),
        }
    }
}

/// A process apart from csdeck's own console: Ctrl-C is csdeck's, which then asks the command to stop,
/// and nothing that it starts reads the keys of the console.
fn apart(program: &str) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(program);
    #[cfg(unix)]
    command.process_group(0);
    #[cfg(windows)]
    {
        /// CREATE_NEW_PROCESS_GROUP and CREATE_NO_WINDOW ("Process Creation Flags").
        const FLAGS: u32 = 0x0000_0200 | 0x0800_0000;
        command.creation_flags(FLAGS);
    }
    command
}

/// Starts it. A program that is being written at this moment is waited for, not long.
async fn started(command: &mut tokio::process::Command) -> std::io::Result<tokio::process::Child> {
    let mut left = 10;
    loop {
        match command.spawn() {
            Err(e) if e.kind() == std::io::ErrorKind::ExecutableFileBusy && left > 0 => left -= 1,
            other => return other,
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Ends a process and what it started.
async fn kill_tree(child: &mut tokio::process::Child) {
    if let Some(id) = child.id() {
        #[cfg(unix)]
        if let Some(group) = i32::try_from(id)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            // It leads a group of its own; gone already is as good.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        #[cfg(windows)]
        {
            let mut kill = tokio::process::Command::new("taskkill");
            kill.args(["/F", "/T", "/PID", &id.to_string()]);
            let quiet = kill
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null());
            let _ = tokio::time::timeout(Duration::from_secs(5), quiet.status()).await;
        }
        #[cfg(not(any(unix, windows)))]
        let _ = id;
    }
    let _ = child.kill().await;
}

/// Where a command of this machine runs, for the one who is asked something.
const HERE: &str = "this machine";

/// Why a PowerShell cannot be started.
fn not_started(program: &str, error: &std::io::Error) -> TransportError {
    TransportError::Setup(format!(
        "cannot start {program}: {error}. Set powershell = \"path\" for the target in targets.toml"
    ))
}

impl Transport for LocalTransport {
    fn run_after<'a>(
        &'a self,
        before: BeforeSending,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(self.send_text(before, invocation.text(), events, cancel))
    }
}
