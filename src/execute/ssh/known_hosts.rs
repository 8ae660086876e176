//! known_hosts files (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): who a server is.
//!
//! Read here and not by libssh2, which ignores marker lines (a `@revoked` key counts as known)
//! and knows neither wildcards nor lists of names.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::execute::transport::HostKey;

/// What a known_hosts file says about a key that a server offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The file has this key for this host.
    Known,
    /// The file has no key for this host.
    Unknown,
    /// The file has other keys for this host, and not this one.
    Changed,
    /// The file revokes this key.
    Revoked,
}

/// Why an accepted key could not be written down.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RememberError {
    /// The file or its folder cannot be read or written.
    #[error("cannot write the host key to {}: {reason}", path.display())]
    File {
        /// The known_hosts file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The file holds another key for the host, or revokes this one: adding it would hide that.
    #[error("{} already has a different or revoked key for {pattern}; look into it, then remove the old one with ssh-keygen -R", path.display())]
    Conflict {
        /// The known_hosts file.
        path: PathBuf,
        /// The host as the file spells it.
        pattern: String,
    },
    /// The host's name or the key cannot stand in a known_hosts line.
    #[error("the host name {pattern:?} cannot be written to a known_hosts file")]
    Name {
        /// The host as the file would spell it.
        pattern: String,
    },
}

/// The lines of a known_hosts file that speak of one host.
#[derive(Debug)]
pub struct KnownHosts {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    revoked: bool,
    key_type: String,
    blob: Vec<u8>,
}

impl KnownHosts {
    /// Reads the lines for a host, spelled as [`pattern`] does. A file that is not there has none.
    pub fn load(path: &Path, pattern: &str) -> io::Result<KnownHosts> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(Self::parse(&String::from_utf8_lossy(&bytes), pattern)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(KnownHosts {
                entries: Vec::new(),
            }),
            Err(e) => Err(e),
        }
    }

    /// The lines of `text` for a host. Lines that cannot be read are skipped, as ssh does.
    pub fn parse(text: &str, pattern: &str) -> KnownHosts {
        let entries = text
            .lines()
            .filter_map(|line| parse_line(line, pattern))
            .collect();
        KnownHosts { entries }
    }

    /// The types of the keys known for the host, in the file's order, each once. Asking the
    /// server for one of these keeps a server with several keys from looking like a stranger.
    pub fn key_types(&self) -> Vec<&str> {
        let mut types: Vec<&str> = Vec::new();
        for entry in self.entries.iter().filter(|e| !e.revoked) {
            if !types.contains(&entry.key_type.as_str()) {
                types.push(&entry.key_type);
            }
        }
        types
    }

    /// Judges a key in its wire form. A key of a type the file does not have counts as changed
    /// when the file has another one: the server was asked for the known types first, and one
    /// in the middle could always offer a new type.
    pub fn judge(&self, blob: &[u8]) -> Verdict {
        if self.entries.iter().any(|e| e.revoked && e.blob == blob) {
            return Verdict::Revoked;
        }
        let mut plain = self.entries.iter().filter(|e| !e.revoked).peekable();
        if plain.peek().is_none() {
            Verdict::Unknown
        } else if plain.any(|e| e.blob == blob) {
            Verdict::Known
        } else {
            Verdict::Changed
        }
    }
}

/// How known_hosts spells a host: the lower-case name on port 22, `[name]:port` elsewhere.
pub fn pattern(host: &str, port: u16) -> String {
    let host = host.to_lowercase();
    if port == 22 {
        host
    } else {
        format!("[{host}]:{port}")
    }
}

/// `SHA256:` and the unpadded base64 of the key's hash, as `ssh-keygen -lf` prints it.
pub fn fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob)))
}

/// The type inside a key's wire form: its first string (RFC 4253, 6.6).
pub fn key_type(blob: &[u8]) -> Option<&str> {
    let length = u32::from_be_bytes(blob.get(..4)?.try_into().ok()?) as usize;
    std::str::from_utf8(blob.get(4..4usize.checked_add(length)?)?).ok()
}

/// Adds an accepted key to its known_hosts file. Other lines are never touched; a key that is
/// already there is not added again. Creates the folder (0700) and the file (0600).
pub fn remember(key: &HostKey) -> Result<(), RememberError> {
    let path = &key.known_hosts;
    let failed = |e: io::Error| RememberError::File {
        path: path.clone(),
        reason: e.to_string(),
    };
    let writable = |text: &str| {
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    let blob = STANDARD
        .decode(&key.key_base64)
        .ok()
        .filter(|b| key_type(b) == Some(key.key_type.as_str()));
    // A comma would make a list, * and ? a wildcard, ! the opposite, | a hash, @ a marker, # a remark.
    let odd =
        key.pattern.starts_with(['|', '@', '#', '!']) || key.pattern.contains([',', '*', '?']);
    let (Some(blob), true, false) = (blob, writable(&key.pattern) && writable(&key.key_type), odd)
    else {
        return Err(RememberError::Name {
            pattern: key.pattern.clone(),
        });
    };
    match KnownHosts::load(path, &key.pattern)
        .map_err(failed)?
        .judge(&blob)
    {
        Verdict::Known => return Ok(()),
        Verdict::Unknown => {}
        Verdict::Changed | Verdict::Revoked => {
            return Err(RememberError::Conflict {
                path: path.clone(),
                pattern: key.pattern.clone(),
            });
        }
    }
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        create_folder(folder).map_err(failed)?;
    }
    let mut file = open_for_append(path).map_err(failed)?;
    let mut line = format!("{} {} {}\n", key.pattern, key.key_type, key.key_base64);
    if !ends_in_newline(&mut file).map_err(failed)? {
        line.insert(0, '\n');
    }
    // One write of one line: another ssh appending at the same moment cannot tear it.
    file.write_all(line.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn open_for_append(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn ends_in_newline(file: &mut std::fs::File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// The entry of a line when it speaks of the host. `@cert-authority` lines vouch for
/// certificates, which csdeck does not ask for, so they say nothing about a key.
fn parse_line(line: &str, pattern: &str) -> Option<Entry> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let mut fields = line.split_ascii_whitespace();
    let mut hosts = fields.next()?;
    let revoked = match hosts {
        "@revoked" => true,
        marker if marker.starts_with('@') => return None,
        _ => false,
    };
    if revoked {
        hosts = fields.next()?;
    }
    let key_type_word = fields.next()?;
    let blob = STANDARD.decode(fields.next()?).ok()?;
    // The type is taken from the key itself; a line that says otherwise is broken.
    if key_type(&blob) != Some(key_type_word) || !hosts_match(hosts, pattern) {
        return None;
    }
    Some(Entry {
        revoked,
        key_type: key_type_word.to_owned(),
        blob,
    })
}

fn hosts_match(hosts: &str, pattern: &str) -> bool {
    if hosts.starts_with('|') {
        return hash_matches(hosts, pattern);
    }
    let mut matched = false;
    for name in hosts.split(',') {
        match name.strip_prefix('!') {
            // One negated name that fits rules the whole line out.
            Some(name) if glob(&name.to_lowercase(), pattern) => return false,
            Some(_) => {}
            None => matched |= glob(&name.to_lowercase(), pattern),
        }
    }
    matched
}

/// `*` stands for any characters, `?` for one.
fn glob(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    let (mut g, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match glob.get(g) {
            Some('*') => {
                retry = Some((g, t));
                g += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                g += 1;
                t += 1;
            }
            _ => {
                // Let the last star take one character more.
                let Some((star, taken)) = retry else {
                    return false;
                };
                retry = Some((star, taken + 1));
                g = star + 1;
                t = taken + 1;
            }
        }
    }
    glob[g..].iter().all(|&c| c == '*')
}

/// True when a hashed name (`|1|salt|HMAC-SHA1`) is the host's. libssh2 has the HMAC: it is given
/// a line with this name and a key of our own, and asked whether that key is known for the host.
fn hash_matches(hashed: &str, pattern: &str) -> bool {
    const KEY: &[u8] = b"any key will do here";
    let ask = || {
        let session = ssh2::Session::new()?;
        let mut hosts = session.known_hosts()?;
        let line = format!("{hashed} ssh-rsa {}\n", STANDARD.encode(KEY));
        hosts.read_str(&line, ssh2::KnownHostFileKind::OpenSSH)?;
        Ok::<_, ssh2::Error>(matches!(
            hosts.check(pattern, KEY),
            ssh2::CheckResult::Match
        ))
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests;
