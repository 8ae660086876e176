//! The objects that a job answered with, as they are looked at.

use serde_json::Value;

use crate::execute::event::Object;
use crate::execute::objects::{self, Grid, Shape};
use crate::execute::output::{Line, Stream};
use crate::text::{visible, visible_line};

use super::window::Window;

/// Objects that are held; of more the rest is counted, and saved all the same.
pub const MOST: usize = 2_000;

/// Bytes of JSON that are held.
const BYTES: usize = 2 << 20;

/// Bytes of a type's name that are held.
const TYPE: usize = 200;

/// Lines of other streams that are shown under the objects.
const BESIDE: usize = 40;

/// The objects of one job and how they are shown.
#[derive(Debug, Default)]
pub struct Answer {
    objects: Vec<Value>,
    /// The names of their types, each once, and which one each object has.
    types: Vec<String>,
    type_of: Vec<Option<u8>>,
    bytes: usize,
    /// How many there were that are not held.
    pub left_out: usize,
    /// How they are shown; `None` before the first, and when the lines are.
    shape: Option<Shape>,
    /// The user chose how.
    chosen: bool,
    /// The column they are sorted by, and the other way round.
    sort: Option<(usize, bool)>,
    places: Vec<usize>,
    heading: Vec<String>,
    made: Option<Window>,
    made_of: usize,
    /// Errors, warnings and text that came between them.
    beside: Vec<Line>,
    beside_more: usize,
}

impl Answer {
    /// Takes in an object that came.
    pub fn came(&mut self, object: &Object) {
        let bytes = objects::weight(&object.value);
        if self.objects.len() >= MOST || self.bytes + bytes > BYTES {
            self.left_out += 1;
            return;
        }
        self.bytes += bytes;
        self.objects.push(object.value.clone());
        let name = object.type_name.as_deref();
        let of = name.and_then(|name| self.number_of(name));
        self.type_of.push(of);
    }

    /// The number of a type; one of too many has none.
    fn number_of(&mut self, name: &str) -> Option<u8> {
        let name = &name[..name.floor_char_boundary(TYPE)];
        let known = self.types.iter().position(|t| t == name);
        let number = u8::try_from(known.unwrap_or(self.types.len())).ok()?;
        if known.is_none() {
            self.types.push(name.to_owned());
        }
        Some(number)
    }

    /// The name of the type that all objects have, without what stands in front of its last dot.
    pub fn kind(&self) -> Option<&str> {
        let [one] = self.types.as_slice() else {
            return None;
        };
        let all = self.type_of.iter().all(Option::is_some);
        one.rsplit('.').next().filter(|_| all)
    }

    /// The objects as a list, with the name of the type in front of the first of its kind.
    fn list(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut last = None;
        for place in &self.places {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            let of = self.type_of.get(*place).copied().flatten();
            let name = of.and_then(|n| self.types.get(usize::from(n)));
            if let Some(name) = name.filter(|_| of != last) {
                lines.push(format!("   TypeName: {}", visible_line(name)));
                lines.push(String::new());
            }
            last = of;
            lines.extend(objects::list(&self.objects, &[*place]));
        }
        lines
    }

    /// Takes in a line that is no object.
    pub fn line(&mut self, line: &Line) {
        if matches!(
            line.stream,
            Stream::Object | Stream::Progress | Stream::Verbose | Stream::Debug
        ) {
            return;
        }
        match self.beside.len() < BESIDE {
            true => self.beside.push(line.clone().clipped(1 << 10)),
            false => self.beside_more += 1,
        }
    }

    /// True when there are objects.
    pub fn is_there(&self) -> bool {
        !self.objects.is_empty()
    }

    /// The objects that are held.
    pub fn objects(&self) -> &[Value] {
        &self.objects
    }

    /// The objects that are shown, by their place, in their order.
    pub fn places(&self) -> &[usize] {
        &self.places
    }

    /// True when the objects are shown and not the lines.
    pub fn is_shown(&self) -> bool {
        self.made.is_some()
    }

    /// The lines that show the objects.
    pub fn shown(&self) -> Option<&Window> {
        self.made.as_ref()
    }

    /// The lines that stay in sight above them.
    pub fn heading(&self) -> &[String] {
        &self.heading
    }

    /// How they are shown.
    pub fn shape(&self) -> Option<Shape> {
        self.shape.filter(|_| self.is_shown())
    }

    /// True when so many came since that the view is worth making anew: each object is then made
    /// into text a few times at most.
    pub fn is_due(&self) -> bool {
        let now = self.objects.len();
        now > self.made_of && (now <= 50 || now >= self.made_of + self.made_of / 4)
    }

    /// Table, list, JSON, the lines, and again.
    pub fn next_shape(&mut self) {
        self.chosen = true;
        self.shape = match self.shape {
            None => Some(Shape::Table),
            Some(Shape::Json) => None,
            Some(shape) => Some(shape.next()),
        };
    }

    /// Sorts by the next column; behind the last one they are as they came.
    pub fn next_sort(&mut self) {
        let columns = objects::columns(&self.objects).len();
        let next = self.sort.map_or(0, |(column, _)| column + 1);
        self.sort = (next < columns).then_some((next, false));
    }

    /// The other way round.
    pub fn reverse(&mut self) {
        self.sort = self.sort.map(|(column, down)| (column, !down));
    }

    /// How they are sorted, in words.
    pub fn sorted(&self) -> Option<String> {
        let (column, down) = self.sort?;
        let columns = objects::columns(&self.objects);
        let way = if down { ", descending" } else { "" };
        Some(format!("by {}{way}", columns.get(column)?))
    }

    /// Makes the lines anew from the objects with these words.
    pub fn remake(&mut self, words: &[String]) {
        if self.objects.is_empty() {
            return;
        }
        if !self.chosen {
            self.shape = Some(Shape::of(&self.objects));
        }
        self.made_of = self.objects.len();
        self.heading.clear();
        let columns = objects::columns(&self.objects);
        let sort = self
            .sort
            .and_then(|(n, down)| Some((*columns.get(n)?, down)));
        let down = sort.is_some_and(|(_, down)| down);
        self.places = objects::arranged(&self.objects, words, sort.map(|(name, _)| name), down);
        let Some(shape) = self.shape else {
            self.made = None;
            return;
        };
        let lines: Vec<String> = match shape {
            Shape::Table => {
                let grid = Grid::of(&self.objects, &self.places);
                self.heading = vec![grid.line(&grid.heading)];
                grid.rows.iter().map(|row| grid.line(row)).collect()
            }
            Shape::List => self.list(),
            Shape::Json => visible(&objects::json(&self.objects, &self.places))
                .lines()
                .map(str::to_owned)
                .collect(),
        };
        let mut lines: Vec<Line> = lines
            .into_iter()
            .map(|text| Line::new(Stream::Output, text).clipped(super::window::CLIP))
            .collect();
        if !self.beside.is_empty() {
            lines.push(Line::new(Stream::Output, ""));
            lines.extend(self.beside.iter().cloned());
        }
        if self.beside_more > 0 {
            let more = format!("and {} more lines: v shows all", self.beside_more);
            lines.push(Line::new(Stream::Progress, more));
        }
        self.made = Some(Window::whole(lines));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_held_has_an_end_and_is_counted() {
        let mut answer = Answer::default();
        for n in 0..MOST + 5 {
            answer.came(&json!({"N": n}).into());
        }
        assert_eq!((answer.objects().len(), answer.left_out), (MOST, 5));
        let mut answer = Answer::default();
        (0..5).for_each(|_| answer.came(&json!({"Text": "x".repeat(1 << 20)}).into()));
        assert!(answer.left_out >= 3);
    }

    #[test]
    fn a_type_is_told_once_for_objects_that_follow_each_other() {
        let object = |name: &str, kind: Option<&str>| Object {
            value: json!({ "Name": name }),
            type_name: kind.map(|k| format!("Deserialized.Microsoft.Rtc.{k}")),
        };
        let mut answer = Answer::default();
        answer.came(&object("a", Some("Pool")));
        answer.came(&object("b", Some("Pool")));
        assert_eq!(answer.kind(), Some("Pool"));
        answer.came(&object("c", Some("Site")));
        answer.came(&object("d", None));
        assert_eq!(answer.kind(), None);
        answer.shape = Some(Shape::List);
        answer.chosen = true;
        answer.remake(&[]);
        let shown = answer.shown().expect("a list");
        let lines: Vec<&str> = shown.iter().map(|(_, l)| l.text.as_str()).collect();
        assert_eq!(
            lines,
            [
                "   TypeName: Deserialized.Microsoft.Rtc.Pool",
                "",
                "Name : a",
                "",
                "Name : b",
                "",
                "   TypeName: Deserialized.Microsoft.Rtc.Site",
                "",
                "Name : c",
                "",
                "Name : d",
            ]
        );
        let mut many = Answer::default();
        (0..300).for_each(|n| many.came(&object("x", Some(&n.to_string()))));
        assert!(many.types.len() <= 256);
    }

    #[test]
    fn the_views_go_round_and_the_sorting_too() {
        let mut answer = Answer::default();
        for (name, n) in [("b", 2), ("a", 10)] {
            answer.came(&json!({"Name": name, "N": n}).into());
        }
        answer.remake(&[]);
        assert_eq!(answer.shape(), Some(Shape::Table));
        answer.next_sort();
        answer.remake(&[]);
        assert_eq!(
            (answer.places(), answer.sorted().as_deref()),
            (&[1, 0][..], Some("by Name"))
        );
        answer.next_sort();
        answer.reverse();
        answer.remake(&[]);
        assert_eq!(
            (answer.places(), answer.sorted().as_deref()),
            (&[1, 0][..], Some("by N, descending"))
        );
        answer.next_sort();
        assert_eq!(answer.sorted(), None);
        answer.remake(&["a".to_owned(), "10".to_owned()]);
        assert_eq!(answer.places(), [1]);
        let mut seen = Vec::new();
        for _ in 0..4 {
            answer.next_shape();
            answer.remake(&[]);
            seen.push(answer.shape());
        }
        assert_eq!(
            seen,
            [
                Some(Shape::List),
                Some(Shape::Json),
                None,
                Some(Shape::Table)
            ]
        );
    }
}
