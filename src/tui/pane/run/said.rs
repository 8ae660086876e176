//! How the state takes in what jobs say and how they end.

use crate::execute::output::Line;
use crate::execute::{Event, JobEnd};
use crate::tui::message::JobId;

use super::state::State;
use super::window::Window;

impl State {
    /// Takes in what a job said.
    pub fn event(&mut self, id: JobId, event: Event) {
        let selected = self.current().is_some_and(|j| j.id == id);
        let Some(job) = self.jobs.iter_mut().find(|j| j.id == id) else {
            return;
        };
        let event = match event {
            Event::State(state) => {
                if !job.state.is_final() {
                    job.state = state;
                }
                if state.is_final() {
                    job.activities.clear();
                }
                if let Some(group) = job.group() {
                    self.refresh(group);
                }
                return;
            }
            Event::Progress(progress) => {
                let before = job.standing();
                // What comes behind the end is of no use.
                if !job.state.is_final()
                    && job.activities.push(&progress)
                    && let Some(group) = job.group().filter(|_| before != job.standing())
                {
                    self.reword(group);
                }
                return;
            }
            event => event,
        };
        let unfolded = self.look.errors.is_some();
        if let Event::Object(object) = &event {
            job.answer.came(object);
        }
        let record = match &event {
            Event::Error(record) => Some(record.clone()),
            _ => None,
        };
        let first = job.output.end();
        for line in Line::of(event) {
            job.answer.line(&line);
            if selected && !unfolded && !job.answer.is_shown() {
                self.look.find.came(job.output.end(), &line);
            }
            job.output.push(line);
        }
        if let Some(record) = record {
            let changed = job.errors.came(first..job.output.end(), &record);
            if changed && selected && unfolded {
                self.look.errors = Some(Window::whole(job.errors.unfolded()));
            }
            return;
        }
        if selected && job.answer.is_due() {
            self.remake();
        }
    }

    /// Takes in how a job ended.
    pub fn ended(&mut self, id: JobId, end: JobEnd) {
        let now = self.now;
        if let Some(job) = self.jobs.iter_mut().find(|j| j.id == id) {
            job.state = end.state;
            job.end = Some(end);
            job.time.1 = Some(now);
            job.activities.clear();
            job.answer.remake(&[]);
            if let Some(group) = job.group() {
                self.refresh(group);
            }
        }
        self.remake();
    }
}
