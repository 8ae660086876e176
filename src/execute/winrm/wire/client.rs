//! An authenticated client: bodies in, bodies out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::body::Bytes;

use super::binding::Certificate;
use super::body;
use super::connect;
use super::error::{Phase, WireError};
use super::http::{Answer, Link, SOAP};
use super::login::{self, Context};
use super::settings::Settings;
use crate::execute::target::Auth;

/// An answer, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 200, or 500 with a fault in the body.
    pub status: u16,
    /// The envelope.
    pub body: Vec<u8>,
    /// What the envelope says it is; over HTTP that of the sealed answer.
    pub content_type: String,
}

/// A connection that was silent for longer is made anew before a request.
const FRESH: Duration = Duration::from_secs(60);

/// How a connection came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// host:port as asked for.
    pub address: String,
    /// Where the connection goes.
    pub peer: SocketAddr,
    /// `TLS 1.3`, ...; `None` without TLS.
    pub tls_version: Option<String>,
    /// The server's certificate.
    pub certificate: Option<Certificate>,
    /// The word in `Authorization`.
    pub scheme: &'static str,
    /// What logged in: `NTLM`, `Kerberos`, ...
    pub mechanism: &'static str,
    /// True when bodies are sealed by the log-in's keys.
    pub sealed: bool,
    /// TCP and TLS took so long.
    pub connect: Duration,
    /// The log-in took so long; with the first request when that travelled along.
    pub login: Duration,
    /// Requests on this connection so far, those of the log-in too.
    pub requests: u64,
}

/// One TCP connection with one security context, made at the first request and made anew when it is
/// lost. Several clients share [`Settings`].
pub struct Client {
    settings: Arc<Settings>,
    link: Option<Open>,
    /// The last time that the server was heard, or asked.
    used: Instant,
}

struct Open {
    link: Link,
    context: Context,
    login: Duration,
}

/// What became of one attempt.
enum Tried {
    Done(Reply),
    /// Not processed by the server for certain; the reason.
    NotTaken(WireError),
    /// Failed, or perhaps processed.
    Failed(WireError),
}

impl Client {
    /// A client that is not connected yet.
    pub fn new(settings: Arc<Settings>) -> Client {
        Client {
            settings,
            link: None,
            used: Instant::now(),
        }
    }

    /// How the connection came about; `None` before the first request and after a failed one.
    pub fn facts(&self) -> Option<Facts> {
        let Open {
            link,
            context,
            login,
        } = self.link.as_ref()?;
        let (scheme, mechanism) = context.words();
        Some(Facts {
            address: self.settings.address(),
            peer: link.known.peer,
            tls_version: link.known.tls_version.clone(),
            certificate: link.known.certificate.as_deref().map(Certificate::read),
            scheme,
            mechanism,
            sealed: !self.settings.is_tls(),
            connect: link.known.took,
            login: *login,
            requests: link.requests,
        })
    }

    /// Sends an envelope and waits for the answer, at most `limit`. Connects and logs in before that
    /// when it has to.
    ///
    /// A connection that broke before the server can have taken the request is made anew, once and
    /// quietly; one that broke later is an error, since a request is never sent twice from here.
    /// Dropping the future closes the connection.
    pub async fn post(&mut self, body: Vec<u8>, limit: Duration) -> Result<Reply, WireError> {
        if self.settings.was_refused() {
            return Err(login::refused(
                &self.settings,
                "nothing, the password was refused before",
                &[],
            ));
        }
        let body = Bytes::from(body);
        // A firewall may have forgotten a connection that was silent: what is sent once only goes over
        // one that is known to be there.
        if self.used.elapsed() > FRESH {
            self.link = None;
        }
        self.used = Instant::now();
        let reused = self.link.is_some();
        match self.attempt(&body, limit).await {
            Tried::Done(reply) => return Ok(reply),
            // A fresh connection that fails at once would fail again.
            Tried::NotTaken(_) if reused => {}
            Tried::NotTaken(error) | Tried::Failed(error) => return Err(error),
        }
        match self.attempt(&body, limit).await {
            Tried::Done(reply) => Ok(reply),
            Tried::NotTaken(error) | Tried::Failed(error) => Err(error),
        }
    }

    async fn attempt(&mut self, body: &Bytes, limit: Duration) -> Tried {
        // Taken out, so that a future that is dropped in the middle leaves no half-read connection.
        let mut open = match self.link.take().filter(|open| open.link.is_open()) {
            Some(open) => open,
            None => match open(&self.settings, body, limit).await {
                Ok((open, None)) => open,
                Ok((open, Some(answer))) => return self.judge(open, answer),
                Err(error) => return Tried::Failed(error),
            },
        };
        let sent = match send(&self.settings, &mut open, body, limit).await {
            Ok(answer) => answer,
            Err(error) => {
                return match error {
                    WireError::Closed { sent: false, .. } => Tried::NotTaken(error),
                    _ => Tried::Failed(error),
                };
            }
        };
        self.judge(open, sent)
    }

    /// Opens an answer, and keeps the connection when it is good for more.
    fn judge(&mut self, mut open: Open, answer: Answer) -> Tried {
        let settings = &self.settings;
        if answer.status == 401 {
            let offered = super::challenge::names(&super::challenge::read(&answer.headers));
            return match &open.context {
                Context::Header { chosen, .. } => {
                    if settings.auth == Auth::Basic {
                        settings.set_refused();
                    }
                    Tried::Failed(login::refused(settings, chosen, &offered))
                }
                // The server says that it does not know this connection any more.
                // Who says so is not known: somebody in between may have passed the body on.
                Context::Mechanism(mechanism) => Tried::Failed(WireError::Closed {
                    address: settings.address(),
                    sent: true,
                    reason: format!(
                        "the server does not know the log-in by {} any more (HTTP 401)",
                        mechanism.chosen()
                    ),
                }),
            };
        }
        let content_type = answer.content_type().to_owned();
        let body = match &mut open.context {
            Context::Mechanism(mechanism) if !settings.is_tls() => {
                let is_sealed = content_type.to_ascii_lowercase().starts_with("multipart/");
                if answer.status >= 400 && !is_sealed {
                    // A number says what it says; a body that anybody may have written is not read.
                    return Tried::Failed(login::status(settings, answer.status));
                }
                match body::unseal(settings, &mut **mechanism, &answer) {
                    Ok(body) => body,
                    Err(error) => return Tried::Failed(error),
                }
            }
            // A page for people, from IIS or from something in between.
            _ if answer.status >= 400 && !is_soap(&content_type) => {
                return Tried::Failed(login::status(settings, answer.status));
            }
            _ => Vec::from(answer.body),
        };
        self.link = Some(open);
        self.used = Instant::now();
        Tried::Done(Reply {
            status: answer.status,
            body,
            content_type,
        })
    }
}

/// Connects and logs in; over TLS the body may go along, and its answer comes back.
async fn open(
    settings: &Settings,
    body: &Bytes,
    limit: Duration,
) -> Result<(Open, Option<Answer>), WireError> {
    let mut link = Link::open(settings).await?;
    let began = Instant::now();
    let (context, answer) = match login::log_in(settings, &mut link, body, limit).await {
        Ok(logged_in) => logged_in,
        Err(WireError::Closed { .. } | WireError::NotHttp { .. })
            if !settings.is_tls()
                && !settings.was_heard()
                && connect::speaks_tls(settings).await =>
        {
            return Err(WireError::SpeaksTls {
                address: settings.address(),
            });
        }
        Err(error) => return Err(error),
    };
    settings.set_heard();
    let open = Open {
        link,
        context,
        login: began.elapsed(),
    };
    Ok((open, answer))
}

fn is_soap(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/soap+xml")
}

/// Sends a body on a logged-in connection.
async fn send(
    settings: &Settings,
    open: &mut Open,
    body: &Bytes,
    limit: Duration,
) -> Result<Answer, WireError> {
    let (content_type, bytes) = match &mut open.context {
        Context::Mechanism(mechanism) if !settings.is_tls() => {
            let (kind, sealed) = body::seal(settings, &mut **mechanism, body)?;
            (kind, Bytes::from(sealed))
        }
        _ => (SOAP.to_owned(), body.clone()),
    };
    let header = open.context.header();
    open.link
        .send(settings, header, &content_type, bytes, Phase::Answer, limit)
        .await
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::*;

    fn movable<T: Send>(_: &T) {}

    #[test]
    fn a_request_may_wait_on_any_thread() {
        let settings = Settings::new(Scheme::Http, "fe01.kestrel.lan", 5985, "ops", None);
        let mut client = Client::new(Arc::new(settings));
        movable(&client);
        movable(&client.post(Vec::new(), Duration::from_secs(1)));
    }
}
