//! Secrets from standard input or a prompt; never from an argument or the environment.

use std::io::{self, IsTerminal, Read};

use zeroize::{Zeroize, Zeroizing};

use super::Failure;
use crate::store::secret::Secret;

/// Longest line that is taken for a password or an answer, in bytes.
const LONGEST: usize = 64 * 1024;

/// The first line of standard input, without its line end: the password.
pub(super) fn first_line() -> Result<Secret, Failure> {
    match next_line() {
        Ok(Some(line)) if !line.expose().is_empty() => Ok(line),
        Ok(_) => Err(Failure::usage(
            "--password-stdin: the first line of standard input is empty",
        )),
        Err(e) => match e.kind() {
            io::ErrorKind::FileTooLarge => Err(Failure::usage(
                "the first line of standard input is too long for a password",
            )),
            io::ErrorKind::InvalidData => Err(Failure::usage(
                "--password-stdin: the password is not UTF-8",
            )),
            _ => Err(Failure::failed(format!(
                "cannot read the password from standard input: {e}"
            ))),
        },
    }
}

/// The next line of standard input, without its line end; `None` at its end. Reads byte by byte, so
/// that what follows stays there for others. [`io::ErrorKind::FileTooLarge`] for a line beyond all
/// reason, [`io::ErrorKind::InvalidData`] for one that is not UTF-8.
pub(super) fn next_line() -> io::Result<Option<Secret>> {
    // Room for the whole line from the start: a buffer that grows leaves copies behind.
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut stdin = Unbuffered::new()?;
    let mut byte = [0];
    let ended = loop {
        match stdin.0.read(&mut byte) {
            Ok(0) => break true,
            Ok(_) if byte[0] == b'\n' => break false,
            Ok(_) if line.len() == LONGEST => return Err(io::ErrorKind::FileTooLarge.into()),
            Ok(_) => line.push(byte[0]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    };
    byte.zeroize();
    if ended && line.is_empty() {
        return Ok(None);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    // The check leaves the only copy where it is; the string is the one that Secret wipes.
    let text = std::str::from_utf8(&line).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok(Some(Secret::new(text.to_owned())))
}

/// Asks on the terminal, without echo, twice.
pub(super) fn prompt_for_new(what: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is no terminal to ask on: give the password as the first line of standard input, with --password-stdin",
        ));
    }
    let ask = |prompt: String| {
        rpassword::prompt_password(prompt)
            .map_err(|e| Failure::failed(format!("cannot ask for the password: {e}")))
    };
    let first = Zeroizing::new(ask(format!("Password for {what}: "))?);
    let again = Zeroizing::new(ask("Again: ".to_owned())?);
    if first.is_empty() {
        return Err(Failure::usage("an empty password is not stored"));
    }
    if *first != *again {
        return Err(Failure::usage(
            "the two are not the same: nothing was stored",
        ));
    }
    Ok(Secret::new(first.to_string()))
}

/// Standard input without the buffer of [`io::stdin`], in which a password would stay.
struct Unbuffered(std::fs::File);

impl Unbuffered {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use std::os::fd::AsFd;
        Ok(Unbuffered(io::stdin().as_fd().try_clone_to_owned()?.into()))
    }

    #[cfg(windows)]
    fn new() -> io::Result<Self> {
        use std::os::windows::io::AsHandle;
        Ok(Unbuffered(
            io::stdin().as_handle().try_clone_to_owned()?.into(),
        ))
    }
}
