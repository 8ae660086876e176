//! How the Replication pane answers actions and polls.

use jiff::Timestamp;

use crate::replication::runs::Run;
use crate::replication::{Change, Excluded, Scope, Subject, Verdict, fqdn_key, same_fqdn};
use crate::store::config::Notify;
use crate::text::visible_line;
use crate::tui::action::Action;
use crate::tui::message::Says;
use crate::tui::widget::list::moved;
use crate::watch::{Control, Poll, hook, notice};

use super::ask::{Question, Wanted};
use super::pace::every;
use super::state::narrowed;
use super::when::when;
use super::{State, Watch, details, pasted};

/// The most times of polls that are remembered: as many as polls can be looked back on.
const KNOWN: usize = 4096;

/// What the pane asks of the console.
#[derive(Debug)]
pub enum Out {
    /// Start polling the chosen target.
    Start,
    /// Stop polling.
    Stop,
    /// Change the pace of the polling; and tell this.
    Pace(Control, String),
    /// Copy the text.
    Copy(String),
    /// Ask for a line.
    Ask(Box<Question>),
    /// Write the run as Markdown into this file.
    Report(String),
    /// Show a text under this heading.
    Show(String, String),
    /// Why is this replica stuck?
    Why(String),
    /// Make a form of what is to be run next.
    NextStep,
    /// Tell that something was done.
    Tell(String),
    /// Tell that something cannot be done.
    Problem(String),
}

/// Carries out an action; returns what it asks of the console.
pub fn update(state: &mut State, action: Action) -> Option<Out> {
    match action {
        Action::ToggleWatch if state.is_polling() => return Some(Out::Stop),
        Action::ToggleWatch => {
            state.restart(None);
            return Some(Out::Start);
        }
        Action::WatchSinceNow => {
            state.restart(Some(Timestamp::now()));
            return Some(Out::Start);
        }
        Action::WatchSince => return Some(Out::Ask(Box::new(Question::new(Wanted::Since, "")))),
        Action::PauseWatch | Action::Faster | Action::Slower | Action::PollNow => {
            return Some(pace(state, action));
        }
        Action::Earlier => state.back = (state.back + 1).min(state.watcher.len().saturating_sub(1)),
        Action::Later => state.back = state.back.saturating_sub(1),
        Action::Now => state.back = 0,
        Action::GoToTime => return Some(Out::Ask(Box::new(Question::new(Wanted::Poll, "")))),
        Action::FormOfJob => return Some(Out::NextStep),
        Action::ShowLog => state.log = Some(0),
        Action::Back => state.log = None,
        Action::Open if state.shows_log() => return to_change(state),
        Action::RowOrder => {
            state.as_answered = !state.as_answered;
            return Some(Out::Tell(
                match state.as_answered {
                    true => "the rows as the server answered",
                    false => "the laggards first",
                }
                .to_owned(),
            ));
        }
        Action::Open | Action::Why | Action::ExcludeRow | Action::Narrow => {
            return Some(on_row(state, action));
        }
        Action::Save => {
            let at = state.watcher.latest().sampled_at;
            let at = at
                .unwrap_or_else(Timestamp::now)
                .to_zoned(state.zone.clone());
            let name = at.strftime("replication-%Y%m%d-%H%M%S.md").to_string();
            return Some(Out::Ask(Box::new(Question::new(Wanted::Report, &name))));
        }
        Action::Copy => return state.report().map(|r| Out::Copy(r.to_lines().join("\n"))),
        other => move_to(state, other),
    }
    None
}

fn move_to(state: &mut State, action: Action) {
    if let Some(selected) = state.log {
        state.log = Some(moved(selected, state.changes().len(), action).unwrap_or(selected));
        return;
    }
    let selected = state.report().and_then(|report| {
        let rows = state.rows(&report);
        let to = moved(state.place(&report, &rows), rows.len(), action)?;
        rows.get(to).map(|n| fqdn_key(&report.rows[*n].fqdn))
    });
    if selected.is_some() {
        state.selected = selected;
    }
}

fn pace(state: &mut State, action: Action) -> Out {
    if !state.is_polling() {
        return Out::Problem("nothing is watched: w starts".into());
    }
    let (control, told) = match action {
        Action::PauseWatch => {
            state.pace.paused = !state.pace.paused;
            if state.pace.paused {
                (Control::Pause, "paused: Space goes on, r polls once".into())
            } else {
                state.pace.at_once(state.now);
                (Control::Resume, "polling again".into())
            }
        }
        Action::PollNow => {
            state.pace.at_once(state.now);
            (Control::Now, "asking now".into())
        }
        other => match state.pace.step(other == Action::Faster) {
            Some(step) => (
                Control::Every(step),
                format!("a poll every {}", every(step)),
            ),
            None => return Out::Problem(format!("it stays at {}", every(state.pace.every))),
        },
    };
    Out::Pace(control, told)
}

/// Goes to the poll in which the selected change was seen.
fn to_change(state: &mut State) -> Option<Out> {
    let change = {
        let changes = state.changes();
        (*changes.get(state.log?)?).clone()
    };
    match state.watcher.back_to(&change) {
        Some(back) => {
            state.back = back;
            state.log = None;
            if let Subject::Replica(fqdn) = &change.subject {
                state.selected = Some(fqdn_key(fqdn));
            }
            None
        }
        None => Some(Out::Problem("that poll is not kept any more".into())),
    }
}

fn on_row(state: &mut State, action: Action) -> Out {
    let Some(report) = state.report() else {
        return Out::Problem("there is no row yet".into());
    };
    let rows = state.rows(&report);
    let Some(row) = rows
        .get(state.place(&report, &rows))
        .and_then(|n| report.rows.get(*n))
        .cloned()
    else {
        return Out::Problem("there is no row here".into());
    };
    match action {
        Action::Open => Out::Show(row.fqdn.clone(), details::of(state, &report, &row)),
        Action::Why => Out::Why(row.fqdn),
        Action::ExcludeRow => {
            let mut excluded = state.excluded.clone();
            excluded.retain(|e| !same_fqdn(&e.fqdn, &row.fqdn));
            if excluded.len() == state.excluded.len() {
                return Out::Ask(Box::new(Question::new(Wanted::Reason(row.fqdn), "")));
            }
            let scope = state.scope.clone();
            change_goal(state, excluded, scope, format!("{} counts again", row.fqdn))
        }
        _ => {
            let only = |sites: Option<String>, pools: Option<String>| Scope {
                replicas: Vec::new(),
                sites: sites.into_iter().collect(),
                pools: pools.into_iter().collect(),
            };
            let scope = match (&state.scope, row.site, row.pool) {
                (scope, site @ Some(_), _) if scope.sites.is_empty() && scope.pools.is_empty() => {
                    only(site, None)
                }
                (scope, _, pool @ Some(_)) if scope.pools.is_empty() => only(None, pool),
                (scope, None, None) if *scope == Scope::default() => {
                    let why = "its site and pool are not known: that takes a topology";
                    return Out::Problem(why.into());
                }
                _ => Scope::default(),
            };
            let told = match narrowed(&scope) {
                Some(only) => format!("only {only}"),
                None => "all replicas".to_owned(),
            };
            let excluded = state.excluded.clone();
            change_goal(state, excluded, scope, told)
        }
    }
}

/// What is waited for is another: judged from the next poll on, which is asked for.
fn change_goal(state: &mut State, excluded: Vec<Excluded>, scope: Scope, told: String) -> Out {
    if let Err(why) = state.watcher.wait_for(excluded.clone(), scope.clone()) {
        return Out::Problem(why.to_string());
    }
    (state.excluded, state.scope) = (excluded, scope);
    if !state.pasted.is_empty() {
        pasted::judge(state);
        return Out::Tell(told);
    }
    if state.is_polling() {
        state.pace.at_once(state.now);
        return Out::Pace(Control::Now, told);
    }
    Out::Tell(format!("{told}, from the next watch on"))
}

/// Takes a typed line in. A line that cannot be used comes back with what is wrong.
pub fn answered(state: &mut State, question: Question) -> Option<Out> {
    let text = question.input.text().trim().to_owned();
    let refused = |mut question: Question, why: String| {
        question.problem = Some(why);
        Some(Out::Ask(Box::new(question)))
    };
    match &question.wanted {
        _ if text.is_empty() => Some(Out::Ask(Box::new(question))),
        Wanted::Poll => {
            let newest = state.watcher.latest().sampled_at;
            let now = newest.unwrap_or_else(Timestamp::now);
            let at = match when(&text, now, &state.zone) {
                Ok(at) => at,
                Err(why) => return refused(question, why),
            };
            let Some(back) = state.watcher.at(at) else {
                let oldest = state.watcher.len().saturating_sub(1);
                let oldest = state.watcher.rewind(oldest).and_then(|r| r.sampled_at);
                let why = match oldest {
                    Some(oldest) => format!("the oldest poll is of {}", state.clock(oldest)),
                    None => "there is no poll yet".to_owned(),
                };
                return refused(question, why);
            };
            state.back = back;
            state.log = None;
            None
        }
        Wanted::Since => match when(&text, Timestamp::now(), &state.zone) {
            Ok(at) => {
                state.restart(Some(at));
                Some(Out::Start)
            }
            Err(why) => refused(question, why),
        },
        Wanted::Reason(fqdn) => {
            let fqdn = fqdn.clone();
            let mut excluded = state.excluded.clone();
            excluded.push(Excluded {
                fqdn: fqdn.clone(),
                reason: text,
            });
            let scope = state.scope.clone();
            let told = format!("{fqdn} is left out");
            Some(change_goal(state, excluded, scope, told))
        }
        Wanted::Report => Some(Out::Report(text)),
    }
}

/// Whom to tell of a poll, and what.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// For the history of runs.
    pub run: Option<Run>,
    /// For the terminal.
    pub ring: Option<String>,
    /// For the user's program.
    pub hook: Option<(Vec<String>, String)>,
}

/// Takes a poll in. No answer, or one that cannot be read, makes the watch blind: never good.
pub fn polled(state: &mut State, poll: Poll) -> News {
    let Watch::Polling(source) = state.watch.clone() else {
        return News::default();
    };
    state.pace.polled(state.now, poll.took, poll.wait);
    let before = state.watcher.latest().verdict;
    let report = poll.feed(&mut state.watcher, &source);
    let mut news = News::default();
    if hook::is_news(before, report.verdict) {
        let title = format!("csdeck: {}", visible_line(&source));
        let text = format!("{}: {}", report.verdict, report.reason);
        if state.config.notify != Notify::Off {
            news.ring = Some(notice::sequence(state.config.notify, &title, &text));
        }
        if !state.config.hook.is_empty() {
            news.hook = Some((state.config.hook.clone(), report.to_json().to_string()));
        }
    }
    // A watch that saw nobody come tells nothing of how long that takes.
    let came = |change: &Change| matches!(change.subject, Subject::Replica(_));
    let over = state.watcher.latest().verdict == Verdict::Converged;
    if over && !state.kept && state.watcher.changes().any(came) {
        state.kept = true;
        news.run = Run::of(&state.watcher.summary(), &source);
    }
    state.remember();
    // Whoever looks at an earlier poll keeps looking at it.
    if state.back > 0 {
        state.back = (state.back + 1).min(state.watcher.len().saturating_sub(1));
    }
    news
}

/// Takes in what a watch says beside its polls; returns what the user is told at once.
pub fn says(state: &mut State, says: Says) -> Option<String> {
    match says {
        Says::Asks(text, why) => {
            state.question = Some(text);
            why.map(|why| {
                let why = why.lines().next().unwrap_or_default().to_owned();
                format!("asked more plainly from now on: {why}")
            })
        }
        Says::Remark(text) => {
            state.remark = Some(text);
            None
        }
    }
}

impl State {
    /// Remembers when there were data last.
    pub(super) fn remember(&mut self) {
        let latest = self.watcher.latest();
        let fresh = !matches!(latest.verdict, Verdict::Blind | Verdict::Failed);
        if let Some(at) = latest.sampled_at.filter(|_| fresh) {
            self.known.push_back(at);
            if self.known.len() > KNOWN {
                self.known.pop_front();
            }
        }
    }
}
