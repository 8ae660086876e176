use std::cell::Cell;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::*;
use crate::execute::files::{
    Copy, Done, FileError, Files, LocalStore, PART, Phase, Progress, Store, TransferError, copy,
};
use crate::execute::ssh::sftp::SftpFiles;
use crate::execute::ssh::tests::sshd::{PasswordUser, SshdOptions};

fn server() -> Sshd {
    Sshd::with(SshdOptions {
        extra: "Subsystem sftp internal-sftp".into(),
        ..SshdOptions::default()
    })
}

/// Bytes that no two places of have in common.
fn bytes(count: usize) -> Vec<u8> {
    let mut state = 1u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// One copy, both ends of which the test may touch while it goes on.
struct Act<'a> {
    from: &'a Path,
    to: &'a Path,
    put: bool,
    force: bool,
    keepalive: Duration,
    cancel: CancellationToken,
}

impl<'a> Act<'a> {
    fn get(from: &'a Path, to: &'a Path) -> Act<'a> {
        Act {
            from,
            to,
            put: false,
            force: false,
            keepalive: Duration::from_secs(15),
            cancel: CancellationToken::new(),
        }
    }

    fn put(from: &'a Path, to: &'a Path) -> Act<'a> {
        Act {
            put: true,
            ..Act::get(from, to)
        }
    }

    fn force(self) -> Self {
        Act {
            force: true,
            ..self
        }
    }

    fn with(&self, way: &Way, mut progress: impl FnMut(Progress)) -> Result<Done, TransferError> {
        let mut plan = way.plan();
        plan.limits.keepalive = self.keepalive;
        let mut there = SftpFiles::with_plan(plan).connect(&self.cancel)?;
        let job = Copy {
            from: self.from.to_str().unwrap(),
            to: self.to.to_str().unwrap(),
            force: self.force,
            times: true,
        };
        let unwanted = || self.cancel.is_cancelled();
        let mut here = LocalStore;
        let (from, to): (&mut dyn Store, &mut dyn Store) = if self.put {
            (&mut here, &mut *there)
        } else {
            (&mut *there, &mut here)
        };
        copy(job, from, to, &mut progress, &unwanted)
    }

    fn on(&self, sshd: &Sshd) -> Result<Done, TransferError> {
        self.with(&Way::to(sshd), |_| {})
    }

    /// Does something once, when some of the bytes went across.
    fn halfway(&self, sshd: &Sshd, act: impl Fn()) -> Result<Done, TransferError> {
        let done = Cell::new(false);
        self.with(&Way::to(sshd), |p| {
            if p.phase == Phase::Copy && p.bytes > 0 && !done.replace(true) {
                act();
            }
        })
    }
}

fn part(path: &Path) -> std::path::PathBuf {
    format!("{}{PART}", path.display()).into()
}

#[test]
fn files_come_and_go_whole_with_their_times() {
    let sshd = server();
    for size in [0, 1, 29_999, 30_000, 30_001, 2_500_001] {
        let [here, there, back] =
            ["here", "there", "back"].map(|n| sshd.folder().join(format!("{n} {size}")));
        let content = bytes(size);
        fs::write(&here, &content).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_300_000_000);
        fs::File::options()
            .write(true)
            .open(&here)
            .unwrap()
            .set_modified(time)
            .unwrap();
        let put = Act::put(&here, &there).on(&sshd).unwrap();
        let got = Act::get(&there, &back).on(&sshd).unwrap();
        assert_eq!(put, got);
        assert_eq!(put.bytes, size as u64);
        for path in [&there, &back] {
            assert!(fs::read(path).unwrap() == content, "{size}");
            assert_eq!(fs::metadata(path).unwrap().modified().unwrap(), time);
            assert!(!part(path).exists());
        }
        let mode = fs::metadata(&back).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_is_there_is_replaced_only_by_force() {
    let sshd = server();
    let [here, there] = ["here", "there"].map(|n| sshd.folder().join(n));
    fs::write(&here, "new").unwrap();
    fs::write(&there, "old").unwrap();
    let name = format!("fe01:{}", there.display());
    let refused = Act::put(&here, &there).on(&sshd).unwrap_err();
    assert_eq!(refused.why, FileError::Exists { path: name });
    assert_eq!(fs::read_to_string(&there).unwrap(), "old");
    fs::write(part(&there), "of another").unwrap();
    Act::put(&here, &there).force().on(&sshd).unwrap();
    assert_eq!(fs::read_to_string(&there).unwrap(), "new");
    fs::write(&there, "newer").unwrap();
    assert!(Act::get(&there, &here).on(&sshd).is_err());
    Act::get(&there, &here).force().on(&sshd).unwrap();
    assert_eq!(fs::read_to_string(&here).unwrap(), "newer");
    let left: Vec<_> = fs::read_dir(sshd.folder())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| n.contains("csdeck"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    fs::write(part(&there), "of another").unwrap();
    fs::remove_file(&there).unwrap();
    let refused = Act::put(&here, &there).on(&sshd).unwrap_err();
    assert!(matches!(refused.why, FileError::Part { .. }), "{refused}");
    assert_eq!(fs::read_to_string(part(&there)).unwrap(), "of another");
}

#[test]
fn what_cannot_be_copied_is_said() {
    let sshd = server();
    let [here, there, link, pipe] = ["h", "t", "link", "pipe"].map(|n| sshd.folder().join(n));
    fs::write(&there, "content").unwrap();
    std::os::unix::fs::symlink(&there, &link).unwrap();
    sshd::make_pipe(&pipe);
    let why = |from: &Path| Act::get(from, &here).on(&sshd).unwrap_err().why;
    assert!(matches!(
        why(&sshd.folder().join("no")),
        FileError::NotThere { .. }
    ));
    assert!(matches!(why(sshd.folder()), FileError::Folder { .. }));
    assert!(matches!(why(&pipe), FileError::Special { .. }));
    // Its size is said to be 0.
    assert!(matches!(
        why(Path::new("/proc/version")),
        FileError::Changed { .. }
    ));
    assert!(!here.exists() && !part(&here).exists());
    Act::get(&link, &here).on(&sshd).unwrap();
    assert_eq!(fs::read_to_string(&here).unwrap(), "content");
    let into = Act::put(&here, sshd.folder()).on(&sshd).unwrap_err();
    assert!(matches!(into.why, FileError::IntoFolder { .. }), "{into}");
    let nowhere = Act::put(&here, Path::new("/no/such/folder/x"))
        .on(&sshd)
        .unwrap_err();
    assert!(
        nowhere.to_string().contains("its folder is not there"),
        "{nowhere}"
    );
}

#[test]
fn what_the_account_may_not_do_is_said() {
    let sshd = Sshd::with(SshdOptions {
        password: true,
        extra: "Subsystem sftp internal-sftp".into(),
        ..SshdOptions::default()
    });
    let user = PasswordUser::create();
    let way = Way::with_password(&sshd, &user.name, Some(&user.password));
    let [here, secret] = ["here", "secret"].map(|n| sshd.folder().join(n));
    fs::write(&secret, "x").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    for act in [
        Act::get(&secret, &here),
        Act::put(&secret, &sshd.folder().join("new")),
    ] {
        let refused = act.with(&way, |_| {}).unwrap_err();
        assert!(
            refused.to_string().contains("denies it to this account"),
            "{refused}"
        );
        assert_eq!(refused.left, None);
    }
    assert!(!here.exists() && !part(&here).exists());
}

#[test]
fn a_server_without_sftp_is_said() {
    let sshd = Sshd::start();
    let refused = Act::get(Path::new("x"), Path::new("y"))
        .on(&sshd)
        .unwrap_err();
    assert!(
        matches!(&refused.why, FileError::Setup(why) if why.contains("Subsystem sftp")),
        "{refused:?}"
    );
}

#[test]
fn a_connection_that_breaks_is_lost_and_what_stays_is_said() {
    let sshd = server();
    let [here, there] = ["here", "there"].map(|n| sshd.folder().join(n));
    fs::write(&here, bytes(4_000_000)).unwrap();
    let broken = Act::put(&here, &there)
        .halfway(&sshd, || sshd.kill_connections())
        .unwrap_err();
    assert!(matches!(broken.why, FileError::Lost { .. }), "{broken}");
    assert!(broken.left.unwrap().contains("there.csdeck-part"));
    assert!(part(&there).exists() && !there.exists());

    fs::rename(&here, &there).unwrap();
    let broken = Act::get(&there, &here)
        .halfway(&sshd, || sshd.kill_connections())
        .unwrap_err();
    assert!(matches!(broken.why, FileError::Lost { .. }), "{broken}");
    assert_eq!(broken.left, None);
    assert!(!here.exists() && !part(&here).exists());
}

#[test]
fn a_server_that_falls_silent_is_lost() {
    let sshd = server();
    let [here, there] = ["here", "there"].map(|n| sshd.folder().join(n));
    fs::write(&here, bytes(8_000_000)).unwrap();
    for put in [true, false] {
        let mut act = if put {
            Act::put(&here, &there)
        } else {
            Act::get(&here, &there)
        };
        act.keepalive = Duration::from_millis(200);
        let silent = act
            .halfway(&sshd, || sshd.signal_connections("-STOP"))
            .unwrap_err();
        sshd.signal_connections("-9");
        assert!(
            matches!(&silent.why, FileError::Lost { reason, .. } if reason.contains("said nothing")),
            "{silent}"
        );
        let _ = fs::remove_file(part(&there));
    }
}

#[test]
fn a_cancel_ends_a_copy_and_takes_the_part_away() {
    let sshd = server();
    let [here, there] = ["here", "there"].map(|n| sshd.folder().join(n));
    fs::write(&here, bytes(4_000_000)).unwrap();
    for act in [Act::put(&here, &there), Act::get(&here, &there)] {
        let cancelled = act.halfway(&sshd, || act.cancel.cancel()).unwrap_err();
        assert_eq!(cancelled.why, FileError::Cancelled);
        assert_eq!(cancelled.left, None);
        assert!(!there.exists() && !part(&there).exists());
    }
}

#[test]
fn a_cancel_ends_a_copy_that_waits_for_a_silent_server() {
    let sshd = server();
    let [here, there] = ["here", "there"].map(|n| sshd.folder().join(n));
    fs::write(&here, bytes(8_000_000)).unwrap();
    let act = Act::get(&here, &there);
    let cancelled = act
        .halfway(&sshd, || {
            sshd.signal_connections("-STOP");
            let cancel = act.cancel.clone();
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(300));
                cancel.cancel();
            });
        })
        .unwrap_err();
    assert_eq!(cancelled.why, FileError::Cancelled);
    assert!(!there.exists() && !part(&there).exists());
}

#[test]
fn a_file_that_changes_on_the_server_is_not_kept() {
    let sshd = server();
    let [here, there] = ["here", "there"].map(|n| sshd.folder().join(n));
    let content = bytes(2_000_000);
    let spoil = |path: &Path| {
        let file = fs::File::options().write(true).open(path).unwrap();
        std::os::unix::fs::FileExt::write_at(&file, b"spoilt", 0).unwrap();
    };
    // The original, behind the reading.
    fs::write(&there, &content).unwrap();
    let changed = Act::get(&there, &here)
        .halfway(&sshd, || spoil(&there))
        .unwrap_err();
    assert!(
        matches!(changed.why, FileError::Changed { .. }),
        "{changed}"
    );
    assert!(!here.exists() && !part(&here).exists());
    // The copy, behind the writing: once all was sent and before it is read again.
    fs::write(&here, &content).unwrap();
    fs::remove_file(&there).unwrap();
    let act = Act::put(&here, &there);
    let done = Cell::new(false);
    let differs = act
        .with(&Way::to(&sshd), |p| {
            if p.phase == Phase::Check && !done.replace(true) {
                spoil(&part(&there));
            }
        })
        .unwrap_err();
    assert!(
        matches!(differs.why, FileError::Differs { .. }),
        "{differs}"
    );
    assert!(!there.exists() && !part(&there).exists());
}
