//! One request and its answer on one connection.

use std::error::Error as _;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes};
use hyper::client::conn::http1;
use hyper::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, LOCATION, USER_AGENT,
};
use hyper::{HeaderMap, Method, Request};
use hyper_util::rt::TokioIo;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::connect::{self, Stream};
use super::error::{Phase, WireError};
use super::settings::Settings;

/// The longest answer that is taken; Windows sends 512 kB, with every limit raised 8 MB or so.
pub(super) const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// A body's kind when it is not sealed.
pub(super) const SOAP: &str = "application/soap+xml;charset=UTF-8";

/// An HTTP connection. Dropping it closes it.
pub(super) struct Link {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: AbortHandle,
    /// What is known of the stream below.
    pub known: Known,
    /// Requests sent on it.
    pub requests: u64,
}

/// What is known of a connection's stream.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub peer: std::net::SocketAddr,
    pub tls_version: Option<String>,
    pub certificate: Option<rustls::pki_types::CertificateDer<'static>>,
    pub took: Duration,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// An answer as it came.
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// `Content-Type`, empty when there is none.
    pub fn content_type(&self) -> &str {
        self.headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl Link {
    /// Connects.
    pub async fn open(settings: &Settings) -> Result<Link, WireError> {
        let began = std::time::Instant::now();
        let stream = connect::open(settings).await?;
        let Stream {
            io,
            peer,
            tls_version,
            certificate,
        } = stream;
        let (sender, connection) = http1::Builder::new()
            .handshake(TokioIo::new(io))
            .await
            .map_err(|e| broken(settings, &e, false))?;
        // The end of the connection is seen by whoever waits for an answer on it.
        let driver = tokio::spawn(async move {
            let _ = connection.await;
        })
        .abort_handle();
        Ok(Link {
            sender,
            driver,
            known: Known {
                peer,
                tls_version,
                certificate,
                took: began.elapsed(),
            },
            requests: 0,
        })
    }

    /// False when the server closed it meanwhile, as far as is known.
    pub fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Sends one request and waits for all of its answer.
    pub async fn send(
        &mut self,
        settings: &Settings,
        authorization: Option<HeaderValue>,
        content_type: &str,
        body: Bytes,
        phase: Phase,
        limit: Duration,
    ) -> Result<Answer, WireError> {
        let request = request(settings, authorization, content_type, body)?;
        self.requests += 1;
        match timeout(limit, self.exchange(settings, request)).await {
            Ok(answer) => answer,
            Err(_) => Err(WireError::TimedOut {
                address: settings.address(),
                phase,
                after: limit,
            }),
        }
    }

    async fn exchange(
        &mut self,
        settings: &Settings,
        request: Request<Full<Bytes>>,
    ) -> Result<Answer, WireError> {
        self.sender
            .ready()
            .await
            .map_err(|e| broken(settings, &e, false))?;
        let answer = match self.sender.try_send_request(request).await {
            Ok(answer) => answer,
            Err(mut e) => {
                // What comes back was never written.
                let sent = e.take_message().is_none();
                return Err(broken(settings, e.error(), sent));
            }
        };
        let (head, body) = answer.into_parts();
        let too_big = || WireError::TooBig {
            address: settings.address(),
            limit: LONGEST_ANSWER,
        };
        if body.size_hint().lower() > LONGEST_ANSWER as u64 {
            return Err(too_big());
        }
        let body = match Limited::new(body, LONGEST_ANSWER).collect().await {
            Ok(body) => body.to_bytes(),
            Err(e) if e.is::<LengthLimitError>() => return Err(too_big()),
            Err(e) => {
                return Err(WireError::Closed {
                    address: settings.address(),
                    sent: true,
                    reason: format!("the answer is cut off ({e})"),
                });
            }
        };
        let answer = Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        };
        if head.status.is_redirection() {
            let location = answer.headers.get(LOCATION);
            return Err(WireError::Redirect {
                address: settings.address(),
                status: answer.status,
                location: location
                    .map(|l| {
                        String::from_utf8_lossy(l.as_bytes())
                            .chars()
                            .take(200)
                            .collect()
                    })
                    .unwrap_or_default(),
            });
        }
        Ok(answer)
    }
}

/// A POST with the headers that WinRM looks at.
fn request(
    settings: &Settings,
    authorization: Option<HeaderValue>,
    content_type: &str,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, WireError> {
    let wrong = |e: hyper::http::Error| {
        WireError::Setup(format!(
            "{}{} cannot be asked for: {e}",
            settings.address(),
            settings.path
        ))
    };
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(settings.path.as_str())
        .header(HOST, settings.address())
        .header(USER_AGENT, settings.user_agent.as_str())
        // IIS compresses when it may, and a sealed body is not compressible.
        .header(ACCEPT_ENCODING, "identity")
        .header(CONTENT_TYPE, content_type);
    if let Some(authorization) = authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    request.body(Full::new(body)).map_err(wrong)
}

/// The end of a connection in our words.
fn broken(settings: &Settings, error: &hyper::Error, sent: bool) -> WireError {
    if let Some(tls) = connect::later_tls_error(settings, error) {
        return tls;
    }
    if error.is_parse() {
        return WireError::NotHttp {
            address: settings.address(),
            reason: error.to_string(),
        };
    }
    let mut reason = error.to_string();
    if let Some(cause) = error.source() {
        reason = format!("{reason}: {cause}");
    }
    WireError::Closed {
        address: settings.address(),
        sent,
        reason,
    }
}
