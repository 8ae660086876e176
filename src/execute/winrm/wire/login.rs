//! Logging a connection in: the legs of a mechanism, one request each, on the same connection.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use std::time::Duration;
use zeroize::Zeroizing;

use super::binding;
use super::challenge::{self, Challenge};
use super::error::{Phase, WireError};
use super::http::{Answer, Link, SOAP};
use super::settings::Settings;
use crate::execute::target::Auth;
use crate::execute::winrm::auth::kerberos::Scheme::Negotiate;
use crate::execute::winrm::auth::words::KerberosError;
use crate::execute::winrm::auth::{self, AuthError, Mechanism};

/// The authorization of a log-in by client certificate (DSP0226 annex C.3).
const MUTUAL_TLS: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

/// No mechanism needs more: CredSSP with TLS inside takes six or seven.
const MOST_LEGS: usize = 16;

/// How requests of a logged-in connection are sent.
pub(super) enum Context {
    /// With this header in each of them.
    Header {
        value: HeaderValue,
        chosen: &'static str,
        scheme: &'static str,
    },
    /// By a mechanism that knows the connection, and seals over HTTP.
    Mechanism(Box<dyn Mechanism>),
}

impl Context {
    /// The header for a request, when each has to have one.
    pub fn header(&self) -> Option<HeaderValue> {
        match self {
            Context::Header { value, .. } => Some(value.clone()),
            Context::Mechanism(_) => None,
        }
    }

    /// The scheme in `Authorization`, and what was agreed on.
    pub fn words(&self) -> (&'static str, &'static str) {
        match self {
            Context::Header { scheme, chosen, .. } => (scheme, chosen),
            Context::Mechanism(mechanism) => (mechanism.scheme(), mechanism.chosen()),
        }
    }
}

/// Logs in. Over TLS `body` travels with the last leg, and its answer comes back; over HTTP nothing
/// but tokens is sent. `limit` is the time for the answer to the body.
pub(super) async fn log_in(
    settings: &Settings,
    link: &mut Link,
    body: &Bytes,
    limit: Duration,
) -> Result<(Context, Option<Answer>), WireError> {
    if settings.auth.needs_tls() && !settings.is_tls() {
        return Err(WireError::Setup(format!(
            "auth = \"{}\" is used over TLS only: over plain HTTP everybody on the way could read what is sent. Use https:// (5986), or auth = \"negotiate\", which seals every body",
            settings.auth
        )));
    }
    match settings.auth {
        Auth::Basic => Ok((basic(settings)?, None)),
        Auth::Certificate => Ok((
            Context::Header {
                value: HeaderValue::from_static(MUTUAL_TLS),
                scheme: "certificate",
                chosen: "certificate",
            },
            None,
        )),
        _ => {
            let binding = link
                .known
                .certificate
                .as_ref()
                .map(|der| binding::end_point(der));
            let mechanism = auth::mechanism(settings.auth, settings, binding.as_deref())
                .map_err(|e| setup(settings, e))?;
            let mut legs = Legs {
                settings,
                link,
                body,
                limit,
            };
            match legs.run(mechanism).await? {
                Outcome::In(mechanism, answer) => Ok((Context::Mechanism(mechanism), answer)),
                // IIS can be told to offer one scheme alone. No proof was sent so far; the ticket that
                // was, is good for this server only.
                Outcome::Only(scheme) => {
                    let mechanism = match scheme {
                        "NTLM" => auth::bare_ntlm(settings, binding.as_deref()),
                        _ => auth::kerberos(Negotiate, settings, binding.as_deref()),
                    }
                    .map_err(|e| setup(settings, e))?;
                    match legs.run(mechanism).await? {
                        Outcome::In(mechanism, answer) => {
                            Ok((Context::Mechanism(mechanism), answer))
                        }
                        Outcome::Only(_) => Err(refused(settings, scheme, &[])),
                    }
                }
            }
        }
    }
}

/// Name and password as they are.
fn basic(settings: &Settings) -> Result<Context, WireError> {
    let secret = settings
        .secret
        .as_ref()
        .ok_or_else(|| needs_password(settings))?;
    // A colon ends the name (RFC 7617).
    if settings.user.contains(':') {
        return Err(WireError::Setup(format!(
            "the user {:?} has a colon in it, which a Basic log-in cannot send",
            settings.user
        )));
    }
    let plain = Zeroizing::new(format!("{}:{}", settings.user, secret.expose()));
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(plain.as_bytes())));
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| WireError::Setup("the password cannot be sent".to_owned()))?;
    value.set_sensitive(true);
    Ok(Context::Header {
        value,
        scheme: "Basic",
        chosen: "Basic",
    })
}

enum Outcome {
    In(Box<dyn Mechanism>, Option<Answer>),
    /// Nothing yet: the server takes another scheme for the same log-in.
    Only(&'static str),
}

struct Legs<'a> {
    settings: &'a Settings,
    link: &'a mut Link,
    body: &'a Bytes,
    limit: Duration,
}

impl Legs<'_> {
    async fn run(&mut self, mut mechanism: Box<dyn Mechanism>) -> Result<Outcome, WireError> {
        let settings = self.settings;
        if !settings.is_tls() && mechanism.sealing().is_none() {
            return Err(WireError::Setup(format!(
                "{} cannot seal bodies, so it is used over TLS only",
                mechanism.chosen()
            )));
        }
        let mut received: Option<Vec<u8>> = None;
        for leg in 0..MOST_LEGS {
            let token = self.step(&mut mechanism, received.as_deref()).await?;
            let Some(token) = token else {
                return Err(failed(settings, "the mechanism has nothing more to say"));
            };
            let with_body = settings.is_tls() && mechanism.may_be_last();
            let answer = self.send(mechanism.scheme(), &token, with_body).await?;
            let challenges = challenge::read(&answer.headers);
            let offered = challenge::names(&challenges);
            received = challenge::token(challenges.clone(), mechanism.scheme());
            if answer.status == 401 {
                if received.is_some() && !mechanism.is_done() {
                    continue;
                }
                let other = other_scheme(settings, mechanism.scheme(), &challenges);
                if let (0, Some(scheme)) = (leg, other) {
                    return Ok(Outcome::Only(scheme));
                }
                return Err(self.not_let_in(&*mechanism, leg, &offered));
            }
            if !with_body && answer.status >= 400 {
                return Err(status(settings, answer.status));
            }
            if !mechanism.is_done() {
                if received.is_none() {
                    return Err(failed(
                        settings,
                        "the server lets in everybody and does not show who it is: no WinRM server does that, so somebody may sit in between",
                    ));
                }
                self.step(&mut mechanism, received.as_deref()).await?;
                if !mechanism.is_done() {
                    return Err(failed(
                        settings,
                        "the server ended it before both sides knew each other",
                    ));
                }
            }
            return Ok(Outcome::In(mechanism, with_body.then_some(answer)));
        }
        Err(failed(settings, "it does not come to an end"))
    }

    async fn step(
        &self,
        mechanism: &mut Box<dyn Mechanism>,
        token: Option<&[u8]>,
    ) -> Result<Option<Vec<u8>>, WireError> {
        let limit = self.settings.login_timeout;
        match tokio::time::timeout(limit, mechanism.step(token)).await {
            Ok(stepped) => stepped.map_err(|e| setup(self.settings, e)),
            // Only Kerberos talks to anybody there, and that is not the server.
            Err(_) => {
                let seconds = limit.as_secs();
                Err(setup(self.settings, KerberosError::Late { seconds }.into()))
            }
        }
    }

    async fn send(
        &mut self,
        scheme: &str,
        token: &[u8],
        with_body: bool,
    ) -> Result<Answer, WireError> {
        let text = format!("{scheme} {}", STANDARD.encode(token));
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| failed(self.settings, "a token cannot be sent"))?;
        value.set_sensitive(true);
        let (body, phase, limit) = match with_body {
            true => (self.body.clone(), Phase::Answer, self.limit),
            false => (Bytes::new(), Phase::Login, self.settings.login_timeout),
        };
        self.link
            .send(self.settings, Some(value), SOAP, body, phase, limit)
            .await
    }

    /// Why 401 came back without a token to go on with.
    fn not_let_in(&self, mechanism: &dyn Mechanism, leg: usize, offered: &[String]) -> WireError {
        let settings = self.settings;
        let takes_scheme = offered
            .iter()
            .any(|o| o.eq_ignore_ascii_case(mechanism.scheme()));
        if leg == 0 && !takes_scheme && !offered.is_empty() {
            return WireError::Downgrade {
                address: settings.address(),
                offered: offered.to_vec(),
                tls: settings.is_tls(),
            };
        }
        if mechanism.proved() {
            settings.set_refused();
        }
        match mechanism.refused() {
            Some(why) => setup(settings, why),
            None => refused(settings, mechanism.chosen(), offered),
        }
    }
}

/// The scheme by which the server takes the log-in that was tried: NTLM by its own name and not inside
/// `Negotiate`, or Kerberos inside `Negotiate` and not by its own name.
fn other_scheme(
    settings: &Settings,
    scheme: &str,
    challenges: &[Challenge],
) -> Option<&'static str> {
    let takes = |name: &str| {
        challenges
            .iter()
            .any(|c| c.scheme.eq_ignore_ascii_case(name))
    };
    if takes(scheme) {
        return None;
    }
    match (settings.auth, scheme) {
        (Auth::Negotiate | Auth::Ntlm, "Negotiate") if takes("NTLM") => Some("NTLM"),
        (Auth::Kerberos, "Kerberos") if takes("Negotiate") => Some("Negotiate"),
        _ => None,
    }
}

pub(super) fn refused(settings: &Settings, tried: &str, offered: &[String]) -> WireError {
    WireError::AuthRefused {
        user: settings.user.clone(),
        address: settings.address(),
        tried: tried.to_owned(),
        offered: offered.to_vec(),
    }
}

pub(super) fn status(settings: &Settings, status: u16) -> WireError {
    WireError::Http {
        address: settings.address(),
        path: settings.path.clone(),
        status,
    }
}

fn needs_password(settings: &Settings) -> WireError {
    WireError::NeedsPassword {
        user: settings.user.clone(),
        address: settings.address(),
    }
}

pub(super) fn failed(settings: &Settings, why: &str) -> WireError {
    setup(settings, AuthError::Mechanism(why.to_owned()))
}

pub(super) fn setup(settings: &Settings, error: AuthError) -> WireError {
    match error {
        AuthError::NeedsPassword => needs_password(settings),
        source => {
            if source.is_refused_password() {
                settings.set_refused();
            }
            WireError::Auth {
                address: settings.address(),
                source,
            }
        }
    }
}
