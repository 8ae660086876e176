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
        PasswordUser::with(|name| format!("Tr0ub4dor&3-{name}"))
    }

    /// Makes a user with the password that this makes of the user's name. Needs root.
    pub fn with(password: impl FnOnce(&str) -> String) -> PasswordUser {
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
        let password = password(&name);
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

/// A stack of PAM modules for sshd, under a service name of its own; removed with the last copy.
#[derive(Debug, Clone)]
pub struct Pam(std::sync::Arc<Service>);

#[derive(Debug)]
struct Service {
    name: String,
    code: String,
}

impl Pam {
    /// Asks for the account's password, then, hidden, for this code. Of Debian's own modules
    /// pam_stress is the one that asks a second time; pam_exec judges what it was told.
    pub fn with_code(code: &str) -> Pam {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        assert!(
            running_as_root(),
            "tests of one-time codes set up a PAM service for the time of the test: run them as root"
        );
        Pam(std::sync::Arc::new(Service {
            name: format!(
                "csdeck-sshd{}x{}",
                std::process::id(),
                COUNT.fetch_add(1, Ordering::Relaxed)
            ),
            code: code.to_owned(),
        }))
    }

    /// The sshd to start, set up in this folder: it takes the service named like the program.
    pub fn program(&self, sshd: &Path, folder: &Path) -> PathBuf {
        let judge = folder.join("judge");
        let script = format!(
            "#!/bin/sh\nread -r code\n[ \"$code\" = '{}' ]\n",
            self.0.code
        );
        std::fs::write(&judge, script).unwrap();
        set_executable(&judge);
        let stack = format!(
            "auth required pam_unix.so\nauth required pam_stress.so\n\
             auth required pam_exec.so quiet expose_authtok {}\n\
             account required pam_permit.so\nsession required pam_permit.so\n",
            judge.display()
        );
        std::fs::write(self.0.file(), stack).unwrap();
        let program = folder.join(&self.0.name);
        std::os::unix::fs::symlink(sshd, &program).unwrap();
        program
    }

    /// The line of sshd_config that tells newer servers (OpenSSH 9.8) the service; the older ones,
    /// which do not know it, go by the program's name.
    pub fn line(&self, sshd: &Path, folder: &Path) -> String {
        let line = format!("PAMServiceName {}\n", self.0.name);
        let file = folder.join("pam-line");
        std::fs::write(&file, &line).unwrap();
        let asked = Command::new(sshd).arg("-t").arg("-f").arg(&file).output();
        let complaint = asked.expect("sshd").stderr;
        match String::from_utf8_lossy(&complaint).contains("Bad configuration option") {
            true => String::new(),
            false => line,
        }
    }
}

impl Service {
    fn file(&self) -> PathBuf {
        Path::new("/etc/pam.d").join(&self.name)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.file());
    }
}

fn set_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
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
