//! A line that is typed on the terminal, seen or unseen.

#[cfg(unix)]
pub(super) use unix::{give_back, line};
#[cfg(not(unix))]
pub(super) use windows::{give_back, line};

#[cfg(unix)]
mod unix {
    use std::io::{self, Write};
    use std::sync::{Mutex, PoisonError};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::termios::{
        LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr,
    };

    use crate::cli::secret::next_line;
    use crate::cli::status;
    use crate::store::secret::Secret;

    /// How often is looked whether the answer is still wanted.
    const LOOK: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };

    /// How the terminal was before its echo was switched off.
    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    /// Asks on standard error and reads a line; `None` at the end of input, and when the answer is
    /// not wanted any more. What was typed until then is dropped: half a password must not become a
    /// line of the shell.
    pub fn line(prompt: &str, echo: bool, wanted: &dyn Fn() -> bool) -> Option<Secret> {
        status::prompt(prompt);
        if !echo {
            hide();
        }
        let there = wait(wanted);
        status::answered();
        let typed = match there {
            true => next_line().ok().flatten(),
            false => {
                let _ = tcflush(io::stdin(), QueueSelector::IFlush);
                None
            }
        };
        show(match there {
            true => OptionalActions::Now,
            false => OptionalActions::Flush,
        });
        if typed.is_none() || !echo {
            // The cursor still stands behind the prompt.
            let _ = writeln!(io::stderr().lock());
        }
        typed
    }

    /// Gives the terminal back when csdeck ends before the answer was typed.
    pub fn give_back() {
        show(OptionalActions::Flush);
    }

    /// True when a line, or the end of input, is there to be read.
    fn wait(wanted: &dyn Fn() -> bool) -> bool {
        let stdin = io::stdin();
        while wanted() {
            let mut input = [PollFd::new(&stdin, PollFlags::IN)];
            match poll(&mut input, Some(&LOOK)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return true,
                Err(_) => return false,
            }
        }
        false
    }

    fn set(to: Option<Termios>) -> Option<Termios> {
        let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut before, to)
    }

    fn hide() {
        let Ok(before) = tcgetattr(io::stdin()) else {
            return;
        };
        let mut hidden = before.clone();
        hidden.local_modes -= LocalModes::ECHO;
        set(Some(before));
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &hidden);
    }

    fn show(how: OptionalActions) {
        if let Some(before) = set(None) {
            let _ = tcsetattr(io::stdin(), how, &before);
        }
    }
}

#[cfg(not(unix))]
mod windows {
    use std::io::{self, BufRead, Read, Write};

    use crate::store::secret::Secret;

    /// Longest visible answer, in bytes.
    const LONGEST: u64 = 4096;

    /// Asks and reads a line; `None` at the end of input. A console that reads cannot be called back
    /// from another thread: what is not wanted any more is waited for all the same, and dropped by
    /// whoever asked.
    pub fn line(prompt: &str, echo: bool, _wanted: &dyn Fn() -> bool) -> Option<Secret> {
        if !echo {
            return rpassword::prompt_password(prompt).map(Secret::new).ok();
        }
        let _ = write!(io::stderr().lock(), "{prompt}");
        let mut line = String::new();
        match io::stdin().lock().take(LONGEST).read_line(&mut line) {
            Ok(1..) => Some(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned())),
            _ => None,
        }
    }

    /// The shell sets the modes it needs itself.
    pub fn give_back() {}
}
