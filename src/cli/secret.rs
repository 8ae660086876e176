//! Secrets from standard input or a prompt; never from an argument or the environment.

use std::io::{self, IsTerminal, Read};

use zeroize::{Zeroize, Zeroizing};

use super::Failure;
use crate::store::secret::Secret;

/// Longest first line that is taken for a password, in bytes.
const LONGEST: usize = 64 * 1024;

/// The first line of standard input, without its line end. Reads byte by byte, so that what
/// follows stays there for others.
pub(super) fn first_line() -> Result<Secret, Failure> {
    let failed = |e: io::Error| {
        Failure::failed(format!("cannot read the password from standard input: {e}"))
    };
    // Room for the whole line from the start: a buffer that grows leaves copies behind.
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut stdin = Unbuffered::new().map_err(failed)?;
    let mut byte = [0];
    loop {
        match stdin.0.read(&mut byte) {
            Ok(0) => break,
            Ok(_) if byte[0] == b'\n' => break,
            Ok(_) if line.len() == LONGEST => {
                return Err(Failure::usage(
                    "the first line of standard input is too long for a password",
                ));
            }
            Ok(_) => line.push(byte[0]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(failed(e)),
        }
    }
    byte.zeroize();
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    if line.is_empty() {
        return Err(Failure::usage(
            "--password-stdin: the first line of standard input is empty",
        ));
    }
    // The check leaves the only copy where it is; the string is the one that Secret wipes.
    let text = std::str::from_utf8(&line)
        .map_err(|_| Failure::usage("--password-stdin: the password is not UTF-8"))?;
    Ok(Secret::new(text.to_owned()))
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
