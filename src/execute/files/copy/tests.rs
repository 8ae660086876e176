use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::SystemTime;

use proptest::prelude::*;

use super::*;
use crate::execute::files::{Sink, Source};

/// Files in memory, and what goes wrong with them.
#[derive(Default)]
struct Memory {
    files: Rc<RefCell<HashMap<String, Vec<u8>>>>,
    /// What it says the size of every file is.
    size: Option<u64>,
    /// Bytes per read.
    step: usize,
    /// The last byte written is lost on the way.
    loses: bool,
    /// The byte that writing stops at.
    full_at: Option<usize>,
    /// Removing is refused.
    keeps: bool,
}

impl Memory {
    fn with(name: &str, content: &[u8]) -> Memory {
        let memory = Memory {
            step: 7,
            ..Memory::default()
        };
        memory.put(name, content);
        memory
    }

    fn put(&self, name: &str, content: &[u8]) {
        self.files
            .borrow_mut()
            .insert(name.to_owned(), content.to_vec());
    }

    fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.files.borrow().get(name).cloned()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.files.borrow().keys().cloned().collect();
        names.sort();
        names
    }
}

type Shared = Rc<RefCell<HashMap<String, Vec<u8>>>>;

struct Reading(Shared, String, usize, usize);

impl Source for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, FileError> {
        let files = self.0.borrow();
        let rest = files
            .get(&self.1)
            .and_then(|c| c.get(self.2..))
            .unwrap_or_default();
        let count = rest.len().min(self.3.max(1)).min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.2 += count;
        Ok(count)
    }
}

struct Writing(Shared, String, Option<usize>, bool);

impl Sink for Writing {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let mut files = self.0.borrow_mut();
        let file = files.entry(self.1.clone()).or_default();
        if self.2.is_some_and(|full| file.len() + bytes.len() > full) {
            return Err(FileError::Refused {
                path: self.1.clone(),
                act: "written",
                reason: "no space left".into(),
            });
        }
        file.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(&mut self, _modified: Option<SystemTime>) -> Result<(), FileError> {
        if self.3 {
            self.0.borrow_mut().entry(self.1.clone()).or_default().pop();
        }
        Ok(())
    }
}

impl Store for Memory {
    fn shown(&self, path: &str) -> String {
        format!("m:{path}")
    }

    fn look(&mut self, path: &str) -> Result<Option<Found>, FileError> {
        if path == "folder" {
            return Ok(Some(Found {
                kind: Kind::Folder,
                size: None,
                modified: None,
            }));
        }
        Ok(self.get(path).map(|content| Found {
            kind: Kind::File,
            size: self.size.or(Some(content.len() as u64)),
            modified: None,
        }))
    }

    fn open(&mut self, path: &str) -> Result<Box<dyn Source>, FileError> {
        Ok(Box::new(Reading(
            self.files.clone(),
            path.into(),
            0,
            self.step,
        )))
    }

    fn create(&mut self, path: &str) -> Result<Box<dyn Sink>, FileError> {
        if self.get(path).is_some() {
            return Err(FileError::Part { path: path.into() });
        }
        self.put(path, b"");
        Ok(Box::new(Writing(
            self.files.clone(),
            path.into(),
            self.full_at,
            self.loses,
        )))
    }

    fn rename(&mut self, from: &str, to: &str, over: bool) -> Result<(), FileError> {
        if self.get(to).is_some() && !over {
            return Err(FileError::Exists { path: to.into() });
        }
        let content = self.files.borrow_mut().remove(from).unwrap_or_default();
        self.put(to, &content);
        Ok(())
    }

    fn remove(&mut self, path: &str) -> Result<(), FileError> {
        if self.keeps {
            return Err(FileError::Refused {
                path: path.into(),
                act: "removed",
                reason: "it is in use".into(),
            });
        }
        self.files.borrow_mut().remove(path);
        Ok(())
    }
}

fn plain(from: &mut Memory, to: &mut Memory, force: bool) -> Result<Done, TransferError> {
    watched(from, to, force, &mut |_| {})
}

fn watched(
    from: &mut Memory,
    to: &mut Memory,
    force: bool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Done, TransferError> {
    let job = Copy {
        from: "a",
        to: "b",
        force,
        times: true,
    };
    copy(job, from, to, progress, &|| false)
}

proptest! {
    #[test]
    fn what_arrives_is_what_was_sent(content: Vec<u8>, step in 1usize..50, force: bool) {
        let mut from = Memory::with("a", &content);
        from.step = step;
        let mut to = Memory::with("c", b"other");
        let mut seen = Vec::new();
        let done = watched(&mut from, &mut to, force, &mut |p| seen.push(p)).expect("copies");
        prop_assert_eq!(done.bytes, content.len() as u64);
        prop_assert_eq!(done.sha256, hex(Sha256::new_with_prefix(&content)));
        prop_assert_eq!(to.get("b"), Some(content.clone()));
        prop_assert_eq!(to.names(), ["b", "c"]);
        let mut last = (Phase::Copy, 0);
        for p in seen {
            prop_assert!(p.bytes <= p.total);
            prop_assert!(p.phase != last.0 || p.bytes >= last.1, "it goes forward");
            last = (p.phase, p.bytes);
        }
    }
}

#[test]
fn the_hash_is_the_one_of_sha256sum() {
    let done = plain(
        &mut Memory::with("a", b"abc"),
        &mut Memory::default(),
        false,
    )
    .unwrap();
    assert_eq!(
        done.sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn what_is_there_stays_unless_force_is_said() {
    let mut to = Memory::with("b", b"old");
    let error = plain(&mut Memory::with("a", b"new"), &mut to, false).unwrap_err();
    assert_eq!(error.why, FileError::Exists { path: "m:b".into() });
    assert_eq!(to.get("b").as_deref(), Some(&b"old"[..]));
    plain(&mut Memory::with("a", b"new"), &mut to, true).unwrap();
    assert_eq!(to.get("b").as_deref(), Some(&b"new"[..]));
}

#[test]
fn a_part_of_another_copy_is_left_alone_unless_force_is_said() {
    let mut to = Memory::with("b.csdeck-part", b"theirs");
    let error = plain(&mut Memory::with("a", b"new"), &mut to, false).unwrap_err();
    assert!(matches!(error.why, FileError::Part { .. }));
    assert_eq!(to.get("b.csdeck-part").as_deref(), Some(&b"theirs"[..]));
    plain(&mut Memory::with("a", b"new"), &mut to, true).unwrap();
    assert_eq!(to.names(), ["b"]);
}

#[test]
fn a_file_that_changes_behind_the_reading_is_not_kept() {
    let mut from = Memory::with("a", b"0123456789abcdef");
    let files = from.files.clone();
    let mut to = Memory::default();
    let error = watched(&mut from, &mut to, false, &mut |p| {
        if p.bytes == 7 {
            files.borrow_mut().get_mut("a").unwrap()[0] = b'X';
        }
    })
    .unwrap_err();
    assert!(matches!(error.why, FileError::Changed { .. }), "{error}");
    assert_eq!(to.names(), Vec::<String>::new());
}

#[test]
fn what_was_written_wrongly_is_not_kept() {
    let mut to = Memory {
        loses: true,
        step: 3,
        ..Memory::default()
    };
    let error = plain(&mut Memory::with("a", b"0123"), &mut to, false).unwrap_err();
    assert!(matches!(error.why, FileError::Differs { .. }), "{error}");
    assert_eq!(to.names(), Vec::<String>::new());
}

#[test]
fn a_size_that_is_not_true_ends_the_copy() {
    for size in [3, 5, 0, u64::MAX] {
        let mut from = Memory::with("a", b"0123");
        from.size = Some(size);
        let mut to = Memory::default();
        let error = plain(&mut from, &mut to, false).unwrap_err();
        assert!(
            matches!(error.why, FileError::Changed { .. }),
            "{size}: {error}"
        );
        assert_eq!(to.names(), Vec::<String>::new());
    }
}

#[test]
fn a_full_disk_leaves_nothing_or_says_what_it_leaves() {
    let mut to = Memory {
        full_at: Some(10),
        ..Memory::default()
    };
    let error = plain(&mut Memory::with("a", &[1; 20]), &mut to, false).unwrap_err();
    assert!(error.to_string().contains("no space left"), "{error}");
    assert_eq!((error.left, to.names()), (None, vec![]));
    to.keeps = true;
    let error = plain(&mut Memory::with("a", &[1; 20]), &mut to, false).unwrap_err();
    let left = error.left.expect("says what it leaves");
    assert!(
        left.contains("m:b.csdeck-part") && left.contains("in use"),
        "{left}"
    );
}

#[test]
fn folders_are_not_copied_and_not_copied_over() {
    let mut memory = Memory::with("a", b"x");
    let mut to = Memory::default();
    let job = |from, to| Copy {
        from,
        to,
        force: true,
        times: true,
    };
    let mut try_it = |from, into| {
        copy(job(from, into), &mut memory, &mut to, &mut |_| {}, &|| {
            false
        })
        .unwrap_err()
        .why
    };
    assert!(matches!(try_it("folder", "b"), FileError::Folder { .. }));
    assert!(matches!(
        try_it("a", "folder"),
        FileError::IntoFolder { .. }
    ));
    assert!(matches!(try_it("z", "b"), FileError::NotThere { .. }));
}

#[test]
fn a_copy_that_is_not_wanted_any_more_is_taken_back() {
    let mut from = Memory::with("a", &[1; 50]);
    let mut to = Memory::default();
    let far = std::cell::Cell::new(0);
    let job = Copy {
        from: "a",
        to: "b",
        force: false,
        times: true,
    };
    let error = copy(job, &mut from, &mut to, &mut |p| far.set(p.bytes), &|| {
        far.get() > 20
    })
    .unwrap_err();
    assert_eq!(error.why, FileError::Cancelled);
    assert_eq!(to.names(), Vec::<String>::new());
}
