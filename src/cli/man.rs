//! `csdeck man`: one manual page with a section for every command, made from the same
//! definitions that read the command line.

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::{Cli, Context, Exit, Failure};

pub(super) fn run(cx: &mut Context) -> Result<Exit, Failure> {
    let page = page().map_err(|e| Failure::failed(format!("cannot write the manual page: {e}")))?;
    cx.out.bytes(&page)?;
    Ok(Exit::Done)
}

fn page() -> io::Result<Vec<u8>> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let main = Man::new(command.clone());
    let mut page = Vec::new();
    main.render_title(&mut page)?;
    main.render_name_section(&mut page)?;
    main.render_synopsis_section(&mut page)?;
    main.render_description_section(&mut page)?;
    main.render_options_section(&mut page)?;
    let mut extra = Vec::new();
    main.render_extra_section(&mut extra)?;
    page.extend_from_slice(
        String::from_utf8_lossy(&extra)
            .replace(".SH EXTRA", ".SH \"EXIT CODES\"")
            .as_bytes(),
    );
    for child in command.get_subcommands() {
        section(child, &mut page)?;
    }
    main.render_version_section(&mut page)?;
    Ok(page)
}

/// A command that does something becomes a section; a group of commands becomes theirs.
fn section(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    if command.has_subcommands() {
        return command
            .get_subcommands()
            .try_for_each(|child| section(child, page));
    }
    let name = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned();
    // The global options have their place at the top of the page.
    let command = command.clone().mut_args(|arg| {
        let hide = arg.is_global_set();
        arg.hide(hide)
    });
    let man = Man::new(command);
    let mut body = Vec::new();
    man.render_synopsis_section(&mut body)?;
    man.render_description_section(&mut body)?;
    man.render_options_section(&mut body)?;
    page.extend_from_slice(format!(".SH \"{}\"\n", name.to_uppercase()).as_bytes());
    page.extend_from_slice(
        String::from_utf8_lossy(&body)
            .replace("\n.SH ", "\n.SS ")
            .replace(".SH SYNOPSIS", ".SS SYNOPSIS")
            .as_bytes(),
    );
    Ok(())
}
