//! The files of a folder of snippets, and whether they changed.

use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Files of one folder that are read; the rest are left.
const MOST_FILES: usize = 200_000;

/// The snippet files under a folder, with their ids: a folder's own files by name, then its
/// folders. A missing folder holds none.
pub(super) fn files(root: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut waiting = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        // A link into a folder that was read already gives nothing new, and may give it for ever.
        if fs::canonicalize(&folder).is_ok_and(|real| !seen.insert(real))
            || found.len() >= MOST_FILES
        {
            continue;
        }
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        let mut paths: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
        paths.sort();
        for path in paths {
            let hidden = path
                .file_name()
                .is_some_and(|n| n.to_string_lossy().starts_with('.'));
            let script = path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("ps1"));
            // Hidden folders are version control.
            if path.is_dir() && depth < 8 && !hidden {
                waiting.push((path, depth + 1));
            } else if let (true, true, Ok(relative)) =
                (script, path.is_file(), path.strip_prefix(root))
            {
                let id = relative
                    .with_extension("")
                    .components()
                    .map(|c| c.as_os_str().to_string_lossy())
                    .collect::<Vec<_>>()
                    .join("/");
                found.push((id, path));
            }
        }
    }
    found
}

/// A mark of all snippet files under these folders: another one when a file came, went, was written
/// or replaced, as far as the times and lengths of files tell. Reads no file. Folders are asked
/// rather than watched, since those of a team are often on a share, where watching is silent.
pub fn stamp<'a>(folders: impl IntoIterator<Item = &'a Path>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for folder in folders {
        for (id, path) in files(folder) {
            id.hash(&mut hasher);
            if let Ok(found) = fs::metadata(&path) {
                found.len().hash(&mut hasher);
                found.modified().ok().hash(&mut hasher);
            }
        }
        folder.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_changes_with_the_files() {
        let folder = tempfile::tempdir().expect("folder");
        let root = folder.path().join("snippets");
        let mark = || stamp([root.as_path()]);
        let none = mark();
        fs::create_dir_all(root.join("users")).expect("folder");
        assert_eq!(mark(), none, "a folder without snippets is no change");
        fs::write(root.join("users/a.ps1"), "Get-CsUser").expect("writes");
        let one = mark();
        assert_ne!(one, none);
        assert_eq!(mark(), one);
        fs::write(root.join("users/a.ps1"), "Get-CsUser -Identity a").expect("writes");
        let longer = mark();
        assert_ne!(longer, one);
        fs::rename(root.join("users/a.ps1"), root.join("users/b.ps1")).expect("renames");
        let renamed = mark();
        assert_ne!(renamed, longer);
        fs::write(root.join("users/notes.txt"), "x").expect("writes");
        assert_eq!(mark(), renamed, "other files are nobody's business");
        fs::remove_file(root.join("users/b.ps1")).expect("removes");
        assert_eq!(mark(), none);
    }
}
