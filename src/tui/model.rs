//! The console's whole state. Drawing reads it, [`super::update`] changes it, nothing else does.

use std::collections::VecDeque;

use crate::app::App;
use crate::execute::{Protection, Target, TransportKind};
use crate::snippet::Library;
use crate::topology::Topology;

use super::action::Place;
use super::dialog::Dialog;
use super::pane::{Filter, Pane, replication, run, snippets, topology};
use super::preview::Previews;
use super::sources::Sources;
use super::theme::Theme;
use super::widget::Look;

/// The state.
#[derive(Debug)]
pub struct Model {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The pane that is shown.
    pub pane: Pane,
    /// The Topology pane.
    pub topology: topology::State,
    /// The Snippets pane.
    pub snippets: snippets::State,
    /// The Replication pane.
    pub replication: replication::State,
    /// The Run pane.
    pub run: run::State,
    /// What was previewed with `-WhatIf`.
    pub previews: Previews,
    /// What forms are filled in from.
    pub sources: Sources,
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// Questions that came up while another dialog was open; asked when it is closed.
    pub questions: VecDeque<Dialog>,
    /// A line about what just happened; gone with the next key.
    pub notice: Option<Notice>,
    /// The customer whose profile this is.
    pub customer: Option<String>,
    /// True when the lab is among the targets without being in their file.
    pub lab: bool,
    /// True with `--lab`: targets are neither added nor changed.
    pub lab_alone: bool,
    /// The targets there are.
    pub targets: Vec<Target>,
    /// The target that commands run on.
    pub target: usize,
    /// The themes there are.
    pub themes: Vec<Theme>,
    /// The one in use.
    pub theme: usize,
    /// True while csdeck takes the mouse.
    pub mouse: bool,
    /// Draw frames with ASCII characters.
    pub ascii: bool,
    /// Names of targets whose settings were changed in this session: what was approved for one before
    /// is asked for again.
    pub edited: Vec<String>,
    /// True after a first request to quit while jobs run.
    pub quit_asked: bool,
    /// The exit code, once the console should end.
    pub ended: Option<i32>,
}

/// A line about what just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// True for something that went wrong.
    pub problem: bool,
    /// The text.
    pub text: String,
}

impl Model {
    /// The state at the start. Reads the built-in snippets, the themes and the topology.
    pub fn new(app: &App, no_color: bool) -> Model {
        let loaded = app.topology().map_err(|e| e.to_string());
        let topology: Option<&Topology> = loaded.as_ref().ok().and_then(Option::as_ref);
        let (sources, told) = Sources::load(app, topology.cloned());
        let (mut themes, problems) = Theme::all(&app.paths.theme_folders());
        let mut notice = problems.first().map(|p| Notice {
            problem: true,
            text: format!("theme {p}"),
        });
        let wanted = if no_color {
            themes.push(Theme::mono());
            "mono"
        } else {
            app.config.theme.as_deref().unwrap_or("dark")
        };
        let theme = themes.iter().position(|t| t.name == wanted);
        if theme.is_none() {
            notice = Some(Notice {
                problem: true,
                text: format!("there is no theme called {wanted:?}"),
            });
        }
        if let Some(first) = told.into_iter().next() {
            notice = Some(Notice {
                problem: true,
                text: first,
            });
        }
        let target = app
            .watched_target()
            .and_then(|watched| app.targets.iter().position(|t| t.name == watched.name))
            .unwrap_or(0);
        // The folders are read while the first screen is there already.
        let library = Library::built_in();
        let ranks = app.usage().ranks(&library, jiff::Timestamp::now());
        Model {
            size: (80, 24),
            pane: Pane::Topology,
            replication: replication::State::new(
                topology,
                jiff::tz::TimeZone::system(),
                app.config.replication.clone(),
            ),
            topology: topology::State::new(
                loaded.as_ref().map(Option::as_ref).map_err(Clone::clone),
            ),
            snippets: snippets::State::new(library, ranks),
            run: run::State::default(),
            previews: Previews::default(),
            sources,
            dialog: None,
            questions: VecDeque::new(),
            notice,
            customer: app.customer().map(str::to_owned),
            lab: app.lab,
            lab_alone: app.lab_alone,
            targets: app.targets.clone(),
            target,
            theme: theme.unwrap_or(0),
            themes,
            mouse: app.config.mouse,
            ascii: app.config.ascii,
            edited: Vec::new(),
            quit_asked: false,
            ended: None,
        }
    }

    /// How everything is drawn.
    pub fn look(&self) -> Look<'_> {
        static FALLBACK: std::sync::LazyLock<Theme> = std::sync::LazyLock::new(Theme::mono);
        let theme = self.themes.get(self.theme).unwrap_or(&FALLBACK);
        let target = self.current_target().map(|t| t.protection);
        Look {
            theme,
            ascii: self.ascii,
            frame: (target == Some(Protection::Protected)).then_some(theme.bad),
        }
    }

    /// A report as it leaves csdeck: with the customer's name above it, in a profile.
    pub fn headed(&self, report: String) -> String {
        match &self.customer {
            Some(customer) => format!("{}\n\n{report}", crate::text::visible_line(customer)),
            None => report,
        }
    }

    /// The target that commands run on.
    pub fn current_target(&self) -> Option<&Target> {
        self.targets.get(self.target)
    }

    /// True when the current target is the simulated deployment.
    pub fn on_lab(&self) -> bool {
        self.current_target()
            .is_some_and(|t| t.transport == TransportKind::Lab)
    }

    /// The filter of the pane that is shown; a form has none.
    pub fn filter(&mut self) -> Option<&mut Filter> {
        match self.pane {
            Pane::Topology => Some(&mut self.topology.filter),
            Pane::Snippets if self.snippets.form.is_some() => None,
            Pane::Snippets => Some(&mut self.snippets.filter),
            Pane::Replication => Some(&mut self.replication.filter),
            Pane::Run if self.run.jobs.is_empty() => None,
            Pane::Run => Some(&mut self.run.look.filter),
        }
    }

    /// The places whose bindings hold now, nearest first.
    pub fn places(&self) -> &'static [Place] {
        match &self.dialog {
            Some(Dialog::Pick(_)) => return &[Place::Pick],
            Some(Dialog::Table(_)) => return &[Place::TableName],
            Some(Dialog::Lines(_)) => return &[Place::Lines],
            Some(Dialog::Choosing(_)) => return &[Place::Choices],
            Some(Dialog::Command(_)) => return &[Place::CommandLine],
            Some(Dialog::Targets(list)) if list.text.is_some() => {
                return match list.typing {
                    true => &[Place::RunOnWords],
                    false => &[Place::RunOn, Place::List],
                };
            }
            Some(Dialog::Targets(list)) if list.typing => return &[Place::Input],
            Some(Dialog::Targets(_)) => return &[Place::Targets, Place::List],
            Some(Dialog::TargetForm(_)) => return &[Place::TargetForm],
            Some(Dialog::Import(_)) => return &[Place::Import, Place::List],
            Some(_) => return &[Place::Dialog],
            None => {}
        }
        let typing = match self.pane {
            Pane::Topology => self.topology.filter.typing,
            Pane::Snippets => self.snippets.filter.typing && self.snippets.form.is_none(),
            Pane::Replication => self.replication.filter.typing,
            Pane::Run => self.run.look.filter.typing,
        };
        match (typing, self.pane) {
            (true, _) => &[Place::Input],
            (false, Pane::Topology) => &[
                Place::Topology,
                Place::List,
                Place::Filtered,
                Place::Anywhere,
            ],
            (false, Pane::Snippets) if self.snippets.table.is_some() => {
                &[Place::Table, Place::List, Place::Anywhere]
            }
            (false, Pane::Snippets) if self.snippets.form.is_some() => {
                &[Place::Form, Place::Anywhere]
            }
            (false, Pane::Snippets) => &[
                Place::Snippets,
                Place::List,
                Place::Filtered,
                Place::Anywhere,
            ],
            (false, Pane::Replication) if self.replication.shows_log() => &[
                Place::Changes,
                Place::Replication,
                Place::List,
                Place::Filtered,
                Place::Anywhere,
            ],
            (false, Pane::Replication) if self.replication.back > 0 => &[
                Place::Rewound,
                Place::Replication,
                Place::List,
                Place::Filtered,
                Place::Anywhere,
            ],
            (false, Pane::Replication) => &[
                Place::Replication,
                Place::List,
                Place::Filtered,
                Place::Anywhere,
            ],
            (false, Pane::Run) if self.run.focus == run::Focus::Output => {
                &[Place::Output, Place::Run, Place::Anywhere]
            }
            (false, Pane::Run) => &[Place::Run, Place::List, Place::Anywhere],
        }
    }

    /// True while characters are text and not commands.
    pub fn takes_text(&self) -> bool {
        match &self.dialog {
            Some(Dialog::Targets(list)) => return list.typing,
            Some(Dialog::Import(_) | Dialog::Choosing(_)) => return false,
            _ => {}
        }
        self.dialog.is_some() || matches!(self.places().first(), Some(Place::Input | Place::Form))
    }

    /// The room that the output of a job has.
    pub fn output_room(&self) -> run::Room {
        run::room(self.size, &self.run)
    }

    /// True while the screen shows time going by.
    pub fn shows_time(&self) -> bool {
        match self.pane {
            Pane::Run => !self.run.full && self.run.running() > 0,
            Pane::Replication => self.replication.counts_down(),
            Pane::Topology | Pane::Snippets => false,
        }
    }

    /// Sets the time since the console began.
    pub fn set_now(&mut self, now: std::time::Duration) {
        self.run.now = now;
        self.replication.now = now;
    }

    /// Tells the user that something worked.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            problem: false,
            text: text.into(),
        });
    }

    /// Tells the user that something went wrong.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            problem: true,
            text: text.into(),
        });
    }
}
