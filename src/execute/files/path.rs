//! How a path on a server is written.

use super::FileError;
use crate::execute::target::TransportKind;

/// A path as people write it, as the target's file system takes it.
///
/// Over SSH the paths are those of SFTP. OpenSSH on Windows wants `/C:/backup/x.zip` for what
/// people write `C:\backup\x.zip` or `C:/backup/x.zip`. SFTP knows no `~`; a path without a leading
/// slash starts in the folder that a log-in starts in, so `~/x` is `x`. A backslash anywhere else is
/// left alone: it is a letter in a Unix name.
///
/// [`FileError::Setup`] for `C:x` (it depends on a current folder that there is none of) and for
/// `\\server\share` (the server would have to log in there for you).
pub fn remote_path(written: &str, kind: TransportKind) -> Result<String, FileError> {
    if kind != TransportKind::Ssh {
        return Ok(written.to_owned());
    }
    let refuse = |why: &str| Err(FileError::Setup(format!("the path {written:?} {why}")));
    if written.starts_with(r"\\") || written.starts_with("//") {
        return refuse(
            "is a share: name the server's own folder (C:/...), or make the other server a target",
        );
    }
    // `/C:\x` is half converted already.
    let bare = written.strip_prefix('/').unwrap_or(written);
    if let [letter, b':', rest @ ..] = bare.as_bytes()
        && letter.is_ascii_alphabetic()
    {
        return match rest.first() {
            None | Some(b'/' | b'\\') => {
                let path = bare.replace('\\', "/");
                let end = if rest.is_empty() { "/" } else { "" };
                Ok(format!("/{path}{end}"))
            }
            Some(_) if bare.len() == written.len() => {
                refuse("lacks the slash behind the drive: write C:/folder/file")
            }
            Some(_) => Ok(written.to_owned()),
        };
    }
    Ok(match written.strip_prefix('~') {
        Some("" | "/") => "./".to_owned(),
        Some(rest) if rest.starts_with('/') => rest.trim_start_matches('/').to_owned(),
        _ => written.to_owned(),
    })
}

/// The name behind the last separator; on Windows a backslash is one too. Empty for a path that
/// ends in one.
pub fn base_name(path: &str) -> &str {
    let separators: &[char] = if cfg!(windows) { &['/', '\\'] } else { &['/'] };
    path.rsplit(separators).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ssh(written: &str) -> Result<String, FileError> {
        remote_path(written, TransportKind::Ssh)
    }

    #[test]
    fn windows_paths_become_those_of_sftp() {
        for (written, path) in [
            (r"C:\backup\x.zip", "/C:/backup/x.zip"),
            ("C:/backup/x.zip", "/C:/backup/x.zip"),
            ("/C:/backup/x.zip", "/C:/backup/x.zip"),
            (r"/c:\backup\x.zip", "/c:/backup/x.zip"),
            ("d:/", "/d:/"),
            ("d:", "/d:/"),
            (r"C:\a b\", "/C:/a b/"),
            ("/var/log/x", "/var/log/x"),
            ("x", "x"),
            (r"a\b", r"a\b"),
            ("~/x", "x"),
            ("~", "./"),
            ("~ops/x", "~ops/x"),
            ("/a:b", "/a:b"),
        ] {
            assert_eq!(ssh(written).as_deref(), Ok(path), "{written}");
        }
        for written in ["C:x", r"\\fs01\share\x", "//fs01/share/x"] {
            assert!(
                matches!(ssh(written), Err(FileError::Setup(_))),
                "{written}"
            );
        }
        assert_eq!(
            remote_path(r"C:\x", TransportKind::Local).as_deref(),
            Ok(r"C:\x")
        );
    }

    #[test]
    fn the_name_is_what_is_behind_the_last_separator() {
        assert_eq!(base_name("/C:/backup/x.zip"), "x.zip");
        assert_eq!(base_name("x"), "x");
        assert_eq!(base_name("a/"), "");
    }

    proptest! {
        #[test]
        fn a_drive_leads_to_an_absolute_path_with_slashes_only(
            letter in "[A-Za-z]", separator in r"[/\\]", rest in r"[a-z ./\\:]{0,20}"
        ) {
            let path = ssh(&format!("{letter}:{separator}{rest}")).expect("a path");
            let start = format!("/{letter}:/");
            prop_assert!(path.starts_with(&start));
            prop_assert!(!path.contains('\\'));
            // Written like that it means the same.
            prop_assert_eq!(ssh(&path), Ok(path));
        }

        #[test]
        fn other_paths_are_left_alone(written in "[a-z0-9._][a-z0-9._ -]{0,9}(/[a-z0-9._ -]{1,9}){0,3}") {
            prop_assert_eq!(ssh(&written), Ok(written));
        }
    }
}
