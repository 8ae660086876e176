//! Files that are whole or not there.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file so that a reader, or a crash, sees the old content or the new, never a part:
/// a temporary file in the same folder, fsync, rename. Missing folders are made.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}
