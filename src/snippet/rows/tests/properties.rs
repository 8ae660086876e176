//! What no table and no value can bring about.

use proptest::prelude::*;

use super::*;
use crate::powershell::{self, CopyForm, list};

/// Every text that the built-in snippets give for their own examples.
fn built_in_texts() -> Vec<(String, String)> {
    let library = Library::built_in();
    let mut texts = Vec::new();
    for snippet in library.iter() {
        let Ok(table) = Rows::read(&blank(snippet, true)) else {
            continue;
        };
        let found = columns(snippet, &table, Unknown::Refused).expect(&snippet.id);
        for row in fill(snippet, &Values::default(), &table, &found) {
            texts.push((snippet.id.clone(), row.result.expect(&snippet.id).text));
        }
    }
    texts
}

#[test]
fn no_text_of_a_built_in_snippet_ends_in_a_line_end_in_any_form() {
    for (id, text) in built_in_texts() {
        assert!(!text.ends_with(['\n', '\r']), "{id}");
        for form in CopyForm::ALL {
            let about = powershell::About {
                title: &id,
                origin: &id,
            };
            let copied =
                powershell::copy(form, &text, about).unwrap_or_else(|e| panic!("{id}: {e}"));
            assert!(!copied.text.ends_with(['\n', '\r']), "{id} {form:?}");
            let one = matches!(form, CopyForm::OneLine | CopyForm::Encoded);
            assert!(!one || !copied.text.contains('\n'), "{id} {form:?}");
        }
    }
}

/// What somebody could put into a value to make a pasted command run.
fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            Just("\n"),
            Just("\r"),
            Just("\r\n"),
            Just("\u{2028}"),
            Just("\u{85}"),
            Just("\u{b}"),
            Just("'"),
            Just("\u{2019}"),
            Just(";"),
            Just("`"),
            Just("`n"),
            Just("$(Remove-CsUser a)"),
            Just("\u{0}"),
            Just("\u{1b}[201~"),
            Just("a"),
            Just(" "),
            Just("\""),
            Just("@'"),
            Just("#"),
        ],
        0..8,
    )
    .prop_map(|parts| parts.concat())
}

/// Read once: it holds more than a hundred snippets.
static LIBRARY: std::sync::LazyLock<Library> = std::sync::LazyLock::new(Library::built_in);

proptest! {
    #[test]
    fn no_value_adds_a_line(value in hostile(), nth in 0usize..1000) {
        let library = &*LIBRARY;
        let snippets: Vec<&Snippet> = library.iter().filter(|s| !s.fields.is_empty()).collect();
        let snippet = snippets[nth % snippets.len()];
        let plain = Rows::read(&blank(snippet, true)).ok();
        let base = plain.map_or_else(Values::default, |table| {
            let found = columns(snippet, &table, Unknown::Refused).expect("columns");
            fill(snippet, &Values::default(), &table, &found).remove(0).values
        });
        // Line ends of every kind, and all else that a console acts upon.
        let acts = |values: &Values| {
            let rendered = crate::snippet::render(snippet, values).ok()?;
            Some(rendered.text.chars().filter(|c| powershell::literal::is_refused(*c)).count())
        };
        let before = acts(&base);
        for field in &snippet.fields {
            let mut values = base.clone();
            values.clear(&field.name);
            values.add(&field.name, value.clone());
            if let Some(after) = acts(&values) {
                prop_assert_eq!(Some(after), before.or(Some(0)), "{} {}", snippet.id, field.name);
            }
        }
    }

    #[test]
    fn what_a_csv_writer_writes_is_read(
        table in prop::collection::vec(prop::collection::vec("[a-c\"',;\t é\n-]{0,6}", 3), 1..6),
        separator in prop::sample::select(vec![b',', b';', b'\t']),
        crlf in any::<bool>(),
    ) {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(separator)
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        writer.write_record(["First", "Second", "Third"]).expect("memory");
        for record in &table {
            writer.write_record(record).expect("memory");
        }
        let text = String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8");
        let wanted: Vec<Vec<String>> = table
            .iter()
            .map(|r| r.iter().map(|c| c.trim().to_owned()).collect::<Vec<_>>())
            .filter(|r: &Vec<String>| r.iter().any(|c| !c.is_empty()))
            .collect();
        match Rows::read(&text) {
            Ok(rows) => {
                let mut found: Vec<Vec<String>> = rows.records.iter().map(|r| r.cells.clone()).collect();
                found.iter_mut().for_each(|r| r.resize(3, String::new()));
                prop_assert_eq!(found, wanted);
            }
            Err(e) => {
                prop_assert_eq!(e.fault, RowsFault::NoRows);
                prop_assert!(wanted.is_empty());
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "([a-c,;\t\"'\n\r #=é]|sep=|#TYPE){0,60}|(?s).{0,40}") {
        if let Ok(rows) = Rows::read(&text) {
            let ends = text.matches(['\n', '\r']).count() + 1;
            prop_assert!(rows.records.iter().all(|r| r.line <= ends && !r.cells.is_empty()));
            let found = columns(&form(), &rows, Unknown::Ignored);
            if let Ok(found) = found {
                let filled = fill(&form(), &Values::default(), &rows, &found);
                prop_assert_eq!(filled.len(), rows.count());
                let _ = all(&filled);
            }
        }
    }

    #[test]
    fn a_value_in_a_cell_is_that_value(value in "[a-c'\"; ,é]{1,12}") {
        // Any text can be given: in single quotes, which are undone.
        let cell = format!("'{}'", value.replace('\'', "''"));
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["Identity", "Groups"]).expect("memory");
        writer.write_record([cell, list::join(&[value.clone(), "x".into()])]).expect("memory");
        let text = String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8");
        let rows = filled(&text, &Values::default());
        let of = |name: &str| rows[0].values.of(name).map(<[String]>::to_vec);
        prop_assert_eq!(of("identity"), Some(vec![value.clone()]));
        prop_assert_eq!(of("Groups"), Some(vec![value, "x".to_owned()]));
    }
}
