//! What a target's settings come to, and the sessions that are made of them.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use super::accounts::{self, Known};
use super::commands::{Structured, commands_of};
use super::endpoint::Endpoint;
use super::error::SessionError;
use super::host::Who;
use super::limits::Limits;
use super::psrp::Command;
use super::session::Session;
use super::text;
use super::wire::{ClientCertificate, Fingerprint, Scheme, Settings, Trust, WireError};
use crate::execute::ask::{Asker, Asks, Prompt, Question};
use crate::execute::shell;
use crate::execute::target::auth::fingerprint;
use crate::execute::target::{Auth, Target};
use crate::execute::transport::TransportError;
use crate::execute::user::signed_in;
use crate::store::paths::{from_home, home};
use crate::store::secret::SessionSecrets;

/// Everything that a session needs to know of its target.
pub struct Plan {
    pub target: Target,
    pub user: String,
    pub endpoint: Endpoint,
    /// host:port, for messages.
    pub address: String,
    pub limits: Limits,
    pub asker: Arc<dyn Asker>,
    secrets: Arc<SessionSecrets>,
    /// The settings in use: kept, so that all connections know when a password was refused.
    settings: Mutex<Option<Arc<Settings>>>,
}

impl Plan {
    pub fn new(
        target: &Target,
        secrets: &Arc<SessionSecrets>,
        asker: &Arc<dyn Asker>,
    ) -> Result<Plan, TransportError> {
        let setup = |why: String| TransportError::Setup(format!("target {}: {why}", target.name));
        let target = &rooted(target, home().as_deref()).map_err(setup)?;
        let endpoint = Endpoint::of(target).map_err(|e| setup(e.to_string()))?;
        let user = match &target.user {
            Some(user) => user.clone(),
            // The ticket says who it is; the name is only shown.
            None if matches!(
                target.auth,
                Auth::Kerberos | Auth::Negotiate | Auth::Certificate
            ) =>
            {
                signed_in().unwrap_or_default().to_owned()
            }
            None => signed_in()
                .ok_or_else(|| setup("no `user`, and nobody is signed in".into()))?
                .to_owned(),
        };
        let mut limits = Limits::default();
        if let Some(keepalive) = target.keepalive {
            limits.keepalive = keepalive;
        }
        Ok(Plan {
            address: endpoint.authority(),
            target: target.clone(),
            user,
            endpoint,
            limits,
            asker: Arc::clone(asker),
            secrets: Arc::clone(secrets),
            settings: Mutex::default(),
        })
    }

    /// Whose session it is, for questions.
    pub fn who(&self) -> Who {
        Who {
            target: self.target.name.clone(),
            user: self.user.clone(),
            address: self.address.clone(),
            asker: Arc::clone(&self.asker),
        }
    }

    /// What a text is sent as: itself, or commands where there is no language.
    pub fn commands(&self, text: &str) -> Result<Structured, TransportError> {
        if !self.endpoint.restricted {
            return Ok(Structured {
                commands: text::as_script(text),
                ..Structured::default()
            });
        }
        commands_of(text)
            .map_err(|e| TransportError::Setup(format!("not sent to {}: {e}", self.target.name)))
    }

    /// A new session. A password that is missing is asked for, where somebody can answer in the
    /// middle of a log-in.
    pub async fn open(&self) -> Result<Session, SessionError> {
        let (to, resource) = (self.endpoint.to_string(), &self.endpoint.resource_uri);
        let first = self.settings()?;
        let open = |settings| Session::open(settings, &to, resource, self.limits);
        match self.once(&first, open(Arc::clone(&first))).await {
            Err(SessionError::Wire(WireError::NeedsPassword { .. })) if self.ask_secret().await => {
                let settings = self.settings()?;
                self.once(&settings, open(Arc::clone(&settings))).await
            }
            first => first,
        }
    }

    /// Does what logs in, alone with its account until the password is known to be good. One that was
    /// refused a moment ago is not sent.
    pub async fn once<T>(
        &self,
        settings: &Settings,
        log_in: impl Future<Output = Result<T, SessionError>>,
    ) -> Result<T, SessionError> {
        let Some(secret) = &settings.secret else {
            return log_in.await;
        };
        let account = accounts::of(&settings.user, &settings.host, secret);
        let mut known = account.lock().await;
        if known.is_refused() {
            return Err(WireError::AuthRefused {
                user: settings.user.clone(),
                address: self.address.clone(),
                tried: "nothing, this password was refused a moment ago".into(),
                offered: vec!["it was not asked".into()],
            }
            .into());
        }
        if known.is_good() {
            drop(known);
            return log_in.await;
        }
        let done = log_in.await;
        match &done {
            Ok(_) => *known = Known::Good,
            Err(e) if e.is_refused_password() => *known = Known::Refused(Instant::now()),
            Err(_) => {}
        }
        done
    }

    /// Asks for the target's password and keeps it; false when nobody gives one.
    pub async fn ask_secret(&self) -> bool {
        let question = Question {
            asks: Asks::Server,
            target: self.target.name.clone(),
            user: self.user.clone(),
            address: self.address.clone(),
            instructions: String::new(),
            // With several targets it is this line that the eye is on.
            prompts: vec![Prompt::new(
                format!("Password of {} on {}: ", self.user, self.target.name),
                false,
            )],
        };
        let (sender, given) = oneshot::channel();
        let asker = Arc::clone(&self.asker);
        // A thread of its own: the user takes as long as the user does.
        let _ = std::thread::Builder::new()
            .name("password".into())
            .spawn(move || {
                let _ = sender.send(asker.secret(&question));
            });
        let Ok(Ok(secret)) = given.await else {
            return false;
        };
        self.secrets.set(&self.target.name, secret);
        true
    }

    /// What loads the target's cmdlets in a new session; `None` when nothing has to.
    pub fn module(&self) -> Option<Vec<Command>> {
        if self.endpoint.restricted {
            return None;
        }
        let module = shell::module(self.target.shell);
        // What it loads is for the texts that come after it.
        let load = || Command {
            own_scope: Some(false),
            ..Command::script(module)
        };
        (!module.is_empty()).then(|| vec![load()])
    }

    /// Where to and who, with the secret as it is known now.
    pub fn settings(&self) -> Result<Arc<Settings>, SessionError> {
        let secret = self.secrets.get(&self.target.name);
        let mut kept = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(settings) = &*kept
            && settings.secret.as_ref().map(|s| s.expose()) == secret.as_ref().map(|s| s.expose())
        {
            return Ok(Arc::clone(settings));
        }
        let target = &self.target;
        let endpoint = &self.endpoint;
        let scheme = if endpoint.tls {
            Scheme::Https
        } else {
            Scheme::Http
        };
        let mut settings = Settings::new(scheme, &endpoint.host, endpoint.port, &self.user, secret);
        settings.path = endpoint.path.clone();
        settings.auth = target.auth;
        settings.trust = trust(target);
        settings.client_certificate = match (&target.certificate_file, &target.key_file) {
            (Some(certificate), Some(key)) => Some(ClientCertificate {
                certificate_file: certificate.clone(),
                key_file: key.clone(),
            }),
            _ => None,
        };
        if let Some(limit) = target.connect_timeout {
            settings.connect_timeout = limit;
        }
        if let Some(limit) = target.login_timeout {
            settings.login_timeout = limit;
        }
        Ok(Arc::clone(kept.insert(Arc::new(settings))))
    }

    /// What an error means to a run; a refused password is forgotten, so that it is asked for.
    pub fn transport_error(&self, e: SessionError, begun: bool) -> TransportError {
        let error = e.into_transport((&self.target.name, &self.user), &self.address, begun);
        if matches!(error, TransportError::AuthRefused { .. }) {
            self.secrets.forget(&self.target.name);
        }
        error
    }
}

/// The target with the paths of its files as they are opened: `~` stands for the home folder.
fn rooted(target: &Target, home: Option<&Path>) -> Result<Target, String> {
    let mut target = target.clone();
    let files = [
        ("ca_file", &mut target.ca_file),
        ("certificate_file", &mut target.certificate_file),
        ("key_file", &mut target.key_file),
    ];
    for (key, file) in files {
        if let Some(path) = file {
            *path = from_home(path, home).ok_or_else(|| {
                format!(
                    "no home folder that {key} could begin with; set HOME, or write the whole path"
                )
            })?;
        }
    }
    Ok(target)
}

/// What makes the server's certificate believed. The file of targets was checked when it was read.
fn trust(target: &Target) -> Trust {
    let pinned = target.fingerprint.as_deref().map(fingerprint);
    match (pinned, &target.ca_file) {
        (Some(Ok(digest)), _) => Trust::Fingerprint(Fingerprint(digest)),
        (_, Some(file)) => Trust::CaFile(file.clone()),
        _ => Trust::System,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_target_may_be_in_the_home_folder() {
        let target = Target {
            ca_file: Some("~/pki/ca.pem".into()),
            certificate_file: Some("/etc/pki/ops.pem".into()),
            key_file: Some("~/pki/ops.key".into()),
            ..Target::lab()
        };
        let rooted_target = rooted(&target, Some(Path::new("/home/ops"))).expect("a home");
        let of = |file: &Option<std::path::PathBuf>| file.clone().unwrap_or_default();
        assert_eq!(
            of(&rooted_target.ca_file),
            Path::new("/home/ops/pki/ca.pem")
        );
        assert_eq!(
            of(&rooted_target.certificate_file),
            Path::new("/etc/pki/ops.pem")
        );
        assert_eq!(
            of(&rooted_target.key_file),
            Path::new("/home/ops/pki/ops.key")
        );
        assert!(rooted(&target, None).is_err_and(|why| why.contains("ca_file")));
        assert_eq!(rooted(&Target::lab(), None), Ok(Target::lab()));
    }
}
