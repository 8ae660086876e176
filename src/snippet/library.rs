//! The library: built in < team folders < own folder < the own folder of a profile; the same id in a higher layer wins.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rust_embed::RustEmbed;

use super::folder;
use super::model::Snippet;
use super::read::{MAX_BYTES, ReadError, read};
use super::search::{Entry, Found, Index, Query, Search};
use crate::powershell::Position;

#[derive(RustEmbed)]
#[folder = "snippets/"]
struct BuiltIn;

/// Where a snippet came from, lowest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Made from the cmdlet reference, of no folder.
    Reference,
    /// Part of the program.
    BuiltIn,
    /// A folder shared by a team.
    Team(PathBuf),
    /// The engineer's own folder as it is seen from a profile.
    Base(PathBuf),
    /// The engineer's own folder; in a profile the profile's.
    Own(PathBuf),
}

impl Layer {
    /// The file of a snippet in the folder of a layer.
    pub fn file_in(folder: &Path, id: &str) -> PathBuf {
        folder.join(format!("{id}.ps1"))
    }

    /// The file of a snippet in this layer; `None` for a layer that is no folder.
    pub fn path(&self, id: &str) -> Option<PathBuf> {
        match self {
            Layer::Team(folder) | Layer::Base(folder) | Layer::Own(folder) => {
                Some(Layer::file_in(folder, id))
            }
            Layer::Reference | Layer::BuiltIn => None,
        }
    }

    /// The word shown beside the snippet.
    pub fn word(&self) -> &'static str {
        match self {
            Layer::Reference => "reference",
            Layer::BuiltIn => "built in",
            Layer::Team(_) => "team",
            Layer::Base(_) => "base",
            Layer::Own(_) => "own",
        }
    }
}

/// A file of the library that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The id it would have had.
    pub id: String,
    /// Where it came from.
    pub layer: Layer,
    /// Why not.
    pub error: String,
    /// Where in the file; line 1, column 1 when the file could not be read at all.
    pub position: Position,
}

/// All snippets, and what went wrong while reading them. A library does not change once it is
/// loaded; clones share the snippets and the index.
#[derive(Default, Clone)]
pub struct Library {
    /// By id.
    snippets: Arc<[Snippet]>,
    index: Arc<OnceLock<Index>>,
    /// Files that are not snippets.
    pub problems: Vec<Problem>,
    /// Ids that a higher layer took over: id, the layer that lost.
    pub shadowed: Vec<(String, Layer)>,
}

impl std::fmt::Debug for Library {
    /// In short: all of it would be megabytes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library")
            .field("snippets", &self.snippets.len())
            .field("problems", &self.problems)
            .finish_non_exhaustive()
    }
}

impl Library {
    /// Only what is part of the program.
    pub fn built_in() -> Library {
        Library::load(&[], None)
    }

    /// Reads all layers. A missing folder is an empty one; a broken file is a [`Problem`] and
    /// nothing else is lost.
    pub fn load(team: &[PathBuf], own: Option<&Path>) -> Library {
        Library::load_over(team, None, own)
    }

    /// The same from a profile: `base` is the engineer's own folder, below the profile's.
    pub fn load_over(team: &[PathBuf], base: Option<&Path>, own: Option<&Path>) -> Library {
        let mut layers = Layers::default();
        for (id, read) in read_built_in() {
            layers.put(id, read.clone(), Layer::BuiltIn);
        }
        for folder in team {
            layers.add_folder(folder, &Layer::Team(folder.clone()));
        }
        if let Some(folder) = base {
            layers.add_folder(folder, &Layer::Base(folder.to_owned()));
        }
        if let Some(folder) = own {
            layers.add_folder(folder, &Layer::Own(folder.to_owned()));
        }
        Library {
            snippets: layers.snippets.into_values().collect(),
            index: Arc::default(),
            problems: layers.problems,
            shadowed: layers.shadowed,
        }
    }

    /// Where a snippet is from, and whose place it took: `own, in place of built in`.
    pub fn origin(&self, snippet: &Snippet) -> String {
        let lost: Vec<&str> = self
            .shadowed
            .iter()
            .filter(|(id, _)| *id == snippet.id)
            .map(|(_, layer)| layer.word())
            .collect();
        match lost.as_slice() {
            [] => snippet.layer.word().to_owned(),
            lost => format!("{}, in place of {}", snippet.layer.word(), lost.join(", ")),
        }
    }

    /// The file that should stand in the place of this snippet and cannot be used: it is of a higher
    /// layer.
    pub fn broken(&self, id: &str) -> Option<&Problem> {
        let layer = self.get(id).map(|s| &s.layer);
        let mut problems = self.problems.iter().rev().filter(|p| p.id == id);
        problems.find(|p| layer.is_none_or(|layer| p.layer > *layer))
    }

    /// True when one is a clone of the other: places in one are places in the other.
    pub fn is_clone_of(&self, other: &Library) -> bool {
        Arc::ptr_eq(&self.snippets, &other.snippets)
    }

    /// True when both hold the same files of the same layers, broken ones included.
    pub fn is_same(&self, other: &Library) -> bool {
        let same = |(a, b): (&Snippet, &Snippet)| {
            a.id == b.id && a.layer == b.layer && a.source == b.source
        };
        self.len() == other.len()
            && self.problems == other.problems
            && self.shadowed == other.shadowed
            && self.iter().zip(other.iter()).all(same)
    }

    /// The snippet of this id.
    pub fn get(&self, id: &str) -> Option<&Snippet> {
        self.place(id).and_then(|place| self.at(place))
    }

    /// The place of the snippet of this id, by id.
    pub fn place(&self, id: &str) -> Option<usize> {
        let place = self.snippets.binary_search_by(|s| s.id.as_str().cmp(id));
        place.ok()
    }

    /// The snippet in this place, by id; places are those of a search's hits.
    pub fn at(&self, place: usize) -> Option<&Snippet> {
        self.snippets.get(place)
    }

    /// All snippets, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Snippet> {
        self.snippets.iter()
    }

    /// How many snippets there are.
    pub fn len(&self) -> usize {
        self.snippets.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.snippets.is_empty()
    }

    /// The index of the snippets, made at the first call: listing and rendering do not pay for it.
    /// Some 30 us a snippet; a large library is better indexed in the background, by a clone.
    pub fn index(&self) -> &Index {
        self.index
            .get_or_init(|| Index::new(self.iter().map(Entry::of)))
    }

    /// Searches; `search` remembers the query before, and `ranks` decides between equally good
    /// hits, see [`Search::run`]. A hit's place is that of [`Library::at`].
    pub fn search(&self, search: &mut Search, query: &Query, ranks: &[u16]) -> Found {
        if query.is_empty() {
            return Found::all(self.len(), query);
        }
        search.run(self.index(), query, ranks)
    }
}

/// What is read so far.
#[derive(Default)]
struct Layers {
    snippets: BTreeMap<String, Snippet>,
    problems: Vec<Problem>,
    shadowed: Vec<(String, Layer)>,
}

impl Layers {
    fn put(&mut self, id: &str, read: Read, layer: Layer) {
        match read {
            Ok(snippet) => {
                if let Some(lost) = self.snippets.insert(id.to_owned(), snippet) {
                    self.shadowed.push((lost.id, lost.layer));
                }
            }
            Err((error, position)) => self.problems.push(Problem {
                id: id.to_owned(),
                layer,
                error,
                position,
            }),
        }
    }

    fn add_folder(&mut self, root: &Path, layer: &Layer) {
        let read = on_all_cores(&folder::files(root), |(id, path)| {
            let source = read_text(path);
            let read = read_one(id, source.as_deref().map_err(String::as_str), layer.clone());
            (id.clone(), read)
        });
        for (id, read) in read {
            self.put(&id, read, layer.clone());
        }
    }
}

/// A snippet, or why there is none and where.
type Read = Result<Snippet, (String, Position)>;

fn read_one(id: &str, source: Result<&str, &str>, layer: Layer) -> Read {
    match source {
        Ok(source) => read(id, source, layer).map_err(|e: ReadError| (e.to_string(), e.position())),
        Err(why) => Err((why.to_owned(), Position { line: 1, column: 1 })),
    }
}

/// What is part of the program, in its order: parsed once, however often a library is read.
fn read_built_in() -> &'static [(String, Read)] {
    static READ: OnceLock<Vec<(String, Read)>> = OnceLock::new();
    READ.get_or_init(parse_built_in)
}

fn parse_built_in() -> Vec<(String, Read)> {
    let paths: Vec<_> = BuiltIn::iter().collect();
    let read = on_all_cores(&paths, |path| {
        let (id, file) = (path.strip_suffix(".ps1")?, BuiltIn::get(path)?);
        let source = std::str::from_utf8(&file.data).map_err(|_| "not UTF-8");
        Some((id.to_owned(), read_one(id, source, Layer::BuiltIn)))
    });
    read.into_iter().flatten().collect()
}

/// Parsing is most of what csdeck does before its first screen, and the files have nothing to do
/// with each other: each core takes a share. The order stays.
fn on_all_cores<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores.min(8)).max(1);
    let work = &work;
    std::thread::scope(|scope| {
        let workers: Vec<_> = items
            .chunks(share)
            .map(|items| {
                (
                    items,
                    scope.spawn(move || items.iter().map(work).collect::<Vec<_>>()),
                )
            })
            .collect();
        workers
            .into_iter()
            // A share whose thread failed is done here; nothing of the library is lost.
            .flat_map(|(items, worker)| {
                worker
                    .join()
                    .unwrap_or_else(|_| items.iter().map(work).collect())
            })
            .collect()
    })
}

/// Names that no file can have on Windows.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// `com1` to `com9` and `lpt1` to `lpt9` as well.
fn is_device(name: &str) -> bool {
    let port = name
        .strip_prefix("com")
        .or_else(|| name.strip_prefix("lpt"));
    let numbered = port.is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit());
    DEVICES.contains(&name) || numbered
}

/// The id that a snippet can be saved under: folders and a name of letters, digits, `-`, `_` and
/// `.`, in lower case, separated by `/`; `.ps1` at its end is dropped. Nothing in it can leave the
/// folder, and every platform can keep it.
pub fn snippet_id(typed: &str) -> Result<String, String> {
    let typed = typed.trim().replace('\\', "/").to_lowercase();
    let id = typed.strip_suffix(".ps1").unwrap_or(&typed);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let part_fits = |part: &str| {
        !part.is_empty()
            && part.len() <= 80
            && part.chars().all(plain)
            && !part.starts_with('.')
            && !part.ends_with('.')
    };
    let first = |part: &str| part.split('.').next().unwrap_or("").to_owned();
    if id.split('/').any(|part| is_device(&first(part))) {
        return Err(format!(
            "{id:?} holds a name that Windows keeps for a device"
        ));
    }
    if id.is_empty() || !id.split('/').all(part_fits) || id.split('/').count() > 6 {
        return Err(format!(
            "{id:?} is no snippet's name: folder/name, of letters, digits, - and _"
        ));
    }
    Ok(id.to_owned())
}

fn read_text(path: &Path) -> Result<String, String> {
    let found = fs::metadata(path).map_err(|e| e.to_string())?;
    if !found.is_file() {
        return Err("this is no file".into());
    }
    if found.len() > MAX_BYTES as u64 {
        return Err(ReadError::TooLarge.to_string());
    }
    let bytes = fs::read(path).map_err(|e| e.to_string())?;
    crate::text::decode(&bytes).map_err(|e| e.to_string())
}
