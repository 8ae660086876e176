use std::collections::VecDeque;
use std::sync::mpsc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::arguments::split_words;
use super::*;
use crate::execute::host::{Host as Conversation, LOADER, Outcome as HostOutcome, Said};
use crate::execute::{ShellProfile, shell as wire};

fn args(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

/// Exit code, standard output, standard error.
fn start(words: &[&str], original: Option<&str>, input: &str) -> (i32, String, String) {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = main(
        dir.path(),
        &args(words),
        original,
        Box::new(std::io::Cursor::new(input.as_bytes().to_vec())),
        &mut out,
        &mut err,
    );
    (
        exit,
        String::from_utf8_lossy(&out).into(),
        String::from_utf8_lossy(&err).into(),
    )
}

const POLL: &str =
    "ConvertTo-Json -Compress -Depth 3 -InputObject @(Get-CsManagementStoreReplicationStatus)";

#[test]
fn csdecks_own_session_runs_the_text_on_stdin() {
    let own = wire::arguments(ShellProfile::Lync);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let (exit, out, err) = start(&own, None, POLL);
    assert_eq!((exit, err.as_str()), (0, ""));
    assert!(
        out.starts_with("[{\"UpToDate\":true,\"ReplicaFqdn\":\"sgfe01.kestrel.lan\"")
            && out.ends_with("}]\n")
    );
    // One statement over two lines and an empty line in between is one text here.
    let (exit, out, _) = start(&own, None, "Write-Output @('a',\n\n'b')\nWrite-Output c");
    assert_eq!((exit, out.as_str()), (0, "a\nb\nc\n"));
}

#[test]
fn the_command_line_of_a_forced_command_counts() {
    let line = wire::command_line("powershell.exe", &wire::bootstrap(ShellProfile::Plain));
    assert_eq!(start(&[], Some(&line), "hostname").1, "SGFE01\n");
    assert_eq!(
        start(&[], Some("PowerShell -nop -c \"Write-Output 'a b'\""), "").1,
        "a b\n"
    );
    assert_eq!(start(&[], Some("hostname"), "").1, "SGFE01\n");
    // Arguments win.
    assert_eq!(
        start(&["-c", "whoami"], Some("hostname"), "").1,
        "kestrel\\fieldeng\n"
    );
}

#[test]
fn switches_and_their_abbreviations() {
    let encoded = wire::encode("hostname");
    for words in [
        vec![
            "-NoLogo",
            "-NoProfile",
            "-NonInteractive",
            "-OutputFormat",
            "Text",
            "-EncodedCommand",
            &encoded,
        ],
        vec!["-nop", "-ep", "Bypass", "-e", &encoded],
        vec!["/noni", "-exec", "bypass", "-if", "Text", "-enc", &encoded],
        vec!["-version", "5.1", "-command", "hostname"],
        vec!["-w", "hidden", "hostname"],
        vec!["-c", "-"],
        vec!["-File", "-"],
        vec![],
    ] {
        assert_eq!(
            start(&words, None, "hostname\n"),
            (0, "SGFE01\n".into(), String::new()),
            "{words:?}"
        );
    }
    assert_eq!(start(&["-e", "###"], None, "").0, 1);
    assert_eq!(start(&["-command"], None, "").0, 1);
    assert_eq!(start(&["-ep"], None, "").0, 1);
    assert_eq!(start(&["-version"], None, "").1, "5.1.17763.1\n");
}

#[test]
fn lines_run_one_by_one_and_share_variables() {
    let (exit, out, err) = start(
        &["-"],
        None,
        "$a = 'x'\nNonsense-Command\nWrite-Output @(\n$a\n)\n\nexit\nhostname\n",
    );
    assert_eq!((exit, out.lines().last()), (0, Some("x")));
    assert!(err.contains("Nonsense-Command : The term 'Nonsense-Command' is not recognized"));
    assert_eq!(start(&[], None, "Write-Output 'never closed\n").0, 1);
}

#[test]
fn files_and_exit_codes() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("a.ps1");
    let units: Vec<u8> = "\u{feff}hostname"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(&path, units).expect("written");
    let path = path.to_string_lossy().into_owned();
    assert_eq!(start(&["-File", &path], None, "").1, "SGFE01\n");
    assert_eq!(start(&["-File", "/nowhere.ps1"], None, "").0, 1);
    // The last statement decides, as in powershell.exe.
    assert_eq!(start(&["-c", "Get-Nothing; hostname"], None, "").0, 0);
    assert_eq!(start(&["-c", "hostname; Get-Nothing"], None, "").0, 1);
}

#[test]
fn nobody_reading_ends_the_run() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let dir = tempfile::tempdir().expect("a folder");
    let text = args(&[
        "-c",
        "hostname; Start-Sleep -Seconds 500; Enable-CsTopology",
    ]);
    main(
        dir.path(),
        &text,
        None,
        Box::new(std::io::empty()),
        &mut Closed,
        &mut Vec::new(),
    );
    let lab = Lab::open(dir.path()).expect("opens");
    assert!(lab.state().expect("reads").publishes.is_empty());
}

/// One that talks with the stand-in as with a host that stays: each question gets the next line.
struct Talk {
    host: Conversation,
    replies: VecDeque<(&'static str, &'static str)>,
    input: Option<mpsc::Sender<Vec<u8>>>,
    said: Vec<Said>,
}

impl Talk {
    /// What came of this text.
    fn about(text: &str, replies: &[(&'static str, &'static str)]) -> Vec<Said> {
        let dir = tempfile::tempdir().expect("a folder");
        let (sender, lines) = mpsc::channel();
        let mut talk = Talk {
            host: Conversation::new(ShellProfile::Plain),
            replies: replies.iter().copied().collect(),
            input: Some(sender),
            said: Vec::new(),
        };
        talk.say(talk.host.opening());
        let run = format!("run 1 {}\n", STANDARD.encode(text));
        talk.say(run.into_bytes());
        let stdin = std::io::BufReader::with_capacity(64 << 10, Lines(lines));
        let own = wire::arguments_for(LOADER);
        main(
            dir.path(),
            &own,
            None,
            Box::new(stdin),
            &mut talk,
            &mut Vec::new(),
        );
        talk.said
    }

    fn say(&self, line: Vec<u8>) {
        self.input
            .as_ref()
            .expect("it reads")
            .send(line)
            .expect("it reads");
    }
}

impl Write for Talk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut said = Vec::new();
        self.host.push(bytes, |s| said.push(s));
        for one in said {
            match &one {
                Said::Ready => drop(self.host.run("")),
                Said::Asks { .. } => {
                    if let Some((verb, data)) = self.replies.pop_front() {
                        let line = format!("{verb} 1 {}\n", STANDARD.encode(data));
                        self.say(line.into_bytes());
                    }
                }
                Said::Ended(_) => self.input = None,
                Said::Event(_) => {}
            }
            self.said.push(one);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Its standard input.
struct Lines(mpsc::Receiver<Vec<u8>>);

impl std::io::Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let line = self.0.recv().unwrap_or_default();
        buffer[..line.len()].copy_from_slice(&line);
        Ok(line.len())
    }
}

#[test]
fn read_host_asks_and_keeps_a_secret_to_itself() {
    let text = "$pin = Read-Host -AsSecureString 'PIN'\nWrite-Output \"$pin\"\n$pin.Length\n$name = Read-Host Name\nWrite-Output $name\n$pin";
    let said = Talk::about(text, &[("answer", "hush5"), ("answer", "Ann")]);
    let asks = |prompt: &str, secret| Said::Asks {
        prompt: prompt.into(),
        secret,
    };
    assert!(said.contains(&asks("PIN", true)) && said.contains(&asks("Name", false)));
    let shown = format!("{said:?}");
    assert!(
        shown.contains("System.Security.SecureString") && shown.contains("Ann"),
        "{shown}"
    );
    assert!(!shown.contains("hush5"), "{shown}");
    let ended = |exit, stopped| Some(Said::Ended(HostOutcome { exit, stopped }));
    assert_eq!(said.last().cloned(), ended(0, false));

    // Refused, or stopped in the middle of it.
    let said = Talk::about(text, &[("refuse", "")]);
    assert!(
        format!("{said:?}").contains("nobody answered: PIN"),
        "{said:?}"
    );
    assert_eq!(said.last().cloned(), ended(1, false));
    let said = Talk::about(text, &[("stop", "")]);
    assert_eq!(said.last().cloned(), ended(1, true));

    // In a process of its own it cannot ask.
    let (exit, _, err) = start(&["-c", "Read-Host Name"], None, "");
    assert_eq!(exit, 1);
    assert!(err.contains("NonInteractive mode"), "{err}");
}

proptest::proptest! {
    #[test]
    fn any_command_line_is_read(line in "\\PC{0,60}") {
        let _ = read_command_line(&line);
        let _ = read_arguments(&split_words(&line));
    }
}
