//! The answers of several targets side by side: the usual one, what differs from it, what is missing.

use crate::execute::JobState;
use crate::execute::fanout::{Answer, Group, Groups, Text, difference};
use crate::execute::output::{Line, Stream};

/// Lines of the usual answer that are shown; each job has all of its own.
const SHOWN: usize = 500;

/// What the targets of a run answered.
#[derive(Debug, Default)]
pub struct Report {
    /// The lines that show it.
    pub lines: Vec<Line>,
    /// The targets that succeeded like most of them and answered something else.
    pub odd: Vec<String>,
}

impl Report {
    /// Sets answers side by side. Takes up to a second for each that is large and different.
    pub fn of(answers: Vec<Answer>) -> Report {
        let mut report = Report::default();
        let mut groups = Groups::default();
        let reasons: Vec<(String, String)> = answers
            .iter()
            .filter_map(|a| Some((a.name.clone(), a.why.clone()?)))
            .collect();
        for answer in answers {
            groups.add(answer);
        }
        let groups = groups.sorted();
        // What was not sent or did not arrive has no answer to compare.
        let (answered, silent): (Vec<Group>, Vec<Group>) =
            groups.into_iter().partition(|g| g.why.is_none());
        let mut answered = answered.iter();
        if let Some(usual) = answered.next() {
            report.heading(
                usual,
                "answered",
                if answered.len() == 0 { "" } else { " alike" },
            );
            report.text(&usual.output, Stream::Output);
            report.text(&usual.errors, Stream::Error);
            if usual.output.kept.is_empty() && usual.errors.kept.is_empty() {
                report.say("    (nothing)");
            }
            for odd in answered.clone() {
                if odd.state == JobState::Succeeded && usual.state == odd.state {
                    report.odd.extend(odd.members.iter().cloned());
                }
                report.say("");
                report.heading(odd, "answered otherwise", "");
                let lines = difference(usual, odd);
                if lines.is_empty() {
                    report.say("    (the same text)");
                }
                for line in lines {
                    report.say(format!("    {line}"));
                }
            }
            if std::iter::once(usual).chain(answered).any(Group::is_named) {
                report.say("");
                report.say("(a target's own name in its answer counts as <target>)");
            }
        }
        let silent: usize = silent.iter().map(|g| g.members.len()).sum();
        if silent > 0 {
            if !report.lines.is_empty() {
                report.say("");
            }
            report.say(format!("{silent} without an answer:"));
        }
        for (name, why) in reasons {
            for (n, line) in why.lines().enumerate() {
                let head = if n == 0 {
                    format!("{name}: ")
                } else {
                    String::new()
                };
                let text = format!("    {head}{line}");
                report.lines.push(Line::new(Stream::Error, text));
            }
        }
        report
    }

    fn say(&mut self, text: impl Into<String>) {
        self.lines.push(Line::new(Stream::Output, text));
    }

    /// `2 answered alike (succeeded): fe01, fe02`.
    fn heading(&mut self, group: &Group, what: &str, more: &str) {
        self.say(format!(
            "{} {what}{more} ({}): {}",
            group.members.len(),
            group.word(),
            group.members.join(", ")
        ));
    }

    fn text(&mut self, text: &Text, stream: Stream) {
        let mut lines = text.kept.lines();
        for line in lines.by_ref().take(SHOWN) {
            self.lines.push(Line::new(stream, format!("    {line}")));
        }
        let more = lines.count();
        match (more, text.cut) {
            (0, false) => {}
            (more, false) => self.say(format!("    ... {more} more lines in each job's own row")),
            _ => self.say("    ... and more in each job's own row"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::fanout::{Collector, End, Unsent};
    use crate::execute::{Event, JobEnd, Target, TransportError};

    fn answer(name: &str, said: &str, error: Option<TransportError>, held: Option<&str>) -> Answer {
        let mut collector = Collector::new(&Target {
            name: name.into(),
            ..Target::lab()
        });
        collector.push(&Event::Output(said.into()));
        let state = match (&error, held) {
            (None, _) => JobState::Succeeded,
            (_, Some(_)) => JobState::Cancelled,
            _ => JobState::Failed,
        };
        collector.finish(&End {
            end: JobEnd {
                state,
                host_exit: error.is_none().then_some(0),
                error,
            },
            unsent: held.map(|by| Unsent::Stopped { by: by.into() }),
        })
    }

    #[test]
    fn the_usual_answer_comes_first_then_what_differs_then_what_is_missing() {
        let down = TransportError::Unreachable {
            address: "fe04:22".into(),
            reason: "refused".into(),
        };
        let report = Report::of(vec![
            answer("fe01", "Running", None, None),
            answer("fe02", "Stopped", None, None),
            answer("fe03", "Running", None, None),
            answer("fe04", "", Some(down), None),
            answer("fe05", "", Some(TransportError::Cancelled), Some("fe04")),
        ]);
        let lines: Vec<&str> = report.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(
            lines[..2],
            ["2 answered alike (succeeded): fe01, fe03", "    Running"]
        );
        assert!(
            lines.contains(&"1 answered otherwise (succeeded): fe02"),
            "{lines:?}"
        );
        assert!(
            lines.contains(&"    -Running") && lines.contains(&"    +Stopped"),
            "{lines:?}"
        );
        assert!(lines.contains(&"2 without an answer:"));
        assert!(
            lines
                .iter()
                .any(|l| l.starts_with("    fe04: cannot reach fe04:22")),
            "{lines:?}"
        );
        assert!(
            lines
                .last()
                .unwrap()
                .ends_with("nothing was sent: fe04 did not succeed")
        );
        assert_eq!(report.odd, ["fe02"]);
        assert!(Report::of(Vec::new()).lines.is_empty());
    }

    #[test]
    fn a_long_answer_has_an_end() {
        let long = (0..2_000).map(|n| format!("{n}\n")).collect::<String>();
        let report = Report::of(vec![answer("fe01", &long, None, None)]);
        assert_eq!(report.lines.len(), SHOWN + 2);
        assert!(
            report
                .lines
                .last()
                .unwrap()
                .text
                .contains("1500 more lines")
        );
    }
}
