//! From the text of a file to [`Rows`].

use csv::ReaderBuilder;

use super::{MAX_BYTES, MAX_ROWS, Record, Rows, RowsError, RowsFault};

/// What Excel and PowerShell put between cells, by the list separator of the system's language.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

pub(super) fn read(text: &str) -> Result<Rows, RowsError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MAX_BYTES {
        return Err(at(1, RowsFault::TooLong));
    }
    let start = start(text)?;
    let mut table = &text[start.offset..];
    let separator = match start.separator {
        Some(separator) => separator,
        None => separator_of(table, start.line)?,
    };
    let mut line = start.line;
    let mut header: Option<(usize, Vec<String>)> = None;
    let mut records = Vec::new();
    let mut reader = ReaderBuilder::new()
        .delimiter(separator as u8)
        .has_headers(false)
        .flexible(true)
        .from_reader(table.as_bytes());
    let mut taken = 0;
    let mut shape = None;
    for record in reader.records() {
        let record = record.map_err(|e| at(line, RowsFault::Unreadable(e.to_string())))?;
        // The record's place is where the one before it ended: in front of empty lines.
        let byte = record.position().map_or(0, |p| p.byte() as usize) - taken;
        let begins = table.len() - table[byte..].trim_start_matches(['\r', '\n']).len();
        line += line_ends(&table[..begins]);
        table = &table[begins..];
        taken += begins;
        let cells = filled(&record);
        if cells.is_empty() {
            continue;
        }
        match &header {
            None => {
                // What the format's reader lets pass is looked for once it is known what the
                // columns are called.
                shape = Some(wrong_quote(table, separator, line));
                header = Some((line, cells));
            }
            Some(_) if records.len() == MAX_ROWS => return Err(at(line, RowsFault::TooMany)),
            Some(_) => records.push(Record { line, cells }),
        }
    }
    let Some((header_line, header)) = header else {
        return Err(at(start.line, RowsFault::NoHeader));
    };
    if let Some(Some(wrong)) = shape {
        return Err(RowsError {
            line: wrong.line,
            column: Some(match header.get(wrong.column) {
                Some(name) if wrong.line != header_line && !name.is_empty() => name.clone(),
                _ => format!("column {}", wrong.column + 1),
            }),
            fault: wrong.fault,
        });
    }
    if records.is_empty() {
        return Err(at(header_line, RowsFault::NoRows));
    }
    Ok(Rows {
        header_line,
        header,
        records,
        separator,
    })
}

fn at(line: usize, fault: RowsFault) -> RowsError {
    RowsError {
        line,
        column: None,
        fault,
    }
}

/// The cells without blanks around them, and without the empty ones at the end.
fn filled(record: &csv::StringRecord) -> Vec<String> {
    let mut cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
    let last = cells.iter().rposition(|cell| !cell.is_empty());
    cells.truncate(last.map_or(0, |n| n + 1));
    cells
}

/// Line ends of every kind: CR LF is one.
fn line_ends(text: &str) -> usize {
    text.matches(['\n', '\r']).count() - text.matches("\r\n").count()
}

/// Where the table begins.
struct Start {
    /// Bytes of the text.
    offset: usize,
    /// The line, from 1.
    line: usize,
    /// From a `sep=` line.
    separator: Option<char>,
}

/// Skips empty lines, the `#TYPE` line that Export-Csv of Windows PowerShell writes, and Excel's
/// `sep=` line.
fn start(text: &str) -> Result<Start, RowsError> {
    let mut start = Start {
        offset: 0,
        line: 1,
        separator: None,
    };
    loop {
        let rest = &text[start.offset..];
        let Some(end) = rest.find(['\n', '\r']) else {
            return Ok(start);
        };
        let content = rest[..end].trim_matches([' ', '"']);
        let begins = |word: &str| {
            let head = content.get(..word.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(word))
        };
        if begins("sep=") {
            start.separator = Some(separator_from(&content[4..], start.line)?);
        } else if !content.trim().is_empty() && !begins("#TYPE") {
            return Ok(start);
        }
        let both = rest[end..].starts_with("\r\n");
        start.offset += end + if both { 2 } else { 1 };
        start.line += 1;
    }
}

fn separator_from(found: &str, line: usize) -> Result<char, RowsError> {
    let mut chars = found.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if c == '\t' || c.is_ascii_punctuation() && !matches!(c, '"' | '\'') => {
            Ok(c)
        }
        _ => Err(at(
            line,
            RowsFault::NoSeparator {
                found: found.to_owned(),
            },
        )),
    }
}

/// The separator that stands most often in the header, outside of quotes. One column has none.
fn separator_of(table: &str, line: usize) -> Result<char, RowsError> {
    let mut counts = [0usize; SEPARATORS.len()];
    let mut quoted = false;
    for c in table.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted => break,
            _ if quoted => {}
            c => {
                if let Some(n) = SEPARATORS.iter().position(|s| *s == c) {
                    counts[n] += 1;
                }
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let likely: Vec<char> = (0..SEPARATORS.len())
        .filter(|n| counts[*n] == most)
        .map(|n| SEPARATORS[n])
        .collect();
    match likely.as_slice() {
        [only] => Ok(*only),
        [first, second, ..] if most > 0 => Err(at(
            line,
            RowsFault::Separator {
                first: *first,
                second: *second,
            },
        )),
        _ => Ok(','),
    }
}

/// A quote that is not as RFC 4180 wants it, and where.
struct WrongQuote {
    line: usize,
    /// From 0.
    column: usize,
    fault: RowsFault,
}

/// Looks for what the reader would guess at: a quote that is never closed swallows the rest of
/// the file, and one that closes too early joins what does not belong together.
fn wrong_quote(table: &str, separator: char, first_line: usize) -> Option<WrongQuote> {
    #[derive(PartialEq)]
    enum In {
        Start,
        Blank,
        Plain,
        Quotes,
        Behind,
    }
    let wrong = |line, column, fault| {
        Some(WrongQuote {
            line,
            column,
            fault,
        })
    };
    let mut state = In::Start;
    let (mut line, mut column) = (first_line, 0);
    let mut opened = (first_line, 0);
    let mut chars = table.chars().peekable();
    while let Some(c) = chars.next() {
        let line_end = c == '\n' || c == '\r' && chars.peek() != Some(&'\n');
        match state {
            In::Quotes => {
                if c == '"' && chars.next_if_eq(&'"').is_none() {
                    state = In::Behind;
                }
            }
            _ if c == separator => {
                state = In::Start;
                column += 1;
            }
            _ if matches!(c, '\n' | '\r') => {
                state = In::Start;
                column = 0;
            }
            In::Start if c == '"' => {
                state = In::Quotes;
                opened = (line, column);
            }
            In::Blank if c == '"' => return wrong(line, column, RowsFault::BlankBeforeQuote),
            In::Behind if c != ' ' => return wrong(line, column, RowsFault::BehindQuote),
            In::Behind => {}
            In::Start | In::Blank if c == ' ' => state = In::Blank,
            In::Start | In::Blank | In::Plain => state = In::Plain,
        }
        line += usize::from(line_end);
    }
    match state {
        In::Quotes => wrong(opened.0, opened.1, RowsFault::OpenQuote),
        _ => None,
    }
}
