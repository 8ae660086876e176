//! A real OpenSSH server on this machine's loopback, for tests.
//!
//! Nothing here skips: a missing sshd (Debian: `apt-get install openssh-server`), or a missing
//! right to make users, fails the test and says so.

// Each test binary uses another part of it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

#[path = "accounts.rs"]
mod accounts;
#[path = "process.rs"]
mod process;

#[allow(unused_imports)]
pub use accounts::{Pam, PasswordUser, SshAgent};
#[allow(unused_imports)]
pub use process::{STEP, descendants, eventually, is_running, kill, make_pipe, this_user};
use process::{run, running_as_root};

/// How the server is set up.
#[derive(Debug, Clone)]
pub struct SshdOptions {
    /// Takes passwords.
    pub password: bool,
    /// Asks questions, through PAM, instead of taking passwords.
    pub keyboard_interactive: bool,
    /// Types of its host keys, for ssh-keygen -t.
    pub host_keys: Vec<&'static str>,
    /// The `powershell` found in the server's PATH: a script for /bin/sh. Without one there is
    /// no PowerShell.
    pub powershell: Option<String>,
    /// What PAM asks, instead of what the system's own `sshd` service asks.
    pub pam: Option<Pam>,
    /// Further lines of sshd_config.
    pub extra: String,
}

impl Default for SshdOptions {
    fn default() -> Self {
        SshdOptions {
            password: false,
            keyboard_interactive: false,
            host_keys: vec!["ed25519"],
            powershell: Some(SHELL_AS_POWERSHELL.into()),
            pam: None,
            extra: String::new(),
        }
    }
}

/// A stand-in for PowerShell that runs what comes on its standard input, in the language of
/// /bin/sh. `$text` is that text.
pub const SHELL_AS_POWERSHELL: &str =
    "#!/bin/sh\ntext=$(cat; printf x)\ntext=${text%x}\neval \"$text\"\n";

/// A running server; killed when dropped.
pub struct Sshd {
    folder: TempDir,
    program: PathBuf,
    options: SshdOptions,
    port: u16,
    child: Child,
}

impl Sshd {
    /// Starts a server with the usual options, which lets the key of [`Sshd::client_key`] in.
    pub fn start() -> Sshd {
        Sshd::with(SshdOptions::default())
    }

    /// Starts a server on a free port.
    pub fn with(options: SshdOptions) -> Sshd {
        let folder = tempfile::Builder::new()
            .prefix("csdeck-sshd")
            .tempdir()
            .expect("a temporary folder");
        // A test user has to reach the stand-in for PowerShell.
        set_mode(folder.path(), 0o755);
        let sshd = match &options.pam {
            Some(pam) => pam.program(&program(), folder.path()),
            None => program(),
        };
        if running_as_root() {
            fs::create_dir_all("/run/sshd")
                .expect("/run/sshd, which sshd needs when root starts it");
        }
        for kind in &options.host_keys {
            keygen(&folder.path().join(format!("host_{kind}")), kind, "");
        }
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        if let Some(script) = &options.powershell {
            write_script(&bin.join("powershell"), script);
        }
        fs::write(folder.path().join("authorized_keys"), "").unwrap();
        set_mode(&folder.path().join("authorized_keys"), 0o644);
        // Between finding a free port and taking it another test may take it: try again.
        for _ in 0..10 {
            let port = free_port();
            write_config(folder.path(), port, &options);
            if let Some(child) = launch(&sshd, folder.path(), port) {
                let sshd = Sshd {
                    folder,
                    program: sshd,
                    options,
                    port,
                    child,
                };
                let key = sshd.client_key("ed25519", "");
                sshd.authorize(&key);
                return sshd;
            }
        }
        panic!(
            "sshd does not start:\n{}",
            fs::read_to_string(folder.path().join("log")).unwrap_or_default()
        );
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `127.0.0.1:port`, as a target's address.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `[127.0.0.1]:port`, as known_hosts spells it.
    pub fn pattern(&self) -> String {
        format!("[127.0.0.1]:{}", self.port)
    }

    /// A folder of the test's own, gone with the server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The private key of this type and passphrase, made at the first call.
    pub fn client_key(&self, kind: &str, passphrase: &str) -> PathBuf {
        let lock = if passphrase.is_empty() {
            "open"
        } else {
            "locked"
        };
        self.make_key(&format!("client_{kind}_{lock}"), kind, passphrase)
    }

    /// A private key in a file of this name, made at the first call.
    pub fn make_key(&self, name: &str, kind: &str, passphrase: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        if !path.exists() {
            keygen(&path, kind, passphrase);
        }
        path
    }

    /// Lets the owner of a private key in, as whoever they say they are.
    pub fn authorize(&self, private: &Path) {
        let file = self.folder.path().join("authorized_keys");
        let mut keys = fs::read_to_string(&file).unwrap();
        keys.push_str(&public(private));
        fs::write(file, keys).unwrap();
    }

    /// `type base64` of a host key, as it stands in a known_hosts line.
    pub fn host_key(&self, kind: &str) -> String {
        let line = public(&self.folder.path().join(format!("host_{kind}")));
        line.split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// What `ssh-keygen -lf` says of a host key: `SHA256:...`.
    pub fn fingerprint(&self, kind: &str) -> String {
        let file = self.folder.path().join(format!("host_{kind}.pub"));
        let shown = run(Command::new("ssh-keygen").arg("-lf").arg(file));
        shown.split_whitespace().nth(1).unwrap().to_owned()
    }

    /// A known_hosts file with the server's keys in it.
    pub fn known_hosts(&self) -> PathBuf {
        let lines: String = self
            .options
            .host_keys
            .iter()
            .map(|kind| format!("{} {}\n", self.pattern(), self.host_key(kind)))
            .collect();
        self.known_hosts_with(&lines)
    }

    /// A known_hosts file with these lines.
    pub fn known_hosts_with(&self, lines: &str) -> PathBuf {
        let path = self.folder.path().join("known_hosts");
        fs::write(&path, lines).unwrap();
        path
    }

    /// Gives the server new host keys: stops it and starts it again on the same port.
    pub fn rotate_host_keys(&mut self) {
        self.stop();
        for kind in &self.options.host_keys {
            let path = self.folder.path().join(format!("host_{kind}"));
            fs::remove_file(&path).unwrap();
            keygen(&path, kind, "");
        }
        self.start_again();
    }

    /// Stops listening; connections that are up go on.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts again on the same port after [`Sshd::stop`].
    pub fn start_again(&mut self) {
        self.child = eventually("sshd starts again on its port", || {
            launch(&self.program, self.folder.path(), self.port)
        });
    }

    /// Ends the server and every connection, so that no new one can come in between.
    pub fn crash(&mut self) {
        let listener = self.child.id().to_string();
        run(Command::new("kill").args(["-STOP", &listener]));
        let serving = self.serving();
        self.stop();
        serving.into_iter().for_each(kill);
    }

    /// Breaks every connection by killing the processes that serve them.
    pub fn kill_connections(&self) {
        self.signal_connections("-9");
    }

    /// Sends a signal (as kill(1) writes it) to the processes that serve connections. `-STOP`
    /// makes the server fall silent.
    pub fn signal_connections(&self, signal: &str) {
        for pid in self.serving() {
            let _ = Command::new("kill")
                .args([signal, &pid.to_string()])
                .output();
        }
    }

    /// The processes that serve connections: only sshd's own; the programs it runs are left to
    /// their fate.
    fn serving(&self) -> Vec<u32> {
        let own = |pid: &u32| {
            let name = fs::read_to_string(format!("/proc/{pid}/comm"));
            // Under a PAM service of its own the program has another name.
            name.is_ok_and(|n| n.starts_with("sshd") || n.starts_with("csdeck-sshd"))
        };
        descendants(self.child.id())
            .into_iter()
            .filter(own)
            .collect()
    }

    /// Everything the server logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// How many log-ins were let in so far: one for each connection that came to be used.
    pub fn logins(&self) -> usize {
        self.log()
            .lines()
            .filter(|line| line.starts_with("Accepted ") && line.contains(" for "))
            .count()
    }

    /// How many passwords were refused so far.
    pub fn refused_passwords(&self) -> usize {
        self.log()
            .lines()
            .filter(|line| line.starts_with("Failed password"))
            .count()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.kill_connections();
        self.stop();
    }
}

fn program() -> PathBuf {
    let usual = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"];
    let found = usual.iter().map(PathBuf::from).find(|path| path.exists());
    found.expect("tests of SSH need OpenSSH's server: apt-get install openssh-server")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a free port")
        .port()
}

fn write_config(folder: &Path, port: u16, options: &SshdOptions) {
    let at = folder.display();
    let yes = |on: bool| if on { "yes" } else { "no" };
    let host_keys: String = options
        .host_keys
        .iter()
        .map(|kind| format!("HostKey {at}/host_{kind}\n"))
        .collect();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\n{host_keys}PidFile none\nStrictModes no\nUseDNS no\n\
         AuthorizedKeysFile {at}/authorized_keys\nPermitRootLogin yes\nPrintMotd no\nLogLevel VERBOSE\n\
         PubkeyAuthentication yes\nPasswordAuthentication {}\nKbdInteractiveAuthentication {}\nUsePAM {}\n\
         MaxStartups 100\nSetEnv PATH={at}/bin:/usr/local/bin:/usr/bin:/bin\n{}{}\n",
        yes(options.password),
        yes(options.keyboard_interactive),
        yes(options.keyboard_interactive),
        options
            .pam
            .as_ref()
            .map_or_else(String::new, |pam| pam.line(&program(), folder)),
        options.extra,
    );
    fs::write(folder.join("config"), config).unwrap();
}

/// `None` when it ends before it listens, which is what a port in use makes it do.
fn launch(sshd: &Path, folder: &Path, port: u16) -> Option<Child> {
    let log = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .unwrap();
    let mut child = Command::new(sshd)
        .args(["-D", "-e", "-f"])
        .arg(folder.join("config"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("sshd can be started");
    eventually("sshd listens or ends", || {
        if child.try_wait().unwrap().is_some() {
            return Some(false);
        }
        TcpStream::connect(("127.0.0.1", port))
            .is_ok()
            .then_some(true)
    })
    .then_some(child)
}

fn keygen(path: &Path, kind: &str, passphrase: &str) {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", kind, "-N", passphrase, "-C", "csdeck-test"]);
    if kind == "rsa" {
        command.args(["-b", "2048"]);
    }
    run(command.arg("-f").arg(path));
}

fn public(private: &Path) -> String {
    fs::read_to_string(format!("{}.pub", private.display())).unwrap()
}

fn write_script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    set_mode(path, 0o755);
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
