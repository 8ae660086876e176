//! Files that are whole or not there.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file so that a reader, or a crash, sees the old content or the new, never a part:
/// a temporary file in the same folder, fsync, rename. Missing folders are made.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let file = temporary(path, content)?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// Like [`write`], for a file that must not be there yet: it is an error of the kind
/// [`io::ErrorKind::AlreadyExists`] when it is, whoever made it meanwhile.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let file = temporary(path, content)?;
    file.persist_noclobber(path).map_err(|e| e.error)?;
    Ok(())
}

/// The content on disk, under a name of its own beside the path.
fn temporary(path: &Path, content: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    Ok(file)
}
