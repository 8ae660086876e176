//! Files that are whole or not there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes a file so that a reader, or a crash, sees the old content or the new, never a part:
/// a temporary file in the same folder, fsync, rename. Missing folders are made.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    prepared(path, content)?
        .persist(path)
        .map_err(|e| e.error)?;
    Ok(())
}

/// The same for a file that must not be there yet; [`io::ErrorKind::AlreadyExists`] when it is.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    prepared(path, content)?
        .persist_noclobber(path)
        .map_err(|e| e.error)?;
    Ok(())
}

/// The same for what is too large for the memory: `write` is given the file. Missing folders are not
/// made.
pub fn write_new_with<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // Told before minutes of writing, and again by the rename.
    if path.exists() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    let mut file = NamedTempFile::new_in(folder)?;
    let mut buffer = io::BufWriter::with_capacity(64 * 1024, file.as_file_mut());
    write(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|e| e.error)?;
    Ok(())
}

fn prepared(path: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Holds the file for this process until it is dropped. The file itself is replaced at each use,
/// so that the lock is on another one beside it.
pub fn lock(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.with_extension("lock"))?;
    file.lock()?;
    Ok(file)
}
