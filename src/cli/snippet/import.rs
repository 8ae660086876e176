//! `csdeck snippet import FILE|-`.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::{self, Context, Exit, Failure, note};
use crate::powershell::Position;
use crate::snippet::Library;
use crate::snippet::exchange::{self, Format, Imported, MAX_BYTES, Options, Refused, Taken};
use crate::snippet::library::snippet_id;
use crate::text;

/// The group of imported snippets when none is named.
const GROUP: &str = "imported";

/// `snippet import`.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The file, or - for standard input
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// What the file is; by default its name tells, else its content
    #[arg(long = "as", value_name = "FORMAT", value_parser = format_parser())]
    foreign: Option<Format>,
    /// The group (folder) that the snippets go into
    #[arg(long, value_name = "GROUP", default_value = GROUP)]
    group: String,
    /// Say what would be imported and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// The words of the formats.
pub(super) fn format_parser() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::word))
        .try_map(|word| Format::of_word(&word).ok_or("no such format"))
}

/// A snippet, and the file that it became.
struct Row {
    taken: Taken,
    path: Option<PathBuf>,
}

pub(super) fn import(
    cx: &mut Context,
    form: cli::Format,
    command: &Import,
) -> Result<Exit, Failure> {
    let group = snippet_id(&command.group).map_err(Failure::usage)?;
    let name = match command.file.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => command.file.display().to_string(),
    };
    let text = read(&command.file, &name)?;
    let (format, how) = format_of(command, &name, &text)?;
    note(&format!("{name}: read as {format}, {how}"));
    let options = Options {
        group,
        name: stem(&command.file),
    };
    let mut imported = exchange::import(format, &text, &options)
        .map_err(|e| Failure::failed(format!("{name}: {e}")))?;
    let rows = save(cx, command, &mut imported)?;
    print(cx, form, &name, &rows, &imported)?;
    if rows.is_empty() {
        note(if imported.refused.is_empty() {
            "nothing was imported: there is no entry in it"
        } else {
            "nothing was imported"
        });
        return Ok(Exit::Failed);
    }
    Ok(if imported.refused.is_empty() {
        Exit::Done
    } else {
        Exit::Found
    })
}

fn format_of(command: &Import, name: &str, text: &str) -> Result<(Format, &'static str), Failure> {
    if let Some(format) = command.foreign {
        return Ok((format, "as you said"));
    }
    if let Some(format) = Format::of_name(name) {
        return Ok((format, "by its name"));
    }
    let words = Format::ALL.map(Format::word).join(", ");
    Format::of_content(text)
        .map(|format| (format, "by its content"))
        .ok_or_else(|| {
            Failure::usage(format!(
                "{name}: neither its name nor its content tells what it is. Say it with --as: {words}"
            ))
        })
}

/// The file's name without what tells its kind.
fn stem(file: &Path) -> String {
    match file.file_stem() {
        Some(stem) if file != Path::new("-") => stem.to_string_lossy().into_owned(),
        _ => String::new(),
    }
}

/// The text of a file; what is no text is told with its place.
fn read(file: &Path, name: &str) -> Result<String, Failure> {
    let failed = |e: &dyn std::fmt::Display| Failure::failed(format!("{name}: {e}"));
    let mut bytes = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    if file == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        let file = std::fs::File::open(file).map_err(|e| failed(&e))?;
        file.take(limit).read_to_end(&mut bytes)
    }
    .map_err(|e| failed(&e))?;
    if bytes.len() > MAX_BYTES {
        return Err(failed(&exchange::ExchangeError::TooLarge));
    }
    text::decode(&bytes).map_err(|e| {
        let good = std::str::from_utf8(&bytes).map_or_else(|e| e.valid_up_to(), str::len);
        let head = String::from_utf8_lossy(&bytes[..good]);
        let Position { line, column } = Position::of(&head, head.len());
        failed(&format!("line {line}, column {column}: {e}"))
    })
}

/// Writes what was imported. An id that is taken, in whatever layer, is told and left alone.
fn save(cx: &Context, command: &Import, imported: &mut Imported) -> Result<Vec<Row>, Failure> {
    let app = cx.app()?;
    let library = app.library();
    let mut rows = Vec::new();
    for taken in std::mem::take(&mut imported.taken) {
        match save_one(&app, &library, command, &taken) {
            Ok(path) => rows.push(Row { taken, path }),
            Err(message) => imported.refused.push(Refused {
                line: taken.line,
                name: taken.title,
                message,
            }),
        }
    }
    imported.refused.sort_by_key(|refused| refused.line);
    Ok(rows)
}

fn save_one(
    app: &App,
    library: &Library,
    command: &Import,
    taken: &Taken,
) -> Result<Option<PathBuf>, String> {
    let id = &taken.id;
    if let Some(known) = library.get(id) {
        let layer = known.layer.word();
        return Err(format!(
            "there is a snippet {id} ({layer}) already; name another --group"
        ));
    }
    if command.dry_run {
        let path = app.snippet_path(id);
        return match path.exists() {
            true => Err(format!("{} is there already", path.display())),
            false => Ok(None),
        };
    }
    app.write_snippet(id, &taken.source)
        .map(Some)
        .map_err(|e| e.to_string())
}

fn print(
    cx: &mut Context,
    form: cli::Format,
    name: &str,
    rows: &[Row],
    imported: &Imported,
) -> Result<(), Failure> {
    let row = |row: &Row| {
        json!({
            "id": row.taken.id,
            "title": row.taken.title,
            "fields": row.taken.fields,
            "line": row.taken.line,
            "path": row.path.as_ref().map(|p| p.display().to_string()),
        })
    };
    match form {
        cli::Format::Json => cx.out.json(&json!({
            "imported": rows.iter().map(row).collect::<Vec<_>>(),
            "refused": imported.refused,
            "notes": imported.notes,
        })),
        cli::Format::Jsonl => {
            let event = |event: &str, mut value: Value| {
                if let Some(object) = value.as_object_mut() {
                    object.insert("event".into(), json!(event));
                }
                value
            };
            for one in rows {
                cx.out.jsonl(&event("imported", row(one)))?;
            }
            for refused in &imported.refused {
                cx.out.jsonl(&event("refused", json!(refused)))?;
            }
            for note in &imported.notes {
                cx.out.jsonl(&event("note", json!(note)))?;
            }
            Ok(())
        }
        cli::Format::Table | cli::Format::Tree => {
            for told in &imported.notes {
                note(&format!("{name}:{}: {}", told.line, told.message));
            }
            for refused in &imported.refused {
                note(&format!(
                    "{name}:{}: not imported: {}: {}",
                    refused.line, refused.name, refused.message
                ));
            }
            let cells: Vec<Vec<String>> = rows
                .iter()
                .map(|row| {
                    vec![
                        row.taken.id.clone(),
                        row.taken.line.to_string(),
                        row.taken.fields.join(" "),
                        row.taken.title.clone(),
                    ]
                })
                .collect();
            cx.out.table(&["id", "line", "fields", "title"], &cells)
        }
    }
}
