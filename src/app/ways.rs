//! The ways to targets and to their files.

use std::sync::{Arc, PoisonError};

use super::App;
use crate::execute::ask::Nobody;
use crate::execute::files::{Files, LocalFiles};
use crate::execute::local::LocalTransport;
use crate::execute::ssh::{SftpFiles, SshTransport, jumps};
use crate::execute::winrm::steps::{self, Tested};
use crate::execute::winrm::{WinrmFiles, WinrmTransport};
use crate::execute::{
    Asker, JobState, JournalError, Target, Transport, TransportError, TransportKind,
};
use crate::lab::LabTransport;
use crate::store::keyring::KeyringError;

impl App {
    /// Lets `asker` answer what servers ask while csdeck logs in. The first one stays; to be called
    /// before the first [`App::transport`]. Without one nothing is answered.
    pub fn answer_with(&self, asker: Arc<dyn Asker>) {
        let _ = self.asker.set(asker);
    }

    /// The way to a target: made once and kept, so that its connection stays warm. Blocks while
    /// the keyring is asked; connects to nothing.
    pub fn transport(&self, target: &Target) -> Result<Arc<dyn Transport>, TransportError> {
        let mut known = self
            .transports
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Only for exactly this target: its address may have been changed meanwhile.
        if let Some((_, way)) = known.get(&target.name).filter(|(of, _)| of == target) {
            return Ok(way.clone());
        }
        let transport = self.new_transport(target)?;
        known.insert(target.name.clone(), (target.clone(), transport.clone()));
        Ok(transport)
    }

    /// A way to a target that nobody else uses: its connection ends when it is dropped. Blocks
    /// while the keyring is asked; connects to nothing.
    pub fn new_transport(&self, target: &Target) -> Result<Arc<dyn Transport>, TransportError> {
        self.unlock(target)?;
        Ok(match target.transport {
            TransportKind::Lab => Arc::new(LabTransport::new(self.paths.lab(), self.asker())),
            TransportKind::Local => Arc::new(LocalTransport::new(target, self.asker())),
            TransportKind::Winrm => {
                Arc::new(WinrmTransport::new(target, &self.secrets, self.asker())?)
            }
            TransportKind::Ssh => Arc::new(SshTransport::new(
                &self.connected(target),
                &self.all_connected(),
                &self.secrets,
                self.asker(),
            )?),
        })
    }

    /// Tries a winrm target step by step, with an entry in the journal. Asks the keyring first.
    pub async fn test_winrm(&self, target: &Target) -> Result<Tested, TransportError> {
        tokio::task::block_in_place(|| self.unlock(target))?;
        let setup = |e: JournalError| TransportError::Setup(format!("not sent: {e}"));
        let texts = steps::texts(target);
        let open = tokio::task::block_in_place(|| {
            self.journal
                .begin(&target.name, &texts, "read", JobState::Running.word())
        })
        .map_err(setup)?;
        // An entry that is dropped open is found lost by the next csdeck, as every job is.
        let tested = steps::test(target, &self.secrets, self.asker()).await;
        let (state, exit, why) = match &tested {
            Ok(Tested { error: None, .. }) => (JobState::Succeeded, 0, None),
            Ok(Tested { error: Some(e), .. }) | Err(e) => {
                (JobState::Failed, 5, Some(e.to_string()))
            }
        };
        let _ = tokio::task::block_in_place(|| self.journal.end(&open, state.word(), exit, why));
        tested
    }

    /// The way to a target's files. Blocks while the keyring is asked; connects to nothing.
    /// [`TransportError::Setup`] for the lab, which has none.
    pub fn files(&self, target: &Target) -> Result<Arc<dyn Files>, TransportError> {
        self.unlock(target)?;
        Ok(match target.transport {
            TransportKind::Lab => {
                return Err(TransportError::Setup(
                    "the lab's servers are simulated and have no files".into(),
                ));
            }
            TransportKind::Local => Arc::new(LocalFiles),
            TransportKind::Winrm => Arc::new(WinrmFiles::new(target, &self.secrets, self.asker())?),
            TransportKind::Ssh => Arc::new(SftpFiles::new(
                &self.connected(target),
                &self.all_connected(),
                &self.secrets,
                self.asker(),
            )?),
        })
    }

    pub(super) fn asker(&self) -> &Arc<dyn Asker> {
        self.asker.get_or_init(|| Arc::new(Nobody))
    }

    /// Takes the secrets of a target and of its jumps from the keyring, unless they were given in
    /// this session.
    fn unlock(&self, target: &Target) -> Result<(), TransportError> {
        self.take_from_keyring(target)?;
        if target.transport == TransportKind::Ssh {
            for jump in jumps(target, &self.targets_now())? {
                self.take_from_keyring(jump)?;
            }
        }
        Ok(())
    }

    /// Takes the target's secret from the keyring, unless one was given in this session.
    fn take_from_keyring(&self, target: &Target) -> Result<(), TransportError> {
        let Some(name) = &target.credential else {
            return Ok(());
        };
        if self.secrets.get(&target.name).is_some() {
            return Ok(());
        }
        match self.keyring().get(name) {
            Ok(secret) => self.secrets.set(&target.name, secret),
            // No keyring is no obstacle: the transport then asks for the secret it needs.
            Err(KeyringError::Unavailable(_)) => {}
            Err(e @ KeyringError::Missing(_)) => {
                return Err(TransportError::Setup(format!(
                    "target {}: {e}",
                    target.name
                )));
            }
        }
        Ok(())
    }

    /// The target as it is connected to: in a profile one that names no known_hosts file has the
    /// profile's, so that the keys of two customers' servers never mix.
    pub fn connected(&self, target: &Target) -> Target {
        let own = || self.paths.known_hosts();
        Target {
            known_hosts: target.known_hosts.clone().or_else(own),
            ..target.clone()
        }
    }

    /// Every target as it is connected to: some are the jumps of others.
    fn all_connected(&self) -> Vec<Target> {
        self.targets_now()
            .iter()
            .map(|t| self.connected(t))
            .collect()
    }
}
