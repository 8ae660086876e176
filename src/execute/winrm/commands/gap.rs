//! What stands between the parts that are sent: nothing may be lost there.

use std::ops::Range;

use super::{NotExpressible, Reader};
use crate::powershell::chars::is_blank;

impl Reader<'_> {
    /// Sees to it that only blanks, line ends, comments, and characters of `allowed` stand here.
    pub(super) fn gap(
        &self,
        span: Range<usize>,
        allowed: &str,
        advice: &'static str,
    ) -> Result<(), NotExpressible> {
        let mut chars = self.slice(span.clone()).char_indices().peekable();
        while let Some((n, c)) = chars.next() {
            let at = span.start + n;
            if let Some(comment) = self.comments.iter().find(|c| c.contains(&at)) {
                let end = comment.end;
                while chars.next_if(|(n, _)| span.start + n < end).is_some() {}
                continue;
            }
            let joined =
                |next: Option<&(usize, char)>| next.is_some_and(|(_, c)| matches!(c, '\n' | '\r'));
            match c {
                '`' if joined(chars.peek()) => {}
                '\n' | '\r' | '\u{feff}' => {}
                c if is_blank(c) || allowed.contains(c) => {}
                '>' | '<' => return self.no(at, "output is redirected", ELSE),
                '0'..='9' | '*' => return self.no(at, "output is redirected", ELSE),
                '&' => return self.no(at, "& joins commands or runs them aside", advice),
                other => {
                    return self.no(at, &format!("{other:?} is more than a command"), advice);
                }
            }
        }
        Ok(())
    }
}

const ELSE: &str = "Leave it out: what the command says comes back here, and can be saved here";
