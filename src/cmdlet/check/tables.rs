//! Hashtables that a script collects parameters in and splats (about_Splatting).

use crate::powershell::{Argument, Script, Statement, StatementKind, Value, ValueKind};

/// The tables of a script, by variable.
#[derive(Debug, Default)]
pub struct Tables {
    tables: Vec<(String, Table)>,
}

/// What is known of a table.
#[derive(Debug, Default)]
pub struct Table {
    /// Key, value, and true when it is set under a condition or may be overwritten.
    pub entries: Vec<(String, Value, bool)>,
    /// True when it may hold more than is seen.
    pub open: bool,
    /// How often it is assigned to, or one of its members.
    seen: usize,
    /// How often it is splatted.
    splats: usize,
}

impl Table {
    /// One that is splatted: until it is made in sight it may hold anything.
    fn splatted() -> Table {
        Table {
            open: true,
            splats: 1,
            ..Table::default()
        }
    }
}

/// The most variables that are followed.
const MOST: usize = 32;

impl Tables {
    /// Reads assignments at the top level and in the bodies of simple conditions. A table is
    /// closed only when its variable stands nowhere else in the text: a loop, a function, another
    /// name for it or a cmdlet that sets variables could put anything in.
    pub fn of(text: &str, script: &Script) -> Tables {
        let mut tables = Tables::default();
        for command in &script.commands {
            for argument in &command.arguments {
                if let Argument::Splat { name, .. } = argument {
                    match tables.slot(name) {
                        Some(table) => table.splats += 1,
                        None => tables.tables.push((name.clone(), Table::splatted())),
                    }
                }
            }
        }
        // Nobody splats so many by hand; each is looked for in the whole text.
        if tables.tables.is_empty() || tables.tables.len() > MOST {
            return Tables::default();
        }
        tables.read(&script.statements, false);
        let lower = text.to_ascii_lowercase();
        let by_name = [
            "variable", "sv ", "nv ", "-ov ", "-pv ", "-ev ", "-wv ", "-iv ",
        ]
        .iter()
        .any(|word| lower.contains(word));
        for (name, table) in &mut tables.tables {
            table.open |= by_name || mentions(&lower, name) != table.seen + table.splats;
        }
        tables
    }

    /// The table of a variable; `None` when it is not made where it can be seen.
    pub fn get(&self, variable: &str) -> Option<&Table> {
        self.tables
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(variable))
            .map(|(_, table)| table)
    }

    /// The table of a variable that is splatted somewhere; others are of no interest.
    fn slot(&mut self, variable: &str) -> Option<&mut Table> {
        self.tables
            .iter_mut()
            .find(|(name, _)| name.eq_ignore_ascii_case(variable))
            .map(|(_, table)| table)
    }

    fn read(&mut self, statements: &[Statement], conditional: bool) {
        for statement in statements {
            match &statement.kind {
                StatementKind::Assignment {
                    variable,
                    member,
                    value,
                } => self.assign(variable, member.as_deref(), value, conditional),
                StatementKind::If { body, .. } => self.read(body, true),
                StatementKind::Pipeline(_) | StatementKind::Other => {}
            }
        }
    }

    fn assign(&mut self, variable: &str, member: Option<&str>, value: &Value, conditional: bool) {
        let Some(table) = self.slot(variable) else {
            return;
        };
        table.seen += 1;
        match (member, &value.kind) {
            (Some(member), _) => {
                table.open |= !is_word(member);
                table
                    .entries
                    .push((member.to_owned(), value.clone(), conditional));
            }
            (None, ValueKind::Hash(entries)) => {
                if table.seen == 1 && !conditional {
                    table.open = false;
                }
                // Made anew: what it held before may have been used before.
                for entry in &mut table.entries {
                    entry.2 = true;
                }
                table.open |= entries.iter().any(|(key, _)| !is_word(key));
                table.entries.extend(
                    entries
                        .iter()
                        .map(|(key, value)| (key.clone(), value.clone(), conditional)),
                );
            }
            (None, _) => table.open = true,
        }
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// How often `$name` or `@name` stands in a text in lower case, whatever its scope.
fn mentions(lower: &str, name: &str) -> usize {
    let name = name.to_ascii_lowercase();
    lower
        .match_indices(&name)
        .filter(|(n, found)| {
            let before = lower[..*n].chars().next_back();
            let after = lower[n + found.len()..].chars().next();
            matches!(before, Some('$' | '@' | '{' | ':'))
                && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
        .count()
}
