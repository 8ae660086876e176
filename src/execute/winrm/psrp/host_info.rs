//! What the server is told of our side's console (MS-PSRP 2.2.3.14).

use super::build::{record, string, table};
use crate::powershell::clixml::Value;

/// Our host as scripts on the server see it (`$Host`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostInfo {
    /// True when questions reach a person. When false a script that asks fails right away.
    pub answers: bool,
    /// Columns and rows of the console: what the server's formatting takes as its width.
    pub size: Option<(u16, u16)>,
    /// `$Host.UI.RawUI.WindowTitle`
    pub title: String,
}

impl Default for HostInfo {
    /// A host that answers, 120 columns wide.
    fn default() -> HostInfo {
        HostInfo {
            answers: true,
            size: Some((120, 50)),
            title: "csdeck".to_owned(),
        }
    }
}

impl HostInfo {
    /// No host at all.
    pub fn none() -> HostInfo {
        HostInfo {
            answers: false,
            size: None,
            title: String::new(),
        }
    }

    /// As INIT_RUNSPACEPOOL has it.
    pub(super) fn value(&self) -> Value {
        let absent = |absent: bool| Value::Bool(absent);
        let head = [
            ("_isHostNull", absent(!self.answers)),
            ("_isHostUINull", absent(!self.answers)),
            (
                "_isHostRawUINull",
                absent(!self.answers || self.size.is_none()),
            ),
            ("_useRunspaceHost", Value::Bool(false)),
        ];
        let Some((columns, rows)) = self.size.filter(|_| self.answers) else {
            return record(head);
        };
        let [a, b, c, d] = head;
        let defaults = record([("data", self.defaults(columns, rows))]);
        record([a, b, c, d, ("_hostDefaultData", defaults)])
    }

    /// As CREATE_PIPELINE has it: the pool's.
    pub(super) fn of_the_pool() -> Value {
        record([
            ("_isHostNull", Value::Bool(true)),
            ("_isHostUINull", Value::Bool(true)),
            ("_isHostRawUINull", Value::Bool(true)),
            ("_useRunspaceHost", Value::Bool(true)),
        ])
    }

    /// The console's properties, by number.
    fn defaults(&self, columns: u16, rows: u16) -> Value {
        const COLOUR: &str = "System.ConsoleColor";
        const PLACE: &str = "System.Management.Automation.Host.Coordinates";
        const SIZE: &str = "System.Management.Automation.Host.Size";
        let (columns, rows) = (i32::from(columns), i32::from(rows));
        let pair =
            |one: &str, other: &str, a, b| record([(one, Value::I32(a)), (other, Value::I32(b))]);
        let size = || pair("width", "height", columns, rows);
        let origin = || pair("x", "y", 0, 0);
        let entries = [
            (COLOUR, Value::I32(7)),
            (COLOUR, Value::I32(0)),
            (PLACE, origin()),
            (PLACE, origin()),
            ("System.Int32", Value::I32(25)),
            (SIZE, size()),
            (SIZE, size()),
            (SIZE, size()),
            (SIZE, size()),
            ("System.String", string(&self.title)),
        ];
        table(
            (0..)
                .zip(entries)
                .map(|(number, (type_name, value))| {
                    let entry = record([("T", string(type_name)), ("V", value)]);
                    (Value::I32(number), entry)
                })
                .collect(),
        )
    }
}
