//! Dates as PowerShell writes them: JSON of both families, ISO, and the short date and long time
//! of the server's culture.
//!
//! Culture text carries neither zone nor, often, a sure order of day and month. The order is
//! decided over all dates of a text at once: one part above 12 settles it, dots mean day first;
//! after that an AM/PM clock suggests the United States, dashes and a 24-hour clock the rest of
//! the world, and that guess is noted.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use super::error::{DateOrder, Note, ParseError, Place};

/// A time as read, before zone and order are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RawStamp {
    /// .NET's or Windows' zero date: "never".
    Never,
    /// A point in time.
    Instant(Timestamp),
    /// A local time in an order nobody mistakes.
    Civil(civil::DateTime),
    /// A local time whose first two parts are day and month in some order.
    Text(TextDate),
}

impl RawStamp {
    /// True when this time is later than the other, as far as their kinds can be compared: of
    /// two in a culture's order only where the order does not matter.
    pub(super) fn is_after(&self, other: &RawStamp) -> bool {
        match (self, other) {
            (RawStamp::Instant(a), RawStamp::Instant(b)) => a > b,
            (RawStamp::Civil(a), RawStamp::Civil(b)) => a > b,
            (RawStamp::Text(a), RawStamp::Text(b)) => {
                let day = |d: &TextDate| (d.year, d.first, d.second);
                day(a) == day(b) && a.time > b.time
            }
            (_, RawStamp::Never) => true,
            _ => false,
        }
    }
}

/// A culture's date and time in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextDate {
    first: i8,
    second: i8,
    year: i16,
    separator: char,
    time: civil::Time,
    /// Whether the time had an AM or PM mark.
    marked: bool,
}

/// Earlier years are zero dates: year 1 of .NET, 1601 of Windows file times.
const FIRST_YEAR: i16 = 1900;
/// Later years are another calendar, such as the Thai one.
const LAST_YEAR: i16 = 2200;

/// Reads a time in any of the known spellings.
pub(super) fn read(text: &str) -> Option<RawStamp> {
    let text = text.trim();
    read_json_date(text)
        .or_else(|| read_iso(text))
        .or_else(|| read_culture(text))
}

/// `/Date(1760421722300)/` and `/Date(1760421722300+0800)/`: milliseconds since 1970 in UTC; the
/// offset only tells how the server would print it.
fn read_json_date(text: &str) -> Option<RawStamp> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let digits = inner
        .get(1..)?
        .find(['+', '-'])
        .map_or(inner, |at| &inner[..=at]);
    let offset = &inner[digits.len()..];
    let offset_fits =
        offset.is_empty() || offset.len() == 5 && offset[1..].bytes().all(|b| b.is_ascii_digit());
    if !offset_fits {
        return None;
    }
    instant_from_ms(digits.parse().ok()?)
}

/// A time from milliseconds since 1970.
pub(super) fn instant_from_ms(ms: i64) -> Option<RawStamp> {
    Some(instant(Timestamp::from_millisecond(ms).ok()?))
}

fn instant(at: Timestamp) -> RawStamp {
    let year = at.to_zoned(TimeZone::UTC).year();
    if year < FIRST_YEAR {
        RawStamp::Never
    } else {
        RawStamp::Instant(at)
    }
}

fn read_iso(text: &str) -> Option<RawStamp> {
    // Only the full form with seconds: a line cut short must not read as another time.
    let shape = text.get(..19)?.as_bytes();
    let fits = shape.iter().enumerate().all(|(at, b)| match at {
        4 | 7 => *b == b'-',
        10 => matches!(b, b'T' | b' '),
        13 | 16 => *b == b':',
        _ => b.is_ascii_digit(),
    });
    if !fits {
        return None;
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(instant(at));
    }
    if text[19..].contains(['Z', 'z', '+', '-', '[']) {
        // A zone that could not be read must not turn into a local time.
        return None;
    }
    civil_stamp(text.parse().ok()?)
}

fn civil_stamp(at: civil::DateTime) -> Option<RawStamp> {
    match at.year() {
        year if year < FIRST_YEAR => Some(RawStamp::Never),
        year if year > LAST_YEAR => None,
        _ => Some(RawStamp::Civil(at)),
    }
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Number(&'a str),
    Word(&'a str),
    Mark(char),
    Blank,
}

/// Cuts text into numbers, words (letters, with dots inside as in `p.m.`), marks and blanks.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let run = |inside: &dyn Fn(char) -> bool| {
            rest.find(|c: char| !inside(c))
                .map_or((rest, ""), |end| rest.split_at(end))
        };
        let (token, tail) = if c.is_ascii_digit() {
            let (head, tail) = run(&|c| c.is_ascii_digit());
            (Token::Number(head), tail)
        } else if c.is_alphabetic() {
            let (head, tail) = run(&|c| c.is_alphabetic() || c == '.');
            (Token::Word(head), tail)
        } else if c.is_whitespace() {
            (Token::Blank, run(&|c| c.is_whitespace()).1)
        } else {
            (Token::Mark(c), &rest[c.len_utf8()..])
        };
        out.push(token);
        rest = tail;
    }
    out
}

fn read_culture(text: &str) -> Option<RawStamp> {
    let tokens = tokens(text);
    let mut rest = tokens.as_slice();
    let mut parts = [""; 3];
    let mut separator = ' ';
    for (index, part) in parts.iter_mut().enumerate() {
        *part = take_number(&mut rest)?;
        if index < 2 {
            let mark = take_mark(&mut rest)?;
            if !matches!(mark, '/' | '.' | '-') || index == 1 && mark != separator {
                return None;
            }
            separator = mark;
            skip_blank(&mut rest);
        }
    }
    if separator == '.' && rest.first() == Some(&Token::Mark('.')) {
        rest = &rest[1..]; // Hungarian and Korean dates end in a dot
    }
    if rest.first() != Some(&Token::Blank) {
        return None;
    }
    let mut words = take_words(&mut rest);
    let hour = take_number(&mut rest)?;
    let mark = take_mark(&mut rest).filter(|m| matches!(m, ':' | '.'))?;
    let minute = take_number(&mut rest)?;
    take_mark(&mut rest).filter(|m| *m == mark)?;
    let second = take_number(&mut rest)?;
    words.push_str(&take_words(&mut rest));
    if !rest.is_empty() || minute.len() != 2 || second.len() != 2 || hour.len() > 2 {
        return None;
    }
    let afternoon = half_of_day(&words)?;
    let hour = match (hour.parse::<i8>().ok()?, afternoon) {
        (hour, None) => hour,
        (0 | 12, Some(false)) => 0,
        (0 | 12, Some(true)) => 12,
        (hour @ 1..=11, Some(later)) => hour + if later { 12 } else { 0 },
        _ => return None,
    };
    let time = civil::Time::new(hour, minute.parse().ok()?, second.parse().ok()?, 0).ok()?;
    place_parts(parts, separator, time, afternoon.is_some())
}

fn place_parts(
    parts: [&str; 3],
    separator: char,
    time: civil::Time,
    marked: bool,
) -> Option<RawStamp> {
    let short = |part: &str| (part.len() <= 2).then(|| part.parse::<i8>().ok()).flatten();
    if parts[0].len() == 4 {
        let date = civil::Date::new(parts[0].parse().ok()?, short(parts[1])?, short(parts[2])?);
        return civil_stamp(date.ok()?.to_datetime(time));
    }
    // Two-digit years could be days: not guessed.
    if parts[2].len() != 4 {
        return None;
    }
    let (first, second) = (short(parts[0])?, short(parts[1])?);
    let year: i16 = parts[2].parse().ok()?;
    if !(1..=31).contains(&first) || !(1..=31).contains(&second) || year > LAST_YEAR {
        return None;
    }
    if year < FIRST_YEAR {
        return Some(RawStamp::Never);
    }
    Some(RawStamp::Text(TextDate {
        first,
        second,
        year,
        separator,
        time,
        marked,
    }))
}

/// Before or after noon from the words around a time: none without a mark, refused (outer none)
/// with a word that is not known.
fn half_of_day(words: &str) -> Option<Option<bool>> {
    match words {
        "" => Some(None),
        "am" | "πμ" | "上午" | "午前" | "오전" | "sa" | "ص" | "dop" => Some(Some(false)),
        "pm" | "μμ" | "下午" | "午後" | "오후" | "ch" | "م" | "odp" => Some(Some(true)),
        _ => None,
    }
}

/// Takes blanks and words; the words are joined without dots and blanks, in lower case. The
/// Bulgarian marks of year and hour and the Danish "at" mean nothing.
fn take_words(rest: &mut &[Token<'_>]) -> String {
    let mut words = String::new();
    while let Some((Token::Blank | Token::Word(_), tail)) = rest.split_first() {
        if let Token::Word(word) = rest[0] {
            let word = word.replace('.', "").to_lowercase();
            if !matches!(word.as_str(), "г" | "ч" | "kl") {
                words.push_str(&word);
            }
        }
        *rest = tail;
    }
    words
}

fn take_number<'a>(rest: &mut &[Token<'a>]) -> Option<&'a str> {
    let (Token::Number(number), tail) = rest.split_first()? else {
        return None;
    };
    *rest = tail;
    Some(number)
}

fn take_mark(rest: &mut &[Token<'_>]) -> Option<char> {
    let (Token::Mark(mark), tail) = rest.split_first()? else {
        return None;
    };
    *rest = tail;
    Some(*mark)
}

fn skip_blank(rest: &mut &[Token<'_>]) {
    if let Some((Token::Blank, tail)) = rest.split_first() {
        *rest = tail;
    }
}

/// Decides the order of day and month for a whole text, with a note when it had to be guessed.
pub(super) fn decide<'a>(
    stamps: impl Iterator<Item = &'a RawStamp>,
    notes: &mut Vec<Note>,
) -> Result<DateOrder, ParseError> {
    let dates: Vec<&TextDate> = stamps
        .filter_map(|stamp| match stamp {
            RawStamp::Text(date) => Some(date),
            _ => None,
        })
        .collect();
    if dates.iter().any(|d| d.first > 12 || d.separator == '.') {
        return Ok(DateOrder::DayFirst);
    }
    if dates.iter().any(|d| d.second > 12) {
        return Ok(DateOrder::MonthFirst);
    }
    let assumed = if dates.iter().any(|d| d.marked && d.separator == '/') {
        DateOrder::MonthFirst
    } else {
        DateOrder::DayFirst
    };
    if dates.iter().any(|d| d.first != d.second) {
        notes.push(Note::AmbiguousDateOrder { assumed });
    }
    Ok(assumed)
}

/// Turns raw times into points in time and remembers what it assumed.
pub(super) struct Placer<'a> {
    zone: &'a TimeZone,
    order: DateOrder,
    any_local: bool,
    marked: Option<bool>,
    changes: Vec<civil::DateTime>,
}

impl<'a> Placer<'a> {
    pub(super) fn new(zone: &'a TimeZone, order: DateOrder) -> Self {
        Placer {
            zone,
            order,
            any_local: false,
            marked: None,
            changes: Vec::new(),
        }
    }

    pub(super) fn place(
        &mut self,
        stamp: Option<RawStamp>,
        place: Place,
    ) -> Result<Option<Timestamp>, ParseError> {
        match stamp {
            None | Some(RawStamp::Never) => Ok(None),
            Some(RawStamp::Instant(at)) => Ok(Some(at)),
            Some(RawStamp::Civil(at)) => self.local(at, place).map(Some),
            Some(RawStamp::Text(date)) => {
                // One clock per text: a lone time without its AM/PM mark was cut off.
                if *self.marked.get_or_insert(date.marked) != date.marked {
                    return Err(ParseError::MixedClock { place });
                }
                let (day, month) = match self.order {
                    DateOrder::DayFirst => (date.first, date.second),
                    DateOrder::MonthFirst => (date.second, date.first),
                };
                if month > 12 {
                    return Err(ParseError::MixedDateOrder { place });
                }
                match civil::Date::new(date.year, month, day) {
                    Ok(on) => self.local(on.to_datetime(date.time), place).map(Some),
                    Err(_) => Err(ParseError::NoSuchTime { place }),
                }
            }
        }
    }

    fn local(&mut self, at: civil::DateTime, place: Place) -> Result<Timestamp, ParseError> {
        self.any_local = true;
        let zoned = self.zone.to_ambiguous_timestamp(at);
        if zoned.is_ambiguous() && !self.changes.contains(&at) {
            self.changes.push(at);
        }
        zoned
            .compatible()
            .map_err(|_| ParseError::NoSuchTime { place })
    }

    pub(super) fn finish(self, notes: &mut Vec<Note>) {
        if self.any_local {
            let name = self.zone.iana_name().map(str::to_owned);
            let zone = name.unwrap_or_else(|| match self.zone.to_fixed_offset() {
                Ok(offset) => format!("UTC{offset}"),
                Err(_) => "the given zone".to_owned(),
            });
            notes.push(Note::LocalTimes { zone });
        }
        let changes = self.changes.iter().map(|at| Note::ClockChange {
            local: at.to_string(),
        });
        notes.extend(changes);
    }
}
