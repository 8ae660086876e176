//! Files over WinRM against the lab's server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/winrm.rs"]
mod winrm;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use csdeck::execute::ask::{Asker, Nobody};
use csdeck::execute::files::{
    Copy, Done, FileError, Files, Kind, LocalStore, PART, Progress, Store, TransferError, copy,
};
use csdeck::execute::winrm::WinrmFiles;
use csdeck::execute::{ShellProfile, Target, TransportError, TransportKind};
use csdeck::store::secret::{Secret, SessionSecrets};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use winrm::{Lab, PASSWORD, USER};

fn target(lab: &Lab, path: &str) -> Target {
    Target {
        name: "fe01".into(),
        transport: TransportKind::Winrm,
        address: lab.url().replace("/wsman", path),
        user: Some(USER.into()),
        shell: ShellProfile::Plain,
        ..Target::lab()
    }
}

fn files(target: &Target) -> Result<WinrmFiles, TransportError> {
    let secrets = Arc::new(SessionSecrets::default());
    secrets.set("fe01", Secret::new(PASSWORD.to_owned()));
    let asker: Arc<dyn Asker> = Arc::new(Nobody);
    WinrmFiles::new(target, &secrets, &asker)
}

/// Does something with the far end in a thread that may wait, as csdeck does.
async fn there<T: Send + 'static>(
    lab: &Lab,
    cancel: &CancellationToken,
    work: impl FnOnce(&mut dyn Store) -> T + Send + 'static,
) -> T {
    let files = files(&target(lab, "/wsman")).unwrap();
    let cancel = cancel.clone();
    let done = tokio::task::spawn_blocking(move || {
        let mut store = files.connect(&cancel).unwrap();
        work(&mut *store)
    });
    let done = done.await.unwrap();
    csdeck::execute::winrm::settle().await;
    assert_eq!(lab.unknown(), Vec::<serde_json::Value>::new());
    assert_eq!(lab.complaints(), "");
    assert_eq!(lab.shells(), Vec::<serde_json::Value>::new());
    done
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Put,
    Get,
}

/// Copies between a file here and one there.
async fn across(
    lab: &Lab,
    way: Way,
    here: &Path,
    path: &str,
    force: bool,
) -> Result<Done, TransferError> {
    stopped(lab, way, here, path, force, u64::MAX).await
}

/// The same; it is cancelled once so many bytes are across.
async fn stopped(
    lab: &Lab,
    way: Way,
    here: &Path,
    path: &str,
    force: bool,
    most: u64,
) -> Result<Done, TransferError> {
    let (here, path) = (here.to_str().unwrap().to_owned(), path.to_owned());
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    there(lab, &cancel, move |store| {
        let mut tell = |progress: Progress| {
            if progress.bytes >= most {
                stop.cancel();
            }
        };
        let unwanted = || stop.is_cancelled();
        let (from, to) = match way {
            Way::Put => (&here, &path),
            Way::Get => (&path, &here),
        };
        let job = Copy {
            from,
            to,
            force,
            times: true,
        };
        match way {
            Way::Put => copy(job, &mut LocalStore, store, &mut tell, &unwanted),
            Way::Get => copy(job, store, &mut LocalStore, &mut tell, &unwanted),
        }
    })
    .await
}

/// Bytes of every value, of a length that is no multiple of anything.
fn bytes(length: usize) -> Vec<u8> {
    let of = |n: usize| (n.wrapping_mul(2_654_435_761) >> 13) as u8;
    (0..length).map(of).collect()
}

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |e: std::io::Result<fs::DirEntry>| e.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_is_the_same_when_it_is_got() {
    let lab = Lab::start(&[]);
    let here = tempfile::tempdir().unwrap();
    let changed = SystemTime::UNIX_EPOCH + Duration::new(1_600_000_000, 123_456_700);
    for length in [0, 1, 700_001, 2_000_003] {
        let (sent, back) = (
            here.path().join("sent"),
            here.path().join(length.to_string()),
        );
        let content = bytes(length);
        fs::write(&sent, &content).unwrap();
        let file = fs::File::options().write(true).open(&sent).unwrap();
        file.set_modified(changed).unwrap();
        let path = format!("C:\\{length} \u{fc}'`$(x)[1].bin");
        let put = across(&lab, Way::Put, &sent, &path, false).await.unwrap();
        assert_eq!((put.bytes, put.sha256), (length as u64, hash(&content)));
        let got = across(&lab, Way::Get, &back, &path, false).await.unwrap();
        assert_eq!(got.sha256, hash(&content));
        assert!(fs::read(&back).unwrap() == content, "{length}");
        // Both copies have the time of the original.
        let there = lab.files().join("C").join(path.trim_start_matches("C:\\"));
        for copy in [&there, &back] {
            assert_eq!(fs::metadata(copy).unwrap().modified().unwrap(), changed);
        }
    }
    assert!(
        !names(&lab.files().join("C"))
            .iter()
            .any(|n| n.ends_with(PART))
    );
    assert!(lab.log().iter().all(|entry| entry["sealed"] == true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_is_not_absolute_counts_from_the_folder_of_the_session() {
    let lab = Lab::start(&[]);
    let here = tempfile::tempdir().unwrap();
    let sent = here.path().join("sent");
    fs::write(&sent, "x").unwrap();
    across(&lab, Way::Put, &sent, "notes.txt", false)
        .await
        .unwrap();
    assert_eq!(names(&lab.files().join("home")), ["notes.txt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_replaced_unless_it_is_said() {
    let lab = Lab::start(&[]);
    let here = tempfile::tempdir().unwrap();
    let sent = here.path().join("sent");
    fs::write(&sent, "new").unwrap();
    let there = lab.files().join("C/a.txt");
    fs::write(&there, "old").unwrap();
    let refused = across(&lab, Way::Put, &sent, "C:\\a.txt", false).await;
    let exists = |path: &str| FileError::Exists { path: path.into() };
    assert_eq!(refused.unwrap_err().why, exists("fe01:C:\\a.txt"));
    assert_eq!(fs::read_to_string(&there).unwrap(), "old");
    across(&lab, Way::Put, &sent, "C:\\a.txt", true)
        .await
        .unwrap();
    assert_eq!(fs::read_to_string(&there).unwrap(), "new");
    // Something half written by somebody is not touched either.
    let part = lab.files().join(format!("C/b.txt{PART}"));
    fs::write(&part, "half").unwrap();
    let refused = across(&lab, Way::Put, &sent, "C:\\b.txt", false)
        .await
        .unwrap_err();
    assert!(matches!(refused.why, FileError::Part { .. }), "{refused:?}");
    assert_eq!(fs::read_to_string(&part).unwrap(), "half");
    across(&lab, Way::Put, &sent, "C:\\b.txt", true)
        .await
        .unwrap();
    assert_eq!(names(&lab.files().join("C")), ["a.txt", "b.txt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_turns_up_meanwhile_is_not_replaced() {
    let lab = Lab::start(&[]);
    let folder = lab.files().join("C");
    let cancel = CancellationToken::new();
    let renamed = there(&lab, &cancel, move |store| {
        fs::write(folder.join("part"), "new").unwrap();
        fs::write(folder.join("a"), "old").unwrap();
        let renamed = store.rename("C:\\part", "C:\\a", false);
        assert_eq!(fs::read_to_string(folder.join("a")).unwrap(), "old");
        let missing = store.rename("C:\\nothing", "C:\\b", true);
        assert!(
            matches!(missing, Err(FileError::Refused { .. })),
            "{missing:?}"
        );
        store.rename("C:\\part", "C:\\a", true).unwrap();
        assert_eq!(fs::read_to_string(folder.join("a")).unwrap(), "new");
        renamed
    })
    .await;
    assert!(
        matches!(renamed, Err(FileError::Exists { .. })),
        "{renamed:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_copied_is_told_in_words() {
    let lab = Lab::start(&[]);
    let here = tempfile::tempdir().unwrap();
    let (sent, new) = (here.path().join("sent"), here.path().join("new"));
    fs::write(&sent, "x").unwrap();
    fs::create_dir(lab.files().join("C/Temp")).unwrap();
    let failed = across(&lab, Way::Get, &new, "C:\\nothing", false)
        .await
        .unwrap_err();
    assert!(matches!(&failed.why, FileError::NotThere { path, .. } if path == "fe01:C:\\nothing"));
    let failed = across(&lab, Way::Get, &new, "C:\\Temp", false)
        .await
        .unwrap_err();
    assert!(matches!(failed.why, FileError::Folder { .. }), "{failed:?}");
    let failed = across(&lab, Way::Put, &sent, "C:\\Temp", false)
        .await
        .unwrap_err();
    let said = failed.to_string();
    assert!(said.contains("write fe01:C:\\Temp\\ to put"), "{said}");
    let failed = across(&lab, Way::Put, &sent, "C:\\no\\folder\\a", false)
        .await
        .unwrap_err();
    let said = failed.to_string();
    assert!(
        matches!(failed.why, FileError::Refused { act: "written", .. }),
        "{failed:?}"
    );
    assert!(said.contains("Could not find a part of the path"), "{said}");
    assert_eq!(failed.left, None, "nothing was begun, nothing is left");
    assert!(!new.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_takes_the_part_away() {
    let lab = Lab::start(&[]);
    let here = tempfile::tempdir().unwrap();
    let (sent, new) = (here.path().join("sent"), here.path().join("new"));
    let content = bytes(1_500_000);
    fs::write(&sent, &content).unwrap();
    let ended = stopped(&lab, Way::Put, &sent, "C:\\a", false, 1)
        .await
        .unwrap_err();
    assert_eq!((ended.why, ended.left), (FileError::Cancelled, None));
    assert_eq!(names(&lab.files().join("C")), Vec::<String>::new());
    fs::write(lab.files().join("C/a"), &content).unwrap();
    let ended = stopped(&lab, Way::Get, &new, "C:\\a", false, 1)
        .await
        .unwrap_err();
    assert_eq!((ended.why, ended.left), (FileError::Cancelled, None));
    assert_eq!(names(here.path()), ["sent"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_hangs_is_cancelled_and_tidied_up() {
    let lab = Lab::start(&[]);
    let here = tempfile::tempdir().unwrap();
    let sent = here.path().join("sent");
    fs::write(&sent, bytes(10)).unwrap();
    let cancel = CancellationToken::new();
    let (stop, folder) = (cancel.clone(), lab.files().join("C"));
    let (hang, resume) = (lab.control_port(), lab.control_port());
    let ended = there(&lab, &cancel, move |store| {
        let mut sink = store.create("C:\\a").unwrap();
        winrm::fault(hang, "receive_delay", 30.0);
        let late = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            stop.cancel();
            winrm::fault(resume, "receive_delay", 0.0);
        });
        let ended = sink.write(b"x");
        late.join().unwrap();
        store.remove("C:\\a").unwrap();
        assert_eq!(names(&folder), Vec::<String>::new());
        ended
    })
    .await;
    assert_eq!(ended, Err(FileError::Cancelled));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_is_told_as_lost() {
    let lab = Lab::start(&["--fault", "redeliver=0"]);
    let cancel = CancellationToken::new();
    let port = lab.control_port();
    fs::write(lab.files().join("C/a"), bytes(10)).unwrap();
    let files = files(&target(&lab, "/wsman")).unwrap();
    let read = tokio::task::spawn_blocking(move || {
        let mut store = files.connect(&cancel).unwrap();
        assert_eq!(
            store.look("C:\\a").unwrap().map(|f| f.kind),
            Some(Kind::File)
        );
        let mut source = store.open("C:\\a").unwrap();
        winrm::fault(port, "cut", "Command=after");
        let mut buffer = [0; 100];
        let read = source.read(&mut buffer);
        // What is left of it says the same, at once.
        (read, store.look("C:\\a"))
    });
    let (read, look) = read.await.unwrap();
    assert!(matches!(read, Err(FileError::Lost { .. })), "{read:?}");
    assert!(matches!(look, Err(FileError::Lost { .. })), "{look:?}");
    csdeck::execute::winrm::settle().await;
    assert_eq!(lab.shells(), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_connected_that_cannot_carry_files_or_is_refused() {
    let lab = Lab::start(&["--restricted-path", "/OcsPowershell"]);
    let refused = files(&target(&lab, "/OcsPowershell")).err();
    assert!(
        matches!(&refused, Some(TransportError::Setup(why)) if why.contains("takes no scripts")),
        "{refused:?}"
    );
    assert_eq!(lab.log(), Vec::<serde_json::Value>::new());
    let stranger = Target {
        user: Some("nobody".into()),
        ..target(&lab, "/wsman")
    };
    let files = files(&stranger).unwrap();
    let connected =
        tokio::task::spawn_blocking(move || files.connect(&CancellationToken::new()).err());
    let refused = connected.await.unwrap();
    assert!(
        matches!(
            refused,
            Some(FileError::Transport(TransportError::AuthRefused { .. }))
        ),
        "{refused:?}"
    );
}
