//! Hashtables that a script collects parameters in and splats (about_Splatting).

use crate::powershell::{Statement, StatementKind, Value, ValueKind};

/// The tables of a script, by variable.
#[derive(Debug, Default)]
pub struct Tables {
    tables: Vec<(String, Table)>,
}

/// What is known of a table.
#[derive(Debug, Default)]
pub struct Table {
    /// Key, value, and true when it is set under a condition.
    pub entries: Vec<(String, Value, bool)>,
    /// True when it may hold more than is seen.
    pub open: bool,
}

impl Tables {
    /// Reads assignments at the top level and in the bodies of simple conditions.
    pub fn of(statements: &[Statement]) -> Tables {
        let mut tables = Tables::default();
        tables.read(statements, false);
        tables
    }

    /// The table of a variable; `None` when it is not made where it can be seen.
    pub fn get(&self, variable: &str) -> Option<&Table> {
        self.tables
            .iter()
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
                StatementKind::Pipeline(_) => {}
                // A loop or a function may change any of them.
                StatementKind::Other => {
                    for (_, table) in &mut self.tables {
                        table.open = true;
                    }
                }
            }
        }
    }

    fn assign(&mut self, variable: &str, member: Option<&str>, value: &Value, conditional: bool) {
        let at = match self
            .tables
            .iter()
            .position(|(name, _)| name.eq_ignore_ascii_case(variable))
        {
            Some(at) => at,
            None => {
                self.tables.push((variable.to_owned(), Table::default()));
                self.tables.len() - 1
            }
        };
        let table = &mut self.tables[at].1;
        match (member, &value.kind) {
            (Some(member), _) => {
                table
                    .entries
                    .push((member.to_owned(), value.clone(), conditional))
            }
            (None, ValueKind::Hash(entries)) => {
                // Made anew under a condition: what it held before may be there or not.
                if conditional {
                    for entry in &mut table.entries {
                        entry.2 = true;
                    }
                } else {
                    *table = Table::default();
                }
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
