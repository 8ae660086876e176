//! Values that try to break out of a literal, and commands made of them. Two test binaries share
//! this: one asks our own reader what it sees in a command, the other one written by others.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::LazyLock;

use csdeck::powershell::{LiteralError, literal};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// One value a line, every character that is not plain ASCII as `\u{..}`. No line is a comment:
/// `#` is one of the values.
pub const CORPUS: &str = include_str!("../fixtures/powershell/nasty.txt");

/// The corpus without what no literal may hold.
pub static NASTY: LazyLock<Vec<String>> = LazyLock::new(|| {
    lines()
        .filter(|value| !value.chars().any(refused))
        .collect()
});

/// The values of the corpus that no literal may hold.
pub static REFUSED: LazyLock<Vec<String>> =
    LazyLock::new(|| lines().filter(|value| value.chars().any(refused)).collect());

fn lines() -> impl Iterator<Item = String> {
    CORPUS.lines().map(unescaped)
}

/// Undoes `\u{..}`; any other backslash is one.
pub fn unescaped(line: &str) -> String {
    let mut parts = line.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once('}').expect("a closing brace");
        let number = u32::from_str_radix(number, 16).expect("a hexadecimal number");
        out.push(char::from_u32(number).expect("a character"));
        out.push_str(rest);
    }
    out
}

/// What no literal may hold, written down once more: a mistake in the program's own rule must not
/// hide in the test of it.
pub fn refused(c: char) -> bool {
    matches!(u32::from(c), 0..=0x1f | 0x7f..=0x9f | 0x2028 | 0x2029)
}

/// Every character that a literal may hold.
pub fn every_character() -> impl Iterator<Item = char> {
    ('\0'..=char::MAX).filter(|c| !refused(*c))
}

/// Any one of the characters that mean something to PowerShell, that look like one of those, or
/// that cannot be seen.
fn character() -> impl Strategy<Value = char> {
    const MEANT: &str = "''''\u{2018}\u{2019}\u{201a}\u{201b}\"\u{201c}\u{201d}\u{201e}\
        $$`@@(){}[];|&,,<>#%-\u{2013}\u{2014}\u{2015}=:?*!~^+./\\_ \u{a0}\u{2003}\u{3000}\
        \u{200b}\u{200d}\u{feff}\u{202e}\u{2066}\u{301}\u{2032}\u{2033}\u{201f}\u{ff07}\
        abnrtuxAX019\u{e9}\u{130}\u{4e2d}\u{5d0}\u{1f600}";
    select(MEANT.chars().collect::<Vec<_>>())
}

/// A piece of a value: from the corpus, of the alphabet above, or any characters at all.
fn piece() -> impl Strategy<Value = String> {
    let any = vec(any::<char>().prop_filter("refused", |c| !refused(*c)), 0..6);
    prop_oneof![
        5 => select(NASTY.as_slice()),
        4 => vec(character(), 0..9).prop_map(String::from_iter),
        1 => any.prop_map(String::from_iter),
    ]
}

/// A value that a literal can hold.
pub fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        30 => piece(),
        29 => vec(piece(), 2..5).prop_map(|pieces| pieces.concat()),
        // Far longer than any line of a console.
        1 => (vec(character(), 1..9), 100..600usize)
            .prop_map(|(chars, times)| String::from_iter(chars).repeat(times)),
    ]
}

/// A value with a character in it that no literal may hold.
pub fn refused_value() -> impl Strategy<Value = String> {
    let all: Vec<char> = ('\0'..='\u{2029}').filter(|c| refused(*c)).collect();
    (value(), select(all), any::<prop::sample::Index>()).prop_map(|(value, c, at)| {
        let mut chars: Vec<char> = value.chars().collect();
        chars.insert(at.index(chars.len() + 1), c);
        chars.into_iter().collect()
    })
}

/// Elements of an array.
pub fn elements() -> impl Strategy<Value = Vec<String>> {
    vec(value(), 0..4)
}

/// A table whose keys differ for PowerShell too, which takes upper and lower case for the same.
pub fn table(
    key: impl Strategy<Value = String>,
    values: impl Strategy<Value = Vec<String>>,
) -> impl Strategy<Value = Table> {
    vec((key, values), 0..4).prop_map(|entries| {
        let mut keys = Vec::new();
        entries
            .into_iter()
            .filter(|(key, _)| {
                let folded = key.to_uppercase();
                !keys.contains(&folded) && {
                    keys.push(folded);
                    true
                }
            })
            .collect()
    })
}

/// A key as people choose them.
pub fn plain_key() -> impl Strategy<Value = String> {
    select(vec![
        "add", "remove", "Replace", "Name", "x1", "_y", "if", "end",
    ])
    .prop_map(str::to_owned)
}

/// Keys with their values.
pub type Table = Vec<(String, Vec<String>)>;

/// What is given for a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Nothing: a switch.
    Switch,
    /// Strings. One of them alone and an array of one are the same text.
    Strings(Vec<String>),
    /// A hashtable.
    Table(Table),
    /// A word without quotes: a number, `$true`.
    Word(String),
}

impl Given {
    /// One string.
    pub fn one(value: impl Into<String>) -> Given {
        Given::Strings(vec![value.into()])
    }

    /// As text, by the functions of the program.
    pub fn text(&self) -> Result<Option<String>, LiteralError> {
        match self {
            Given::Switch => Ok(None),
            Given::Strings(strings) => match strings.as_slice() {
                [one] => literal::single_quoted(one).map(Some),
                all => literal::array(all).map(Some),
            },
            Given::Table(table) => literal::hashtable(table).map(Some),
            Given::Word(word) => Ok(Some(word.clone())),
        }
    }
}

/// The command's name in every command made here.
pub const NAME: &str = "Write-Output";

/// Parameters of a command, in order.
pub type Parameters = Vec<(String, Given)>;

/// A command with these parameters.
pub fn command(parameters: &Parameters) -> Result<String, LiteralError> {
    let mut text = NAME.to_owned();
    for (name, given) in parameters {
        text.push_str(&format!(" -{name}"));
        if let Some(literal) = given.text()? {
            text.push(' ');
            text.push_str(&literal);
        }
    }
    Ok(text)
}

/// What can be given for a parameter, with tables whose keys are nasty too.
fn given() -> impl Strategy<Value = Given> {
    let key = prop_oneof![3 => value(), 1 => plain_key()];
    prop_oneof![
        4 => value().prop_map(Given::one),
        3 => elements().prop_map(Given::Strings),
        3 => table(key, elements()).prop_map(Given::Table),
        1 => any::<i64>().prop_map(|n| Given::Word(n.to_string())),
        1 => any::<bool>().prop_map(|b| Given::Word(format!("${b}"))),
        1 => Just(Given::Switch),
    ]
}

/// Parameters that end with one behind the last value: whatever ran over would swallow it.
pub fn parameters() -> impl Strategy<Value = Parameters> {
    vec(given(), 1..4).prop_map(|all| {
        let names = ["First", "Second", "Third"];
        names
            .iter()
            .zip(all)
            .map(|(name, given)| ((*name).to_owned(), given))
            .chain([("Last".to_owned(), Given::Switch)])
            .collect()
    })
}

/// Escapers with a slip in them, each with what is wrong. None of them may pass for a good one.
pub const BROKEN: [(&str, &[char]); 6] = [
    ("only ASCII is doubled", &['\'']),
    (
        "U+2018 is left out",
        &['\'', '\u{2019}', '\u{201a}', '\u{201b}'],
    ),
    (
        "U+2019 is left out",
        &['\'', '\u{2018}', '\u{201a}', '\u{201b}'],
    ),
    (
        "U+201A is left out",
        &['\'', '\u{2018}', '\u{2019}', '\u{201b}'],
    ),
    (
        "U+201B is left out",
        &['\'', '\u{2018}', '\u{2019}', '\u{201a}'],
    ),
    ("nothing is doubled", &[]),
];

/// A command with one value, written by an escaper that doubles only these.
pub fn broken(value: &str, doubled: &[char]) -> String {
    let mut text = format!("{NAME} -First '");
    for c in value.chars() {
        text.push(c);
        if doubled.contains(&c) {
            text.push(c);
        }
    }
    text.push_str("' -Last");
    text
}

/// The parameters of [`broken`], had it been written well.
pub fn unbroken(value: &str) -> Parameters {
    vec![
        ("First".to_owned(), Given::one(value)),
        ("Last".to_owned(), Given::Switch),
    ]
}
