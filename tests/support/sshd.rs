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
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long anything here is waited for before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

const STEP: Duration = Duration::from_millis(20);

/// Looks again and again until `look` finds something; panics with `what` when it never does.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited {} s in vain: {what}", PATIENCE.as_secs());
        std::thread::sleep(STEP);
    }
}

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
            extra: String::new(),
        }
    }
}

/// A stand-in for PowerShell that runs what comes on its standard input, in the language of
/// /bin/sh. `$text` is that text.
pub const SHELL_AS_POWERSHELL: &str = "#!/bin/sh\ntext=$(cat; printf x)\ntext=${text%x}\neval \"$text\"\n";

/// A running server; killed when dropped.
pub struct Sshd {
    folder: TempDir,
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
        let sshd = program();
        let folder = tempfile::Builder::new().prefix("csdeck-sshd").tempdir().expect("a temporary folder");
        // A test user has to reach the stand-in for PowerShell.
        set_mode(folder.path(), 0o755);
        if running_as_root() {
            fs::create_dir_all("/run/sshd").expect("/run/sshd, which sshd needs when root starts it");
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
                let sshd = Sshd { folder, options, port, child };
                let key = sshd.client_key("ed25519", "");
                sshd.authorize(&key);
                return sshd;
            }
        }
        panic!("sshd does not start:\n{}", fs::read_to_string(folder.path().join("log")).unwrap_or_default());
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
        let lock = if passphrase.is_empty() { "open" } else { "locked" };
        let path = self.folder.path().join(format!("client_{kind}_{lock}"));
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
        line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    }

    /// What `ssh-keygen -lf` says of a host key: `SHA256:...`.
    pub fn fingerprint(&self, kind: &str) -> String {
        let file = self.folder.path().join(format!("host_{kind}.pub"));
        let shown = run(Command::new("ssh-keygen").arg("-lf").arg(file));
        shown.split_whitespace().nth(1).unwrap().to_owned()
    }

    /// A known_hosts file with the server's keys in it.
    pub fn known_hosts(&self) -> PathBuf {
        let lines: String =
            self.options.host_keys.iter().map(|kind| format!("{} {}\n", self.pattern(), self.host_key(kind))).collect();
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
        let sshd = program();
        self.child = eventually("sshd starts again on its port", || launch(&sshd, self.folder.path(), self.port));
    }

    /// Breaks every connection by killing the processes that serve them.
    pub fn kill_connections(&self) {
        for pid in descendants(self.child.id()) {
            // Only sshd's own; the programs it runs are left to their fate.
            if fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.starts_with("sshd")) {
                let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
            }
        }
    }

    /// Everything the server logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// How many log-ins were let in so far: one for each connection that came to be used.
    pub fn logins(&self) -> usize {
        self.log().lines().filter(|line| line.starts_with("Accepted ")).count()
    }

    /// How many passwords were refused so far.
    pub fn refused_passwords(&self) -> usize {
        self.log().lines().filter(|line| line.starts_with("Failed password")).count()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.kill_connections();
        self.stop();
    }
}

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
        assert!(running_as_root(), "tests of passwords make a user for the time of the test: run them as root");
        let name = format!("csdeck{}x{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let password = format!("Tr0ub4dor&3-{name}");
        let user = PasswordUser { name, password };
        // useradd locks /etc/passwd; another test may hold the lock for a moment.
        eventually("useradd makes a user", || {
            let made = Command::new("useradd").args(["-M", "-d", "/", "-s", "/bin/sh", &user.name]).output();
            made.expect("useradd (package passwd)").status.success().then_some(())
        });
        let line = format!("{}:{}\n", user.name, user.password);
        eventually("chpasswd sets the password", || feed("chpasswd", &line).then_some(()));
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
    /// Starts an agent and loads a private key without passphrase into it.
    pub fn with(private: &Path) -> SshAgent {
        let folder = tempfile::Builder::new().prefix("csdeck-agent").tempdir().unwrap();
        let socket = folder.path().join("socket");
        let child = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("ssh-agent (package openssh-client)");
        let agent = SshAgent { socket, child, _folder: folder };
        eventually("ssh-add loads the key", || {
            let added = Command::new("ssh-add").arg(private).env("SSH_AUTH_SOCK", &agent.socket).output();
            added.expect("ssh-add (package openssh-client)").status.success().then_some(())
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

/// True when a process of this id is there and not a zombie.
pub fn is_running(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with('Z')))
}

/// The name of the user the tests run as.
pub fn this_user() -> String {
    run(Command::new("id").arg("-un")).trim().to_owned()
}

fn program() -> PathBuf {
    let usual = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"];
    let found = usual.iter().map(PathBuf::from).find(|path| path.exists());
    found.expect("tests of SSH need OpenSSH's server: apt-get install openssh-server")
}

fn running_as_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

fn write_config(folder: &Path, port: u16, options: &SshdOptions) {
    let at = folder.display();
    let yes = |on: bool| if on { "yes" } else { "no" };
    let host_keys: String = options.host_keys.iter().map(|kind| format!("HostKey {at}/host_{kind}\n")).collect();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\n{host_keys}PidFile none\nStrictModes no\nUseDNS no\n\
         AuthorizedKeysFile {at}/authorized_keys\nPermitRootLogin yes\nPrintMotd no\nLogLevel VERBOSE\n\
         PubkeyAuthentication yes\nPasswordAuthentication {}\nKbdInteractiveAuthentication {}\nUsePAM {}\n\
         MaxStartups 100\nSetEnv PATH={at}/bin:/usr/local/bin:/usr/bin:/bin\n{}\n",
        yes(options.password),
        yes(options.keyboard_interactive),
        yes(options.keyboard_interactive),
        options.extra,
    );
    fs::write(folder.join("config"), config).unwrap();
}

/// `None` when it ends before it listens, which is what a port in use makes it do.
fn launch(sshd: &Path, folder: &Path, port: u16) -> Option<Child> {
    let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
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
        TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(true)
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

fn run(command: &mut Command) -> String {
    let out = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

fn feed(program: &str, input: &str) -> bool {
    use std::io::Write;
    let mut child = Command::new(program).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect(program);
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait().unwrap().success()
}

fn write_script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    set_mode(path, 0o755);
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The processes below one, from /proc.
fn descendants(root: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse::<u32>().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let fields = stat.rsplit(") ").next().unwrap_or_default();
        if let Some(parent) = fields.split_whitespace().nth(1).and_then(|p| p.parse::<u32>().ok()) {
            parents.push((pid, parent));
        }
    }
    let mut found = vec![root];
    let mut at = 0;
    while at < found.len() {
        let above = found[at];
        found.extend(parents.iter().filter(|(_, parent)| *parent == above).map(|(pid, _)| *pid));
        at += 1;
    }
    found.remove(0);
    found
}
