//! `csdeck topology show FILE`.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{Context, Exit, Failure, Format, note};
use crate::app::read_topology;
use crate::topology::{self, Topology as Model};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Topology {
    /// Show a document: the XML of Get-CsTopology -AsXml, or a .tbxml file
    Show {
        /// The document; - reads standard input
        file: PathBuf,
    },
}

pub(super) fn run(cx: &mut Context, command: Topology) -> Result<Exit, Failure> {
    let Topology::Show { file } = command;
    let topology = read(&file)?;
    match cx.global.format {
        Some(Format::Json) => cx.out.json(&topology.to_json())?,
        Some(Format::Jsonl) => cx.out.jsonl(&topology.to_json())?,
        None | Some(Format::Tree | Format::Table) => {
            cx.out
                .text(topology.to_tree_text().trim_end_matches('\n'))?;
            for problem in &topology.problems {
                note(&format!("line {}: {}", problem.line, problem.text));
            }
            for unknown in &topology.unknown {
                note(&format!(
                    "line {}: '{}' is not understood and not shown",
                    unknown.line, unknown.element
                ));
            }
        }
    }
    Ok(Exit::Done)
}

fn read(file: &Path) -> Result<Model, Failure> {
    if file != Path::new("-") {
        return Ok(read_topology(file)?);
    }
    let mut bytes = Vec::new();
    let limit = topology::MAX_BYTES as u64 + 1;
    std::io::stdin()
        .lock()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::failed(format!("standard input: {e}")))?;
    topology::read(&bytes).map_err(|e| Failure::failed(format!("standard input: {e}")))
}
