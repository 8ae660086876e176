//! Names of commands and parameters: what is sent is what stands there.

use std::ops::Range;

use super::{ELSEWHERE, NotExpressible, Reader};
use crate::cmdlet::{full_name, is_program};
use crate::powershell::ast;
use crate::powershell::chars::is_dash;

impl Reader<'_> {
    /// The command's name, when nothing but it stands in front of the arguments.
    pub(super) fn name(
        &self,
        command: &ast::Command,
        head: Range<usize>,
    ) -> Result<String, NotExpressible> {
        let start = head.start;
        let ends = |c: char| c.is_whitespace() || matches!(c, '`' | '>');
        let written = self.slice(head.clone());
        let length = written.find(ends).unwrap_or(written.len());
        let written = written.get(..length).unwrap_or("");
        if written.starts_with(['&', '.']) {
            let why = "& and . call scripts and blocks";
            return self.no(start, why, "Write the command's name alone");
        }
        let Some(name) = &command.name else {
            return self.no(
                start,
                "the command's name is computed",
                "Write the name itself",
            );
        };
        if command.by_path {
            return self.no(
                start,
                &format!("{name} is a program or a script"),
                ELSEWHERE,
            );
        }
        let plain = written.rsplit('\\').next().unwrap_or("");
        let same = plain
            .chars()
            .map(|c| if is_dash(c) { '-' } else { c })
            .eq(name.chars());
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
        let name = full_name(name);
        if !same {
            let why = format!("something stands between {name} and its arguments");
            return self.no(start, &why, ELSEWHERE);
        }
        self.gap(start + length..head.end, "", ELSEWHERE)?;
        if is_program(&name) || !name.chars().all(letters) {
            let why = format!("{name} is a program or an expression, no cmdlet");
            return self.no(start, &why, ELSEWHERE);
        }
        Ok(name)
    }

    /// Sees to it that a parameter is written as its name alone.
    pub(super) fn parameter_as_written(
        &self,
        name: &str,
        value: Option<&ast::Value>,
        span: &Range<usize>,
    ) -> Result<(), NotExpressible> {
        let end = value.map_or(span.end, |v| v.span.start);
        let written = self.slice(span.start..end).trim_end();
        let bare = written.strip_prefix(is_dash).unwrap_or("");
        let bare = match value {
            Some(_) => bare.strip_suffix(':').unwrap_or(""),
            None => bare,
        };
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
        match bare == name && !name.is_empty() && name.chars().all(letters) {
            true => Ok(()),
            false => self.no(
                span.start,
                &format!("{written:?} is no plain name of a parameter"),
                "Write it as -Name, and a value behind it",
            ),
        }
    }
}
