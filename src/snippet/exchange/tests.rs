//! What goes out comes in again, for every snippet that is part of the program.

use crate::powershell::Kind;
use crate::snippet::values::wanted;
use crate::snippet::{Field, Layer, Library, Snippet, Values, read, render};

use super::{Format, Options, angle, brace, export, import};
use crate::powershell::literal;
use proptest::prelude::*;

const FOREIGN: [Format; 5] = [
    Format::Navi,
    Format::Pet,
    Format::VsCode,
    Format::Terminal,
    Format::Warp,
];

/// A value that the field takes.
fn value(field: &Field) -> String {
    if let Some(choice) = field.choices.last() {
        return choice.clone();
    }
    if let Some((low, _)) = field.range {
        return low.max(1).to_string();
    }
    match field.kind {
        Kind::Bool | Kind::Switch => "true".into(),
        Kind::Integer(low, _) => low.max(7).to_string(),
        Kind::Guid => "4f1e2a90-8c7d-4e6b-9a01-2b3c4d5e6f70".into(),
        Kind::DateTime => "2025-10-14T14:00:00".into(),
        Kind::TimeSpan => "00:30:00".into(),
        Kind::Hashtable => "a=b".into(),
        _ => candidates()
            .into_iter()
            .find(|text| fits(field, text))
            .unwrap_or_else(|| panic!("no value for {}: {:?}", field.name, field.pattern)),
    }
}

fn candidates() -> Vec<String> {
    [
        "pool01.kestrel.lan",
        "it's a $name",
        "sip:anna@kestrel.lan",
        r"D:\export\lync.zip",
        r"\\fs01\share\x.xml",
        "+15550100",
        "A0B1C2D3E4F5A0B1C2D3E4F5A0B1C2D3E4F5A0B1",
        "https://mail.kestrel.lan/x",
        "rtc",
        "ApplicationServer:pool01.kestrel.lan",
        "12",
        "D:\\certs\\edge.pfx",
        "D:\\certs\\edge.req",
        "D:\\tests\\hello.wav",
        "D:\\export\\topology.xml",
        "CN=edge.kestrel.lan",
        "OU=Users,DC=kestrel,DC=lan",
        "UM,UMCallRouter",
        "anna@kestrel.lan",
        "site:Global/a",
        "KESTREL\\anna",
        "tel:+15550100",
        "1.00:00",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn fits(field: &Field, text: &str) -> bool {
    field.pattern.as_ref().is_none_or(|pattern| {
        regex::RegexBuilder::new(pattern)
            .case_insensitive(true)
            .build()
            .is_ok_and(|regex| regex.is_match(text))
    })
}

/// The one snippet of a text.
fn back(format: Format, text: &str, id: &str) -> Snippet {
    let imported = import(format, text, &Options::default())
        .unwrap_or_else(|e| panic!("{format}: {id}: {e}\n{text}"));
    assert_eq!(imported.refused, [], "{format}: {id}\n{text}");
    let [taken] = imported.taken.as_slice() else {
        panic!("{format}: {id}: {} snippets\n{text}", imported.taken.len());
    };
    read(&taken.id, &taken.source, Layer::Reference).expect("an import reads")
}

#[test]
fn every_built_in_snippet_comes_back() {
    let library = Library::built_in();
    let mut seen = 0;
    for snippet in library.iter() {
        for format in FOREIGN {
            let exported = export(format, &[snippet]);
            assert_eq!(exported.left_out, [], "{format}");
            let lost = exported
                .losses
                .first()
                .map_or("", |loss| loss.message.as_str());
            comes_back(format, snippet, &exported.text, lost);
            seen += 1;
        }
    }
    assert!(seen >= 5 * 130, "{seen}");
}

/// What a sentence of a loss lists: `lost("x; defaults: A, B", "defaults")` is `[A, B]`.
fn listed<'a>(lost: &'a str, what: &str) -> Vec<&'a str> {
    lost.split("; ")
        .filter_map(|part| part.strip_prefix(what))
        .flat_map(|names| names.split(", "))
        .collect()
}

fn comes_back(format: Format, snippet: &Snippet, text: &str, lost: &str) {
    let id = &snippet.id;
    let again = back(format, text, id);
    let context = || format!("{format}: {id}\n{text}\n{}\nlost: {lost}", again.source);
    let says = |what: &str| lost.contains(what);

    assert_eq!(again.title, snippet.title, "{}", context());
    if again.description != snippet.description {
        assert!(
            says("description") && again.description.is_empty(),
            "{}",
            context()
        );
    }
    if again.tags != snippet.tags {
        assert!(says("tags") && again.tags.is_empty(), "{}", context());
    }

    let mut values = Values::default();
    let mut theirs = Values::default();
    for field in wanted(snippet) {
        let value = value(field);
        values.add(&field.name, value.clone());
        theirs.add(&field.name, value);
    }
    let wanted_text = render(snippet, &values).expect("renders").text;
    let renamed = listed(lost, "no room for the names of: ");
    assert_eq!(renamed, [""; 0], "{}", context());

    let no_default = listed(lost, "no room for the defaults of: ");
    let no_choices = listed(lost, "no room for the choices of: ");
    let in_text = listed(lost, "the default stands in the text: ");
    let optional = listed(lost, "optional fields are left out: ");
    let asked = listed(lost, "asked for when it runs: ");
    for field in &snippet.fields {
        let name = field.name.as_str();
        let Some(mine) = again.field(name) else {
            let told = [&in_text, &optional, &asked]
                .iter()
                .any(|l| l.contains(&name));
            assert!(told, "{name} {}", context());
            continue;
        };
        if mine.default != field.default {
            assert!(
                mine.default.is_none() && no_default.contains(&name),
                "{name} {}",
                context()
            );
            // What the format lost is filled in by hand.
            for value in field.default.iter().flatten() {
                theirs.add(name, value.clone());
            }
        } else {
            assert!(!no_default.contains(&name), "{name} {}", context());
        }
        if mine.choices != field.choices {
            assert!(
                mine.choices.is_empty() && no_choices.contains(&name),
                "{name} {}",
                context()
            );
        } else {
            assert!(!no_choices.contains(&name), "{name} {}", context());
        }
    }
    let rendered = render(&again, &theirs).unwrap_or_else(|e| panic!("{e}\n{}", context()));
    assert_eq!(rendered.text, wanted_text, "{}", context());
}

#[test]
fn a_script_comes_back_to_the_byte() {
    let library = Library::built_in();
    for snippet in library.iter() {
        let exported = export(Format::Ps1, &[snippet]);
        assert_eq!(exported.text, snippet.source);
        assert_eq!((exported.losses, exported.left_out), (vec![], vec![]));
        let again = import(Format::Ps1, &exported.text, &Options::default()).expect("reads");
        assert_eq!(again.taken[0].source, snippet.source);
    }
}

#[test]
fn the_whole_library_is_one_file() {
    let library = Library::built_in();
    let all: Vec<&Snippet> = library.iter().collect();
    for format in FOREIGN {
        let exported = export(format, &all);
        assert_eq!(exported.left_out, [], "{format}");
        let imported = import(format, &exported.text, &Options::default()).expect("reads");
        assert_eq!(imported.refused, [], "{format}");
        assert_eq!(imported.taken.len(), all.len(), "{format}");
        for (snippet, taken) in all.iter().zip(&imported.taken) {
            let alone = export(format, &[*snippet]);
            let alone = back(format, &alone.text, &snippet.id);
            let again = read(&taken.id, &taken.source, Layer::Reference).expect("reads");
            assert_eq!(again.fields, alone.fields, "{format}: {}", snippet.id);
        }
        assert!(!exported.text.contains('\r'), "{format}");
    }
}

/// A snippet with this text in its body, this default and these choices.
fn made(text: &str, default: &str, choices: &[String], title: &str) -> Snippet {
    let quote = |text: &str| literal::single_quoted(text).expect("no controls");
    let set = match choices {
        [] => String::new(),
        some => format!(
            "[ValidateSet({})]",
            literal::array(some).expect("no controls")
        ),
    };
    let source = format!(
        "<#\n.SYNOPSIS\n{title}\n.FUNCTIONALITY\nlync, a: b\n#>\nparam(\n[Parameter(Mandatory)]{set}[string]$One,\n[string]$Two = {},\n[string]$Three\n)\n\
         Get-Thing -Text {} -One $One -Two $Two -Three $Three -Both \"x-${{One}}\"\n",
        quote(default),
        quote(text),
    );
    read("made/thing", &source, Layer::BuiltIn).expect("reads")
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

proptest! {
    // Whatever stands in a body: a file holds it to the letter, or says that it does not.
    #[test]
    fn what_goes_out_comes_in_or_is_left_out(
        text in "[ -~ä{}<>$|\\\\`'\u{2019}\u{2028}]{0,24}".prop_filter("no line ends", |t| !t.contains('\u{2028}')),
        default in "[ -~ä{}<>$|,\\\\`']{1,16}",
        choices in proptest::collection::vec("[ -~ä{}<>$|,\\\\`_]{1,8}", 0..4),
        // In the help of a script, which this would end.
        title in "[A-Za-z][ -~ä]{0,20}[a-z]".prop_filter("no end of a comment", |t| !t.contains("#>")),
    ) {
        let snippet = made(&text, &default, &choices, &title);
        let one = choices.first().map_or("pool01", String::as_str);
        let mut values = Values::default();
        values.add("One", one);
        let wanted = match render(&snippet, &values) {
            Ok(rendered) => rendered.text,
            // Two choices that differ in case only are one to PowerShell.
            Err(_) => return Ok(()),
        };
        for format in FOREIGN {
            let exported = export(format, &[&snippet]);
            if !exported.left_out.is_empty() {
                // For a reason, and only then.
                let all = format!("'{text}' '{default}'");
                let misread = match format {
                    Format::VsCode | Format::Ps1 => false,
                    Format::Warp => brace::misreads(&all),
                    Format::Navi | Format::Pet | Format::Terminal => angle::misreads(&all),
                };
                prop_assert!(misread, "{}: {:?}", format, exported.left_out);
                continue;
            }
            let lost = &exported.losses[0].message;
            let again = back(format, &exported.text, "made/thing");
            let mut theirs = Values::default();
            theirs.add("One", one);
            if listed(lost, "no room for the defaults of: ").contains(&"Two") {
                theirs.add("Two", default.clone());
            }
            let rendered = render(&again, &theirs).map(|r| r.text);
            prop_assert_eq!(
                rendered.as_deref(),
                Ok(wanted.as_str()),
                "{}\n{}\n{}\nlost: {}", format, exported.text, again.source, lost
            );
            // A title is one line whose blanks count once.
            prop_assert_eq!(words(&again.title), words(&snippet.title));
        }
    }

    // Whatever a file holds: an error or a result, and every snippet of it reads.
    #[test]
    fn any_file_ends(text in "(\\PC|\n|% a|# t|Get-X |<x>|\\{\\{x\\}\\}|name: |command: |\\[\\[snippets\\]\\]|\\$x: echo |\"body\":|\\{|\\}|'|\"){0,24}") {
        for format in Format::ALL {
            if let Ok(imported) = import(format, &text, &Options::default()) {
                for taken in imported.taken {
                    prop_assert!(read(&taken.id, &taken.source, Layer::Reference).is_ok());
                }
            }
        }
    }
}
