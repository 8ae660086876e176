//! Who logs in: throw-away users with passwords, agents with keys.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use super::process::{STEP, eventually, feed, running_as_root};

/// A system user with a password, removed when dropped.
pub struct PasswordUser {
    /// The user's name.
    pub name: String,
    /// The user's password.
    pub password: String,
}

impl PasswordUser {
    /// Makes a user. Needs root.
    pub fn create() -> PasswordUser {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        assert!(
            running_as_root(),
            "tests of passwords make a user for the time of the test: run them as root"
        );
        let name = format!(
            "csdeck{}x{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let password = format!("Tr0ub4dor&3-{name}");
        let user = PasswordUser { name, password };
        // useradd locks /etc/passwd; another test may hold the lock for a moment.
        eventually("useradd makes a user", || {
            let made = Command::new("useradd")
                .args(["-M", "-d", "/", "-s", "/bin/sh", &user.name])
                .output();
            made.expect("useradd (package passwd)")
                .status
                .success()
                .then_some(())
        });
        let line = format!("{}:{}\n", user.name, user.password);
        eventually("chpasswd sets the password", || {
            feed("chpasswd", &line).then_some(())
        });
        user
    }
}

impl Drop for PasswordUser {
    fn drop(&mut self) {
        for _ in 0..50 {
            let gone = Command::new("userdel").args(["-f", &self.name]).output();
            if gone.is_ok_and(|out| out.status.success()) {
                return;
            }
            std::thread::sleep(STEP);
        }
    }
}

/// An ssh-agent with one key in it; killed when dropped.
pub struct SshAgent {
    socket: PathBuf,
    child: Child,
    _folder: TempDir,
}

impl SshAgent {
    /// Starts an agent and loads private keys without passphrase into it, in this order.
    pub fn with(keys: &[&Path]) -> SshAgent {
        let folder = tempfile::Builder::new()
            .prefix("csdeck-agent")
            .tempdir()
            .unwrap();
        let socket = folder.path().join("socket");
        let child = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("ssh-agent (package openssh-client)");
        let agent = SshAgent {
            socket,
            child,
            _folder: folder,
        };
        eventually("ssh-add loads the keys", || {
            let added = Command::new("ssh-add")
                .args(keys)
                .env("SSH_AUTH_SOCK", &agent.socket)
                .output();
            added
                .expect("ssh-add (package openssh-client)")
                .status
                .success()
                .then_some(())
        });
        agent
    }

    /// What SSH_AUTH_SOCK would be.
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
