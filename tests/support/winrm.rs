//! A WinRM server on this machine's loopback, for tests: `tests/lab/winrm_lab.py`.
//!
//! Nothing here skips: a missing Python, or one without the packages that the lab needs, fails the
//! test and says so.

// Each test binary uses another part of it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The account that [`Lab::start`] makes when the arguments name none.
pub const USER: &str = "ops";

/// Its password.
pub const PASSWORD: &str = "Kestrel-7-Lab!";

/// How long the lab may take to start: with Kerberos it makes a realm first.
const START: Duration = Duration::from_secs(60);

/// How long the lab may take to end by itself, which ends its KDC as well.
const END: Duration = Duration::from_secs(10);

/// The Python with the lab's packages.
pub fn python() -> PathBuf {
    let path = std::env::var_os("CSDECK_TEST_LAB_PYTHON").map(PathBuf::from);
    let path = path.expect(
        "tests of WinRM need the Python that tests/run makes: run tests/run, or set \
         CSDECK_TEST_LAB_PYTHON to a Python that has what tests/lab/requirements.txt names",
    );
    assert!(
        path.is_file(),
        "CSDECK_TEST_LAB_PYTHON is {}, which is no file: run tests/run",
        path.display()
    );
    path
}

/// Where the lab's files are: `tests/lab`.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab")
}

/// A running server; ended when dropped.
pub struct Lab {
    folder: TempDir,
    child: Child,
    info: Value,
}

/// What a client needs to know of the lab's realm.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Realm {
    /// Its name, in capitals.
    pub realm: String,
    /// The krb5.conf that leads to its KDC, for KRB5_CONFIG.
    pub krb5_config: PathBuf,
    /// A credential cache with the ticket of the first user, for KRB5CCNAME.
    pub ccache: String,
    /// The server's name in its service principals.
    pub service_host: String,
    /// The first user: `name@REALM`.
    pub principal: String,
}

impl Lab {
    /// Starts a server on free ports with these arguments (`winrm_lab.py --help`). Without a
    /// `--user` among them there is one account, [`USER`] with [`PASSWORD`].
    pub fn start(args: &[&str]) -> Lab {
        Lab::with(args, |_| ())
    }

    /// The same; `more` may set variables of the lab's environment.
    pub fn with(args: &[&str], more: impl FnOnce(&mut Command)) -> Lab {
        let folder = tempfile::Builder::new()
            .prefix("csdeck-winrm")
            .tempdir()
            .expect("a temporary folder");
        let stderr = fs::File::create(folder.path().join("stderr")).unwrap();
        for place in ["files/home", "files/C"] {
            fs::create_dir_all(folder.path().join(place)).unwrap();
        }
        let mut command = Command::new(python());
        command
            .arg(self::folder().join("winrm_lab.py"))
            .args(["--stdin-eof", "--control-port", "0"])
            .args(args)
            .env("TMPDIR", folder.path())
            .env("CSDECK_LAB_FILES", folder.path().join("files"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr);
        if !args.contains(&"--user") {
            command.args(["--user", USER, "--password", PASSWORD]);
        }
        more(&mut command);
        let mut child = command.spawn().expect("the lab can be started");
        let stdout = child.stdout.take().unwrap();
        let (told, line) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = told.send(line);
        });
        let line = line.recv_timeout(START).unwrap_or_default();
        let mut lab = Lab {
            folder,
            child,
            info: Value::Null,
        };
        lab.info = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("the lab does not start: {line}{}", lab.complaints()));
        lab
    }

    /// A server that answers as the simulated deployment in this data folder does; `program` is
    /// csdeck (`env!("CARGO_BIN_EXE_csdeck")`).
    pub fn lync(program: impl AsRef<OsStr>, data: &Path, args: &[&str]) -> Lab {
        let handler = self::folder().join("lync_handler.py");
        let handler = handler.to_str().expect("UTF-8");
        let args: Vec<&str> = ["--handler", handler].iter().chain(args).copied().collect();
        Lab::with(&args, |command| {
            command
                .env("CSDECK_LAB_PROGRAM", program.as_ref())
                .env("CSDECK_DATA_DIR", data);
        })
    }

    /// Everything the lab told of itself when it started.
    pub fn info(&self) -> &Value {
        &self.info
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.number("port")
    }

    /// `http://127.0.0.1:port/wsman`, or with https.
    pub fn url(&self) -> String {
        self.text("url")
    }

    /// The certificate of the authority that signed the server's, with `--https`.
    pub fn ca_pem(&self) -> PathBuf {
        self.text("ca_pem").into()
    }

    /// The SHA-256 of the server's certificate in lower hexadecimal, with `--https`.
    pub fn cert_sha256(&self) -> String {
        self.text("cert_sha256")
    }

    /// The client's certificate and its key, with `--https --auth certificate`.
    pub fn client_certificate(&self) -> (PathBuf, PathBuf) {
        (
            self.text("client_cert_pem").into(),
            self.text("client_key_pem").into(),
        )
    }

    /// The realm, with `--kerberos`.
    pub fn realm(&self) -> Realm {
        serde_json::from_value(self.info["kerberos"].clone()).expect("a lab with --kerberos")
    }

    /// A folder of the test's own, gone with the server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the server's files are: `C:\Temp` is `C/Temp` in it, what is not absolute is in `home`.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// Every SOAP request since the last call: action, status, user, scheme, protocol, sealed,
    /// tls, cbt, bytes_in, bytes_out, connection, path, repeated, cut.
    pub fn log(&self) -> Vec<Value> {
        self.list("log")
    }

    /// The actions of the log: `Create`, `Command`, `Receive`, ...
    pub fn actions(&self) -> Vec<String> {
        let log = self.log();
        log.iter()
            .filter_map(|entry| entry["action"].as_str().map(str::to_owned))
            .collect()
    }

    /// Sets a knob of the lab's faults (class `Faults` of winrm_lab.py).
    pub fn fault(&self, name: &str, value: impl Into<Value>) {
        self.control("faults", Some(&json!({ name: value.into() })));
    }

    /// The port of its own listener, for [`fault`] from another thread.
    pub fn control_port(&self) -> u16 {
        self.number("control_port")
    }

    /// The knobs as they are; those that count down show what is left.
    pub fn faults(&self) -> Value {
        self.control("faults", None)
    }

    /// The shells that are open: id, resource, user, connected, runs, and how many of those go on
    /// (running).
    pub fn shells(&self) -> Vec<Value> {
        self.list("shells")
    }

    /// Messages of PowerShell remoting that the lab did not know, and answers of the host that came
    /// on another stream than `pr`, since the last call.
    pub fn unknown(&self) -> Vec<Value> {
        self.list("unknown")
    }

    /// What the lab wrote on standard error.
    pub fn complaints(&self) -> String {
        fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }

    fn list(&self, what: &str) -> Vec<Value> {
        match self.control(what, None) {
            Value::Array(values) => values,
            other => panic!("/lab/{what} is no list: {other}"),
        }
    }

    fn control(&self, what: &str, body: Option<&Value>) -> Value {
        let answered = control(self.control_port(), what, body);
        answered.unwrap_or_else(|e| panic!("{e}\n{}", self.complaints()))
    }

    fn text(&self, key: &str) -> String {
        match self.info[key].as_str() {
            Some(text) => text.to_owned(),
            None => panic!("the lab told no {key}: {}", self.info),
        }
    }

    fn number(&self, key: &str) -> u16 {
        self.info[key].as_u64().expect("a port").try_into().unwrap()
    }
}

/// [`Lab::fault`] of the lab with this [`Lab::control_port`].
pub fn fault(port: u16, name: &str, value: impl Into<Value>) {
    control(port, "faults", Some(&json!({ name: value.into() }))).unwrap();
}

fn control(port: u16, what: &str, body: Option<&Value>) -> Result<Value, String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the lab is up");
    stream.set_read_timeout(Some(END)).unwrap();
    let body = body.map(Value::to_string).unwrap_or_default();
    let method = if body.is_empty() { "GET" } else { "POST" };
    write!(
        stream,
        "{method} /lab/{what} HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    match head.contains(" 200 ") {
        true => Ok(serde_json::from_str(body).expect("JSON")),
        false => Err(format!("/lab/{what}: {head}\n{body}")),
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // The lab ends when its standard input does, and ends its KDC: a kill would leave that.
        drop(self.child.stdin.take());
        let end = Instant::now() + END;
        while Instant::now() < end {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
