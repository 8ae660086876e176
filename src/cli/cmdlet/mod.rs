//! `csdeck cmdlet list|show|check|repair|form`.

mod repair;
mod show;

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;
use serde_json::json;

use super::{Context, Exit, Failure, Format, input};
use crate::cmdlet::{self as domain, Place, Product, catalogue, has_error};
use crate::near::did_you_mean;
use crate::snippet::{Plan, Values};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Cmdlet {
    /// All cmdlets, or those in which every word occurs, the best first
    List {
        /// Words of the name, or of a parameter's
        words: Vec<String>,
        /// Only cmdlets of this product: L2010, L2013, S2015, S2019, E2010, E2013, E2016, E2019, ESE
        #[arg(long, value_parser = product)]
        product: Option<Product>,
    },
    /// Products, parameter sets, types, accepted values, -WhatIf, and where it may run
    Show {
        /// Its name
        name: String,
        /// Only this parameter
        parameter: Option<String>,
    },
    /// Check a script against the reference: line:column, and exit code 3 if there are errors
    Check {
        /// The script; - reads standard input
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
        /// Only what exists in this product is right
        #[arg(long, value_parser = product)]
        product: Option<Product>,
    },
    /// Undo what a web page did to a command line: the mended text, and on standard error each
    /// change with its reason; exit code 3 if it still is not PowerShell
    Repair {
        /// The pasted text; - reads standard input
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
    },
    /// A snippet for the cmdlet, ready to be saved as .ps1
    Form {
        /// Its name
        name: String,
        /// The parameter set [default: the reference's own, else the first]
        #[arg(long, value_name = "SET")]
        parameter_set: Option<String>,
    },
}

fn product(code: &str) -> Result<Product, String> {
    Product::of(code).ok_or_else(|| {
        let codes: Vec<&str> = Product::ALL.iter().map(|p| p.code()).collect();
        format!("no product; there are {}", codes.join(", "))
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: &'static str,
    products: Vec<&'static str>,
    what_if: bool,
    runs_on: &'static str,
    sets: usize,
    parameters: usize,
}

impl Row {
    fn of(cmdlet: &domain::Cmdlet) -> Row {
        Row {
            name: cmdlet.name,
            products: cmdlet.products.iter().map(Product::code).collect(),
            what_if: cmdlet.has_what_if(),
            runs_on: Place::of(cmdlet).word(),
            sets: cmdlet.sets.len(),
            parameters: cmdlet.parameters.len(),
        }
    }
}

pub(super) fn run(cx: &mut Context, command: Cmdlet) -> Result<Exit, Failure> {
    let format = cx.format()?;
    match command {
        Cmdlet::List { words, product } => {
            let rows: Vec<Row> = catalogue()
                .search(&words.join(" "))
                .into_iter()
                .filter(|c| product.is_none_or(|p| c.products.has(p)))
                .map(Row::of)
                .collect();
            if rows.is_empty() {
                super::note("no cmdlet has all of these words");
            }
            cx.out
                .list(format, &rows, &["name", "products", "runs on"], |row| {
                    vec![
                        row.name.to_owned(),
                        row.products.join(" "),
                        row.runs_on.to_owned(),
                    ]
                })?;
        }
        Cmdlet::Show { name, parameter } => show::show(cx, format, find(&name)?, parameter)?,
        Cmdlet::Check { file, product } => return check(cx, format, &file, product),
        Cmdlet::Repair { file } => return repair::repair(cx, format, &file),
        Cmdlet::Form {
            name,
            parameter_set,
        } => {
            let text = form(find(&name)?, parameter_set.as_deref())?;
            cx.out.raw(text.trim_end())?;
        }
    }
    Ok(Exit::Done)
}

/// The cmdlet of this name, or a failure that names those that are near.
fn find(name: &str) -> Result<&'static domain::Cmdlet, Failure> {
    catalogue().get(name).ok_or_else(|| {
        let near = did_you_mean(name, catalogue().iter().map(|c| c.name));
        Failure::usage(format!(
            "there is no cmdlet {name:?} in the reference.{near} See: csdeck cmdlet list WORDS"
        ))
    })
}

fn form(cmdlet: &'static domain::Cmdlet, set: Option<&str>) -> Result<String, Failure> {
    let names = || cmdlet.sets.iter().map(|s| s.name).collect::<Vec<_>>();
    let set = match set {
        Some(name) => cmdlet.set(name),
        None => cmdlet.first_set(),
    }
    .ok_or_else(|| {
        Failure::usage(format!(
            "{} has no such parameter set; it has {}",
            cmdlet.name,
            names().join(", ")
        ))
    })?;
    Plan::new(cmdlet, set)
        .source(&Values::default())
        .map_err(|e| Failure::failed(e.to_string()))
}

fn check(
    cx: &mut Context,
    format: Format,
    file: &std::path::Path,
    product: Option<Product>,
) -> Result<Exit, Failure> {
    let text = input::read(file)?;
    let findings = domain::check(&text, product);
    match format {
        Format::Json => cx.out.json(&json!({ "findings": findings }))?,
        Format::Jsonl => findings.iter().try_for_each(|f| cx.out.jsonl(f))?,
        Format::Table | Format::Tree => {
            let name = file.display().to_string();
            for finding in &findings {
                cx.out.finding(&name, finding)?;
            }
        }
    }
    Ok(if has_error(&findings) {
        Exit::Found
    } else {
        Exit::Done
    })
}
