//! Changing `targets.toml`, importing into it, and testing what is in it.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::transport;
use crate::app::App;
use crate::execute::import::ssh_config::{SshConfig, Surroundings};
use crate::execute::import::topology;
use crate::execute::{
    EVENT_BUFFER, Event, JobEnd, JobState, Target, TransportError, TransportKind, run_job,
};
use crate::gate::Confirmation;
use crate::store::targets;
use crate::topology::Topology;
use crate::tui::dialog::Source;
use crate::tui::message::{Message, TargetChange};

/// Most of a failed test's errors that is kept, in bytes.
const SAID: usize = 4096;

/// Writes a change and gives the targets as they are now. Blocks.
pub fn change(app: &App, change: &TargetChange) -> Result<Vec<Target>, String> {
    let path = app.paths.targets_file();
    let written = match change {
        TargetChange::Add(new) => targets::add(&path, new),
        TargetChange::Edit(edit) => targets::edit(&path, &edit.0, &edit.1),
        TargetChange::Remove(name) => targets::remove(&path, name),
    };
    written.map_err(|e| e.to_string())?;
    match change {
        TargetChange::Edit(edit) => app.forget(&edit.0.name),
        TargetChange::Remove(name) => app.forget(name),
        TargetChange::Add(_) => {}
    }
    app.read_targets().map_err(|e| e.to_string())
}

/// Works out what an import would add to the file as it is now. Blocks.
pub fn plan(app: &App, topology: Option<&Topology>) -> Message {
    let source = match topology {
        Some(_) => Source::Topology,
        None => Source::SshConfig,
    };
    let made = match topology {
        Some(topology) => Ok(topology::plan(topology, &topology::Settings::default())),
        None => SshConfig::read_usual(Surroundings::of_this_process())
            .map(|config| config.plan(&[]))
            .map_err(|e| e.to_string()),
    };
    let beside = made.and_then(|plan| {
        let there = targets::load(&app.paths.targets_file()).map_err(|e| e.to_string())?;
        Ok(Box::new(plan.beside(&there)))
    });
    Message::ImportPlan(source, beside)
}

/// Connects, logs in and runs something that only looks, as `csdeck target test` does.
pub async fn test(app: Arc<App>, target: Target, stop: CancellationToken) -> Message {
    let failed = |error: TransportError| JobEnd {
        state: JobState::Failed,
        host_exit: None,
        error: Some(error),
    };
    let name = target.name.clone();
    if target.transport == TransportKind::Winrm {
        let tested = tokio::select! {
            () = stop.cancelled() => Err(TransportError::Cancelled),
            tested = app.test_winrm(&target) => tested,
        };
        let (steps, error) = match tested {
            Ok(tested) => (tested.steps, tested.error),
            Err(error) => (Vec::new(), Some(error)),
        };
        let said: Vec<String> = steps.iter().map(ToString::to_string).collect();
        let end = match error {
            Some(error) => failed(error),
            None => JobEnd {
                state: JobState::Succeeded,
                host_exit: Some(0),
                error: None,
            },
        };
        return Message::Tested(name, end, said.join("\n"));
    }
    let approved = target
        .assess(target.probe())
        .and_then(|a| a.approve(&Confirmation::Shown));
    let approved = match approved {
        Ok(approved) => approved,
        Err(e) => {
            let error = TransportError::Setup(e.to_string());
            return Message::Tested(name, failed(error), String::new());
        }
    };
    let transport = match transport(app.clone(), &target).await {
        Ok(transport) => transport,
        Err(error) => return Message::Tested(name, failed(error), String::new()),
    };
    let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
    let gather = async {
        let mut said = String::new();
        while let Some(event) = events.recv().await {
            if let Event::Error(record) = event
                && said.len() + record.text.len() < SAID
            {
                said.push_str(record.text.trim());
                said.push(' ');
            }
        }
        said
    };
    let journal = app.journal.clone();
    let (end, said) = tokio::join!(
        run_job(
            transport,
            approved,
            target.command_timeout,
            journal,
            sender,
            stop
        ),
        gather
    );
    Message::Tested(name, end, said)
}
