//! Looks for a secret where none may be: in files, in output, in what the system tells of processes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::process::{STEP, descendants};

/// Every form in which the secret is looked for, and what it is called.
#[derive(Clone)]
pub struct Search(Arc<Vec<(&'static str, Vec<u8>)>>);

impl Search {
    /// For a secret, or the beginning of several.
    pub fn new(secret: &str) -> Search {
        let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut forms = Vec::new();
        for (raw, words) in [
            (
                secret.as_bytes(),
                ["as it is", "in hex", "in capital hex", "in Base64"],
            ),
            (
                &wide,
                [
                    "in UTF-16",
                    "in hex of UTF-16",
                    "in capital hex of UTF-16",
                    "in Base64 of UTF-16",
                ],
            ),
        ] {
            let hex: String = raw.iter().map(|b| format!("{b:02x}")).collect();
            forms.push((words[0], raw.to_vec()));
            forms.push((words[2], hex.to_uppercase().into_bytes()));
            forms.push((words[1], hex.into_bytes()));
            forms.extend((0..3).map(|before| (words[3], base64(raw, before))));
        }
        Search(Arc::new(forms))
    }

    /// The forms that stand in these bytes.
    pub fn in_bytes(&self, bytes: &[u8]) -> Vec<&'static str> {
        let stands = |form: &[u8]| memchr::memmem::find(bytes, form).is_some();
        let found = self.0.iter().filter(|(_, form)| stands(form));
        found.map(|(word, _)| *word).collect()
    }

    /// The files below a folder that have one in their name or their content.
    pub fn in_folder(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut left = vec![folder.to_owned()];
        while let Some(path) = left.pop() {
            let name = path.as_os_str().as_encoded_bytes();
            let kind = fs::symlink_metadata(&path).unwrap().file_type();
            let content = match kind.is_file() {
                true => fs::read(&path).unwrap(),
                false => Vec::new(),
            };
            if kind.is_dir() {
                left.extend(fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            }
            for form in [self.in_bytes(name), self.in_bytes(&content)].concat() {
                found.push(format!("{}: {form}", path.display()));
            }
        }
        found
    }
}

/// What stands in Base64 wherever the secret has this many bytes (0 to 2, of any value) in front of it
/// and anything behind it.
fn base64(secret: &[u8], before: usize) -> Vec<u8> {
    let text = STANDARD_NO_PAD.encode([&vec![0; before], secret].concat());
    // Characters that also hold bits of the neighbours say nothing.
    let first = [0, 2, 3][before];
    let last = (before + secret.len()) * 8 / 6;
    text.as_bytes()[first..last].to_vec()
}

/// Samples the command lines and environments of everything that runs below this process.
pub struct Watch {
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    thread: JoinHandle<()>,
}

/// What was seen.
#[derive(Default)]
pub struct Seen {
    /// Where the secret was.
    pub leaks: BTreeSet<String>,
    /// The programs whose command lines were read.
    pub programs: BTreeSet<String>,
}

impl Watch {
    /// Begins.
    pub fn start(search: &Search) -> Watch {
        let stop = Arc::new(AtomicBool::new(false));
        let (search, stopped) = (search.clone(), Arc::clone(&stop));
        let seen = Arc::<Mutex<Seen>>::default();
        let noted = Arc::clone(&seen);
        let thread = std::thread::spawn(move || {
            // Far more looks than the longest journey takes.
            for _ in 0..1_000_000 {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                for pid in descendants(std::process::id()) {
                    look(&search, pid, &mut noted.lock().unwrap());
                }
                std::thread::sleep(STEP / 10);
            }
        });
        Watch { stop, seen, thread }
    }

    /// True when the secret was seen in this so far: `cmdline` or `environ`.
    pub fn saw(&self, what: &str) -> bool {
        let seen = self.seen.lock().unwrap();
        seen.leaks.iter().any(|leak| leak.starts_with(what))
    }

    /// Ends.
    pub fn end(self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

fn look(search: &Search, pid: u32, seen: &mut Seen) {
    for what in ["cmdline", "environ"] {
        // Gone meanwhile.
        let Ok(bytes) = fs::read(format!("/proc/{pid}/{what}")) else {
            continue;
        };
        let words = String::from_utf8_lossy(&bytes).replace('\0', " ");
        if what == "cmdline" {
            seen.programs.insert(words.clone());
        }
        for form in search.in_bytes(&bytes) {
            seen.leaks.insert(format!("{what} ({form}): {words}"));
        }
    }
}
