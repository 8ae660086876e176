//! A test of a target, step by step: how far the way goes, and what works at its end.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::lookup_host;
use tokio::time::timeout;

use super::error::SessionError;
use super::plan::Plan;
use super::psrp::{Argument, Command};
use super::session::Session;
use super::wire::{Certificate, Client, Facts, Reply, Settings, Trust, Unreached, WireError};
use super::wsman::{Answer, IDENTIFY};
use crate::execute::ask::Asker;
use crate::execute::target::{Auth, ShellProfile, Target};
use crate::execute::transport::TransportError;
use crate::powershell::clixml::Value;
use crate::store::secret::SessionSecrets;

/// What the session says of its language.
const LANGUAGE: &str = "$ExecutionContext.SessionState.LanguageMode";

/// Whether the account goes on from the server: the domain is asked with the account's own rights.
const ONWARD: &str = "[DirectoryServices.ActiveDirectory.Domain]::GetCurrentDomain().Name";

/// A cmdlet that every version of the product has.
const CMDLET: &str = "Get-CsManagementStoreReplicationStatus";

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It works.
    Works,
    /// It works, and something is to be known of it.
    Mind,
    /// It does not work; what comes after it was not tried.
    Fails,
}

impl Outcome {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Works => "ok",
            Outcome::Mind => "mind",
            Outcome::Fails => "fails",
        }
    }
}

/// One step of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was tried: `settings`, `name`, `port`, `TLS`, `log-in`, `sealed`, `WinRM`, `shell`, `language`,
    /// `module`, `second hop`.
    pub name: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// In words. Parts of it are the server's.
    pub text: String,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, name) = (self.outcome.word(), self.name);
        write!(f, "{word:<5}  {name:<10}  {}", self.text)
    }
}

/// What a test came to.
#[derive(Debug)]
pub struct Tested {
    /// The steps in order; the last one is the one that fails, if one does.
    pub steps: Vec<Step>,
    /// Why it failed, where a run would have failed in the same way.
    pub error: Option<TransportError>,
}

/// What a test sends, for whoever wants to know before: the journal, the user.
pub fn texts(target: &Target) -> String {
    let lync = target.shell == ShellProfile::Lync;
    let mut texts = Vec::new();
    if !target.is_restricted() {
        texts.push(LANGUAGE.to_owned());
    }
    if lync {
        texts.push(format!("Get-Command {CMDLET}"));
    }
    if !target.is_restricted() {
        texts.push(ONWARD.to_owned());
    }
    texts.join("\n")
}

/// Tries a target step by step. Nothing it sends changes anything. Dropped, it ends.
pub async fn test(
    target: &Target,
    secrets: &Arc<SessionSecrets>,
    asker: &Arc<dyn Asker>,
) -> Result<Tested, TransportError> {
    let plan = Plan::new(target, secrets, asker)?;
    let mut test = Test {
        plan,
        steps: Vec::new(),
    };
    let error = test.run().await.err();
    Ok(Tested {
        steps: test.steps,
        error,
    })
}

/// What was asked with, what came of it, and how long it took.
type Identified = (Arc<Settings>, Client, Result<Reply, WireError>, Duration);

struct Test {
    plan: Plan,
    steps: Vec<Step>,
}

impl Test {
    async fn run(&mut self) -> Result<(), TransportError> {
        self.name().await?;
        self.wire().await?;
        let mut session = self.shell().await?;
        if !self.plan.endpoint.restricted {
            self.language(&mut session).await?;
        } else {
            self.tell(
                "language",
                Outcome::Mind,
                "none, as the address says: commands with parameters, no scripts".into(),
            );
        }
        if self.plan.target.shell == ShellProfile::Lync {
            self.module(&mut session).await?;
        }
        if !self.plan.endpoint.restricted {
            self.onward(&mut session).await?;
        } else {
            let text = "not needed: the endpoint reads the store as the server";
            self.tell("second hop", Outcome::Works, text.into());
        }
        Ok(())
    }

    fn tell(&mut self, name: &'static str, outcome: Outcome, text: String) {
        self.steps.push(Step {
            name,
            outcome,
            text,
        });
    }

    fn fails(&mut self, name: &'static str, e: SessionError) -> TransportError {
        let error = self.plan.transport_error(e, false);
        self.tell(name, Outcome::Fails, error.to_string());
        error
    }

    async fn name(&mut self) -> Result<(), TransportError> {
        let (host, port) = (self.plan.endpoint.host.clone(), self.plan.endpoint.port);
        if host.parse::<std::net::IpAddr>().is_ok() {
            let text = format!("{host} is an address: Kerberos needs a name");
            self.tell("name", Outcome::Mind, text);
            return Ok(());
        }
        let limit = self.plan.target.connect_timeout;
        let limit = limit.unwrap_or(Duration::from_secs(15));
        let found: Vec<String> = match timeout(limit, lookup_host((host.as_str(), port))).await {
            Ok(Ok(found)) => found.map(|a| a.ip().to_string()).collect(),
            Ok(Err(e)) => {
                return Err(self.no_name(&format!("the name cannot be resolved ({e})")));
            }
            Err(_) => return Err(self.no_name("the name servers did not answer in time")),
        };
        if found.is_empty() {
            return Err(self.no_name("the name has no address"));
        }
        let text = format!("{host} is {}", found.join(", "));
        self.tell("name", Outcome::Works, text);
        Ok(())
    }

    fn no_name(&mut self, reason: &str) -> TransportError {
        let error = TransportError::Unreachable {
            address: self.plan.address.clone(),
            reason: format!("{reason}. {}", Unreached::Name.advice()),
        };
        self.tell("name", Outcome::Fails, error.to_string());
        error
    }

    /// TCP, TLS, the log-in, and what answers behind it.
    async fn wire(&mut self) -> Result<(), TransportError> {
        let (mut settings, mut client, mut answered, mut took) = self.identify().await?;
        if matches!(answered, Err(WireError::NeedsPassword { .. })) && self.plan.ask_secret().await
        {
            (settings, client, answered, took) = self.identify().await?;
        }
        let facts = client.facts();
        match (&answered, &facts) {
            (_, Some(facts)) => self.reached(facts, &settings.trust),
            (Err(e), None) => self.reached_as_far_as(e),
            (Ok(_), None) => {}
        }
        let reply = match answered {
            Ok(reply) => reply,
            Err(e) => {
                let step = failing(&e);
                return Err(self.fails(step, e.into()));
            }
        };
        match Answer::read(&reply.body) {
            Ok(answer) if answer.identified => {
                let product = answer
                    .product
                    .unwrap_or_else(|| "it does not say what".into());
                let text = format!("answers in {} ms: {product}", took.as_millis());
                self.tell("WinRM", Outcome::Works, text);
                Ok(())
            }
            // IIS in front of an endpoint passes nothing on that it does not know.
            Ok(_) | Err(_) if self.plan.endpoint.restricted => Ok(()),
            Ok(_) => {
                let e = SessionError::Damaged("what answers there is not WinRM".into());
                Err(self.fails("WinRM", e))
            }
            Err(e) => Err(self.fails("WinRM", e.into())),
        }
    }

    /// One question to whatever answers, over a connection of its own.
    async fn identify(&mut self) -> Result<Identified, TransportError> {
        let settings = match self.plan.settings() {
            Ok(settings) => settings,
            Err(e) => return Err(self.fails("log-in", e)),
        };
        let mut client = Client::new(Arc::clone(&settings));
        let limit = self.plan.limits.hold + self.plan.limits.grace;
        let began = Instant::now();
        let ask = async { Ok(client.post(IDENTIFY.into(), limit).await?) };
        let answered = match self.plan.once(&settings, ask).await {
            Err(SessionError::Wire(e)) => Err(e),
            Err(e) => return Err(self.fails("log-in", e)),
            Ok(reply) => Ok(reply),
        };
        Ok((settings, client, answered, began.elapsed()))
    }

    fn reached(&mut self, facts: &Facts, trust: &Trust) {
        let text = format!(
            "{} at {}, reached in {} ms",
            facts.address,
            facts.peer.ip(),
            facts.connect.as_millis()
        );
        self.tell("port", Outcome::Works, text);
        if let (Some(version), Some(certificate)) = (&facts.tls_version, &facts.certificate) {
            let (outcome, text) = tls(version, certificate, trust);
            self.tell("TLS", outcome, text);
        }
        let text = format!(
            "{} as {} in {} ms",
            chosen(facts, self.plan.target.auth),
            self.plan.user,
            facts.login.as_millis()
        );
        self.tell("log-in", Outcome::Works, text);
        let text = match facts.sealed {
            true => format!("every body is sealed by {}", facts.mechanism),
            false => "everything is inside TLS".to_owned(),
        };
        self.tell("sealed", Outcome::Works, text);
    }

    /// The steps that a failed attempt got through.
    fn reached_as_far_as(&mut self, e: &WireError) {
        let address = self.plan.address.clone();
        match failing(e) {
            "port" | "settings" => {}
            "TLS" => self.tell("port", Outcome::Works, address),
            _ => {
                self.tell("port", Outcome::Works, address);
                if self.plan.endpoint.tls {
                    self.tell("TLS", Outcome::Works, "the server is believed".into());
                }
            }
        }
    }

    async fn shell(&mut self) -> Result<Session, TransportError> {
        let began = Instant::now();
        match self.plan.open().await {
            Ok(session) => {
                let version = session
                    .pool
                    .server()
                    .map_or_else(String::new, |v| format!(", remoting {v}"));
                let text = format!(
                    "a session of {} in {} ms{version}",
                    self.plan.endpoint.resource_uri,
                    began.elapsed().as_millis()
                );
                self.tell("shell", Outcome::Works, text);
                Ok(session)
            }
            Err(e) => Err(self.fails("shell", e)),
        }
    }

    async fn language(&mut self, session: &mut Session) -> Result<(), TransportError> {
        let heard = match session.hear(&[Command::script(LANGUAGE)]).await {
            Ok(heard) => heard,
            Err(e) => return Err(self.fails("language", e)),
        };
        let (outcome, text) = match (heard.output.first(), heard.errors.first()) {
            (Some(mode), _) => match mode.text().as_str() {
                "FullLanguage" => (Outcome::Works, "full: scripts run as they are".to_owned()),
                mode => (
                    Outcome::Mind,
                    format!("{mode}: not everything that is written runs there"),
                ),
            },
            (None, Some(record)) => (
                Outcome::Mind,
                format!(
                    "none: {}. For such a session the address ends in /OcsPowershell or /PowerShell/",
                    record.message.trim_end_matches('.')
                ),
            ),
            (None, None) => (Outcome::Mind, "not told".to_owned()),
        };
        self.tell("language", outcome, text);
        Ok(())
    }

    async fn module(&mut self, session: &mut Session) -> Result<(), TransportError> {
        let began = Instant::now();
        let mut errors = Vec::new();
        if let Some(module) = self.plan.module() {
            match session.hear(&module).await {
                Ok(heard) => errors.extend(heard.errors),
                Err(e) => return Err(self.fails("module", e)),
            }
        }
        let mut command = Command::named("Get-Command");
        command.arguments = vec![Argument {
            name: Some("Name".into()),
            value: Some(Value::String(CMDLET.into())),
        }];
        let heard = match session.hear(&[command]).await {
            Ok(heard) => heard,
            Err(e) => return Err(self.fails("module", e)),
        };
        if !heard.output.is_empty() {
            let text = format!(
                "the product's cmdlets are there (in {} ms)",
                began.elapsed().as_millis()
            );
            self.tell("module", Outcome::Works, text);
            return Ok(());
        }
        let why = errors.iter().chain(&heard.errors).next();
        let why = why.map_or_else(String::new, |r| format!(": {}", r.message.trim_end()));
        let text = format!("{CMDLET} is not there{why}");
        self.tell("module", Outcome::Mind, text);
        Ok(())
    }

    async fn onward(&mut self, session: &mut Session) -> Result<(), TransportError> {
        let heard = match session.hear(&[Command::script(ONWARD)]).await {
            Ok(heard) => heard,
            Err(e) => return Err(self.fails("second hop", e)),
        };
        let (outcome, text) = match heard.output.first() {
            Some(domain) => (
                Outcome::Works,
                format!("the domain {} answers the account from there", domain.text()),
            ),
            None => (
                Outcome::Mind,
                "the account does not go on from there: SQL, Active Directory and file servers behind it will not know it (auth = \"credssp\" takes it along)".to_owned(),
            ),
        };
        self.tell("second hop", outcome, text);
        Ok(())
    }
}

/// The step that an error belongs to.
fn failing(e: &WireError) -> &'static str {
    use super::wire::Phase;
    match e {
        WireError::Unreachable { .. } => "port",
        WireError::TimedOut { phase, .. } => match phase {
            Phase::Connect => "port",
            Phase::Handshake => "TLS",
            Phase::Login => "log-in",
            Phase::Answer => "WinRM",
        },
        WireError::Tls(_) | WireError::SpeaksTls { .. } => "TLS",
        WireError::NeedsPassword { .. }
        | WireError::AuthRefused { .. }
        | WireError::Auth { .. }
        | WireError::Downgrade { .. } => "log-in",
        WireError::Setup(_) => "settings",
        WireError::Unsealed { .. } => "sealed",
        _ => "WinRM",
    }
}

fn tls(version: &str, certificate: &Certificate, trust: &Trust) -> (Outcome, String) {
    let until = certificate
        .not_after
        .map_or_else(String::new, |t| format!(", good until {t}"));
    let by = match trust {
        Trust::System => "believed by this system".to_owned(),
        Trust::CaFile(file) => format!("believed by {}", file.display()),
        Trust::Fingerprint(_) => {
            "pinned by its fingerprint: its name and its dates are not looked at".to_owned()
        }
    };
    let outcome = match trust {
        Trust::Fingerprint(_) => Outcome::Mind,
        _ => Outcome::Works,
    };
    let (subject, print) = (&certificate.subject, &certificate.sha256);
    (
        outcome,
        format!("{version}, {subject}{until}, {print}, {by}"),
    )
}

/// What logged in, and that it is less than what could have been.
fn chosen(facts: &Facts, wanted: Auth) -> String {
    match wanted {
        Auth::Negotiate => format!("negotiate chose {}", facts.mechanism),
        _ => facts.mechanism.to_owned(),
    }
}
