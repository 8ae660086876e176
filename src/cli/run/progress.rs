//! What the jobs of a run are at, on one line.

use crate::cli::status;
use crate::execute::Progress;
use crate::execute::progress::{Activities, clock};

/// The activities of every job.
pub(super) struct Bar {
    names: Vec<String>,
    jobs: Vec<Activities>,
}

impl Bar {
    pub(super) fn new(names: Vec<String>) -> Bar {
        let jobs = names.iter().map(|_| Activities::default()).collect();
        Bar { names, jobs }
    }

    /// Takes a record of a job in.
    pub(super) fn push(&mut self, number: usize, record: &Progress) {
        if let Some(activities) = self.jobs.get_mut(number) {
            activities.push(record);
        }
    }

    /// The job has ended.
    pub(super) fn end(&mut self, number: usize) {
        if let Some(activities) = self.jobs.get_mut(number) {
            activities.clear();
        }
    }

    /// Draws the line as it is now.
    pub(super) fn draw(&self) {
        status::draw(&self.line());
    }

    /// One job: its innermost activity with how far each one around it is. Several: how far each is.
    fn line(&self) -> String {
        if let ([_], [activities]) = (self.names.as_slice(), self.jobs.as_slice()) {
            return one(activities);
        }
        let going = self.jobs.iter().zip(&self.names);
        let parts = going.filter(|(activities, _)| !activities.is_empty());
        let parts = parts.map(|(activities, name)| match activities.percent() {
            Some(percent) => format!("{name} {percent}%"),
            None => format!("{name} goes on"),
        });
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// `Moving pools 40% > Moving users: 4 of 10 12%, 0:12 left`.
fn one(activities: &Activities) -> String {
    let nested = activities.nested();
    // The first branch: what else goes on at the same time has no room.
    let mut branch: Vec<&Progress> = Vec::new();
    for (depth, activity) in nested {
        if depth == branch.len() {
            branch.push(activity);
        }
    }
    let Some(inner) = branch.pop() else {
        return String::new();
    };
    let mut line = String::new();
    for outer in branch {
        line.push_str(outer.activity.trim());
        if let Some(percent) = outer.percent {
            line.push_str(&format!(" {percent}%"));
        }
        line.push_str(" > ");
    }
    line.push_str(&inner.words());
    if let Some(seconds) = inner.seconds_left {
        line.push_str(&format!(", {} left", clock(seconds.into())));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: i32, parent: Option<i32>, percent: u8) -> Progress {
        Progress {
            id,
            parent,
            status: format!("step {id}"),
            percent: Some(percent),
            ..Progress::text(format!("Activity {id}"))
        }
    }

    #[test]
    fn one_job_shows_what_is_inside_what() {
        let mut bar = Bar::new(vec!["lab".into()]);
        assert_eq!(bar.line(), "");
        bar.push(0, &record(1, None, 40));
        assert_eq!(bar.line(), "Activity 1: step 1 40%");
        bar.push(
            0,
            &Progress {
                seconds_left: Some(12),
                ..record(2, Some(1), 5)
            },
        );
        assert_eq!(
            bar.line(),
            "Activity 1 40% > Activity 2: step 2 5%, 0:12 left"
        );
        bar.end(0);
        assert_eq!(bar.line(), "");
    }

    #[test]
    fn several_jobs_show_how_far_they_are() {
        let mut bar = Bar::new(["fe01", "fe02", "fe03"].map(String::from).to_vec());
        bar.push(0, &record(1, None, 40));
        bar.push(2, &Progress::text("Waiting"));
        assert_eq!(bar.line(), "fe01 40%, fe03 goes on");
    }
}
