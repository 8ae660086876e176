//! From snippets to a file of another tool.

use serde::Serialize;

use crate::snippet::params::constant;
use crate::snippet::{Field, Snippet};

use super::entry::{Entry, Place};
use super::import::entries;
use super::outline::{Hole, Outline, Written};
use super::{Format, angle, brace, navi, pet, terminal, vscode, warp};

/// A file of another tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// The file, with a line end behind its last line.
    pub text: String,
    /// What the format has no room for: at most one line for a snippet.
    pub losses: Vec<Loss>,
    /// Snippets that are not in the file, and why.
    pub left_out: Vec<Loss>,
}

/// What is lost of a snippet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// The snippet's id.
    pub id: String,
    /// What is lost.
    pub message: String,
}

/// Exports snippets, in their order. Each is read again as the format would be read; one that
/// does not come back as it went is left out.
pub fn export(format: Format, snippets: &[&Snippet]) -> Exported {
    let mut exported = Exported::default();
    let mut file = File::default();
    for snippet in snippets {
        let id = snippet.id.clone();
        match one(format, snippet, &mut file) {
            Ok(lost) if lost.is_empty() => {}
            Ok(lost) => exported.losses.push(Loss {
                id,
                message: lost.join("; "),
            }),
            Err(message) => exported.left_out.push(Loss { id, message }),
        }
    }
    match file.text(format) {
        Ok(text) => exported.text = text,
        Err(message) => {
            let all = snippets.iter().map(|s| Loss {
                id: s.id.clone(),
                message: message.clone(),
            });
            exported.left_out = all.collect();
            exported.losses.clear();
        }
    }
    exported
}

/// The names of a cheat with their commands; an empty one for a name without suggestions.
type Suggestions = Vec<(String, String)>;

/// What is written so far.
#[derive(Default)]
struct File {
    texts: Vec<String>,
    objects: Vec<(String, serde_json::Value)>,
    /// Tags of a cheat sheet with the suggestions that count for all cheats of them.
    sheets: Vec<(Vec<String>, Suggestions)>,
}

impl File {
    fn text(self, format: Format) -> Result<String, String> {
        let json = match format {
            Format::VsCode => vscode::file(self.objects),
            Format::Terminal => {
                terminal::file(self.objects.into_iter().map(|(_, value)| value).collect())
            }
            _ => return Ok(self.texts.join("\n")),
        };
        json.map(|text| text + "\n").map_err(|e| e.to_string())
    }

    /// The tags for a cheat: its own, and its id when another cheat of the same tags has other
    /// suggestions for a name that both have.
    fn tags(&mut self, snippet: &Snippet, outline: &Outline) -> (Vec<String>, bool) {
        let mine: Suggestions = navi::suggestions(outline)
            .into_iter()
            .map(|(name, command, _)| (name, command))
            .collect();
        let names: Vec<&String> = outline.holes.iter().map(|h| &h.name).collect();
        let said = |all: &[(String, String)], name: &String| -> Option<String> {
            let found = all.iter().find(|(n, _)| n == name);
            found.map(|(_, command)| command.clone())
        };
        let clash = self.sheets.iter().any(|(tags, theirs)| {
            let theirs_differ = names.iter().any(|n| said(&mine, n) != said(theirs, n));
            *tags == snippet.tags && theirs_differ
        });
        let mut tags = snippet.tags.clone();
        if clash {
            tags.push(snippet.id.clone());
        }
        // A name without suggestions must stay without them.
        let known = outline.holes.iter().map(|hole| {
            let command = said(&mine, &hole.name).unwrap_or_default();
            (hole.name.clone(), command)
        });
        self.sheets.push((tags.clone(), known.collect()));
        (tags, clash)
    }
}

/// Writes one snippet; gives what is lost of it.
fn one(format: Format, snippet: &Snippet, file: &mut File) -> Result<Vec<String>, String> {
    if format == Format::Ps1 {
        // To the byte; several scripts in one file would be none.
        if !file.texts.is_empty() {
            return Err("a script is a file of its own: export one at a time".into());
        }
        file.texts.push(snippet.source.clone());
        return Ok(Vec::new());
    }
    let defaults = format != Format::Terminal;
    let outline = Outline::of(snippet, defaults).map_err(|e| e.to_string())?;
    let misread = |text: &str| match format {
        Format::Navi | Format::Pet | Format::Terminal => angle::misreads(text),
        Format::Warp => brace::misreads(text),
        Format::VsCode | Format::Ps1 => false,
    };
    if outline.texts().any(misread) {
        return Err(format!(
            "its body holds what {format} would take for a placeholder"
        ));
    }
    let description = &snippet.description;
    let mut other_tags = None;
    let (written, alone, object) = match format {
        Format::Navi => {
            let (tags, clash) = file.tags(snippet, &outline);
            other_tags = clash.then(|| "its id stands among the tags".to_owned());
            let written = navi::write(&outline, &tags);
            (written.clone(), written.text, None)
        }
        Format::Pet => {
            let written = pet::write(&outline, &snippet.tags)?;
            (written.clone(), written.text, None)
        }
        Format::Warp => {
            let written = warp::write(&outline, description, &snippet.tags);
            let written = written.map_err(|e| e.to_string())?;
            (written.clone(), written.text, None)
        }
        Format::VsCode => {
            let mut prefixes = snippet.tags.clone();
            if prefixes.is_empty() {
                prefixes.push(snippet.id.clone());
                other_tags = Some("its id stands in place of tags".to_owned());
            }
            let (written, value) = vscode::write(&outline, description, &prefixes);
            let entry = vec![(outline.title.clone(), value.clone())];
            let alone = vscode::file(entry).map_err(|e| e.to_string())?;
            (written, alone, Some(value))
        }
        Format::Terminal | Format::Ps1 => {
            let (written, value) = terminal::write(&outline, description);
            let alone = terminal::file(vec![value.clone()]).map_err(|e| e.to_string())?;
            (written, alone, Some(value))
        }
    };
    let entry = read_again(format, &alone, &written)?;
    match object {
        Some(value) => file.objects.push((outline.title.clone(), value)),
        None => file.texts.push(alone),
    }
    let mut lost = columns(format, snippet, &entry);
    lost.extend(holes(snippet, &outline, &entry));
    lost.extend(other_tags);
    Ok(lost)
}

/// The entry as its format reads it.
fn read_again(format: Format, text: &str, written: &Written) -> Result<Entry, String> {
    let misread = || format!("{format} would not read it as it is meant");
    let found = entries(format, text).map_err(|_| misread())?;
    match <[Entry; 1]>::try_from(found.entries) {
        Ok([entry]) if entry.body.same_shape(&written.body) => Ok(entry),
        _ => Err(misread()),
    }
}

/// The columns that the format has no room for and that the snippet fills.
fn columns(format: Format, snippet: &Snippet, entry: &Entry) -> Vec<String> {
    let fields = &snippet.fields;
    let any = |of: &dyn Fn(&Field) -> bool| fields.iter().any(of);
    let notes = &snippet.notes;
    let mut lost: Vec<&str> = Vec::new();
    let mut say = |is: bool, what: &'static str| {
        if is {
            lost.push(what);
        }
    };
    say(
        entry.description.is_empty() && !snippet.description.is_empty(),
        "description",
    );
    say(entry.tags.is_empty() && !snippet.tags.is_empty(), "tags");
    say(!snippet.products.is_empty(), "products");
    say(!snippet.role.is_empty(), "role");
    say(!notes.runs_on.is_empty(), "where it runs");
    say(!notes.gates.is_empty(), "gates");
    say(!notes.verify.is_empty(), "verify");
    say(!notes.rollback.is_empty(), "rollback");
    say(!snippet.examples.is_empty(), "examples");
    say(
        format != Format::Warp && any(&|f| !f.help.is_empty()),
        "help of the fields",
    );
    say(
        any(&|f| f.list || f.kind != crate::powershell::Kind::Text),
        "types",
    );
    say(any(&|f| f.range.is_some()), "ranges");
    say(any(&|f| f.pattern.is_some()), "patterns");
    say(any(&|f| !f.sets.is_empty()), "parameter sets");
    let impact = snippet
        .source
        .to_ascii_lowercase()
        .contains("confirmimpact");
    say(impact, "ConfirmImpact");
    if lost.is_empty() {
        Vec::new()
    } else {
        vec![format!("no room for {}", lost.join(", "))]
    }
}

/// What became of the fields.
fn holes(snippet: &Snippet, outline: &Outline, entry: &Entry) -> Vec<String> {
    let mut lost = Vec::new();
    let mut list = |what: &str, names: Vec<&str>| {
        if !names.is_empty() {
            lost.push(format!("{what}: {}", names.join(", ")));
        }
    };
    let is_hole = |field: &&Field| outline.holes.iter().any(|h| h.name == field.name);
    let gone: Vec<&Field> = snippet.fields.iter().filter(|f| !is_hole(f)).collect();
    let named = |of: &dyn Fn(&Field) -> bool| -> Vec<&str> {
        let fields = gone.iter().filter(|f| of(f));
        fields.map(|f| f.name.as_str()).collect()
    };
    list("asked for when it runs", named(&|f| f.kind.is_secret()));
    list(
        "the default stands in the text",
        named(&|f| !f.kind.is_secret() && f.default.is_some()),
    );
    list(
        "optional fields are left out",
        named(&|f| !f.kind.is_secret() && f.default.is_none()),
    );
    let with = |of: &dyn Fn(&Hole, &Place) -> bool| -> Vec<&str> {
        outline
            .holes
            .iter()
            .zip(&entry.body.places)
            .filter(|(hole, place)| of(hole, place))
            .map(|(hole, _)| hole.name.as_str())
            .collect()
    };
    let name_of = |n: usize, place: &Place| {
        let lead = super::body::lead(&entry.body, n);
        place.name.clone().or(lead).unwrap_or_default()
    };
    let renamed: Vec<&str> = outline
        .holes
        .iter()
        .zip(&entry.body.places)
        .enumerate()
        .filter(|(n, (hole, place))| name_of(*n, place) != hole.name)
        .map(|(_, (hole, _))| hole.name.as_str())
        .collect();
    list("no room for the names of", renamed);
    list(
        "no room for the defaults of",
        with(&|hole, place| !is_default(hole, place)),
    );
    list(
        "no room for the choices of",
        with(&|hole, place| hole.choices != place.choices),
    );
    lost
}

fn is_default(hole: &Hole, place: &Place) -> bool {
    match &place.default {
        None => hole.defaults.is_empty(),
        Some(written) => {
            let one = [written.clone()];
            hole.defaults == one || constant(written).flatten().as_ref() == Some(&hole.defaults)
        }
    }
}
