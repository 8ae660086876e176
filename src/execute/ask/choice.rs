//! A question with named answers: `-Confirm`, and what `$Host.UI.PromptForChoice` asks.

use crate::text::{is_unsafe, visible_line};

/// What is to be chosen. All text is the server's: the lines made here are safe to show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// The heading: `Confirm`.
    pub caption: String,
    /// The question: `Are you sure you want to perform this action?` and what it is.
    pub message: String,
    /// The answers, in order; never empty.
    pub options: Vec<Chosen>,
    /// The answer that a bare Enter gives; `None` when there is none.
    pub default: Option<usize>,
}

/// One of the answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// Its name, without the mark of its key: `Yes to All`.
    pub name: String,
    /// Its key.
    pub key: Option<char>,
    /// What it does.
    pub help: String,
}

impl Chosen {
    /// One by its label, in which `&` stands before the key (System.Management.Automation.Host,
    /// ChoiceDescription.Label).
    pub fn new(label: &str, help: &str) -> Chosen {
        let (before, after) = label.split_once('&').unwrap_or((label, ""));
        Chosen {
            name: format!("{before}{after}"),
            key: after
                .chars()
                .next()
                .filter(|c| !c.is_whitespace() && !is_unsafe(*c) && *c != '?')
                .map(upper),
            help: help.to_owned(),
        }
    }

    /// As PowerShell writes it: `[A] Yes to All`.
    pub fn shown(&self) -> String {
        let name = visible_line(self.name.trim());
        match self.key {
            Some(key) => format!("[{key}] {name}"),
            None => name.into_owned(),
        }
    }

    /// What it is told by: its key, or without one its name.
    fn word(&self) -> String {
        match self.key {
            Some(key) => key.to_string(),
            None => visible_line(self.name.trim()).into_owned(),
        }
    }
}

fn upper(key: char) -> char {
    let mut upper = key.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => key,
    }
}

impl Choice {
    /// The answer of this key.
    pub fn by_key(&self, key: char) -> Option<usize> {
        let key = upper(key);
        self.options.iter().position(|o| o.key == Some(key))
    }

    /// The answer that somebody typed: its key or its whole name, large or small. An empty line is
    /// the default.
    pub fn by_word(&self, typed: &str) -> Option<usize> {
        let typed = typed.trim();
        if typed.is_empty() {
            return self.default.filter(|n| *n < self.options.len());
        }
        let mut letters = typed.chars();
        let key = match (letters.next(), letters.next()) {
            (Some(key), None) => self.by_key(key),
            _ => None,
        };
        key.or_else(|| {
            let typed = typed.to_lowercase();
            let mut names = self.options.iter().map(|o| o.name.trim().to_lowercase());
            names.position(|name| name == typed)
        })
    }

    /// The answers on one line, as PowerShell writes them:
    /// `[Y] Yes  [N] No  [?] Help (default is "Y"):`
    pub fn line(&self) -> String {
        let mut line = String::new();
        for option in &self.options {
            line.push_str(&option.shown());
            line.push_str("  ");
        }
        line.push_str("[?] Help");
        let default = self.default.and_then(|n| self.options.get(n));
        if let Some(default) = default {
            line.push_str(&format!(" (default is \"{}\")", default.word()));
        }
        line.push(':');
        line
    }

    /// What each answer does: `Y - Continue with only the next step of the operation.`
    pub fn help(&self) -> Vec<String> {
        let told = |o: &Chosen| format!("{} - {}", o.word(), visible_line(o.help.trim()));
        self.options.iter().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn confirm() -> Choice {
        Choice {
            caption: "Confirm".into(),
            message: "Are you sure?".into(),
            options: vec![
                Chosen::new("&Yes", "Go on."),
                Chosen::new("Yes to &All", "Go on with all."),
                Chosen::new("Neither", ""),
            ],
            default: Some(0),
        }
    }

    #[test]
    fn it_reads_as_in_powershell() {
        let choice = confirm();
        assert_eq!(
            choice.line(),
            "[Y] Yes  [A] Yes to All  Neither  [?] Help (default is \"Y\"):"
        );
        assert_eq!(
            choice.help(),
            ["Y - Go on.", "A - Go on with all.", "Neither - "]
        );
        let none = Choice {
            default: None,
            ..confirm()
        };
        assert!(none.line().ends_with("[?] Help:"));
        assert_eq!(none.by_word(""), None);
    }

    #[test]
    fn keys_and_names_are_taken_large_or_small() {
        let choice = confirm();
        for (typed, chosen) in [
            ("y", Some(0)),
            (" A ", Some(1)),
            ("yes TO all", Some(1)),
            ("neither", Some(2)),
            ("", Some(0)),
            ("?", None),
            ("yes to", None),
            ("n", None),
        ] {
            assert_eq!(choice.by_word(typed), chosen, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_server_asks_is_safe_and_has_no_answer_of_its_own(
            labels in prop::collection::vec("\\PC{0,9}|(?s).{0,9}", 0..6), typed in "(?s).{0,6}",
            default in prop::option::of(0usize..9),
        ) {
            let options = labels.iter().map(|l| Chosen::new(l, l)).collect::<Vec<_>>();
            let choice = Choice { options, default, ..Choice::default() };
            let acts = |text: &str| text.chars().any(crate::text::is_unsafe);
            prop_assert!(!acts(&choice.line()), "{:?}", choice.line());
            prop_assert!(choice.help().iter().all(|line| !acts(line)));
            prop_assert!(choice.by_word(&typed).is_none_or(|n| n < labels.len()));
        }
    }
}
