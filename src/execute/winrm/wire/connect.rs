//! From a name to a stream of bytes: TCP, then TLS.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{AlertDescription, CertificateError, OtherError};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::error::{Phase, Unreached, WireError};
use super::settings::Settings;
use super::tls_fault::{TlsFault, TlsWhy};
use super::trust::{self, Refusal};

/// A stream to the server, and what is known of it.
pub(super) struct Stream {
    pub io: Io,
    /// Where it goes.
    pub peer: SocketAddr,
    /// `TLSv1.3`, ...; `None` without TLS.
    pub tls_version: Option<String>,
    /// The server's certificate in DER.
    pub certificate: Option<CertificateDer<'static>>,
}

/// With TLS or without.
pub(super) enum Io {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects within `connect_timeout`.
pub(super) async fn open(settings: &Settings) -> Result<Stream, WireError> {
    let deadline = Instant::now() + settings.connect_timeout;
    let tls = match settings.is_tls() {
        true => match timeout_at(deadline, settings.tls_config()).await {
            Ok(made) => Some(made?),
            Err(_) => {
                return Err(WireError::Setup(format!(
                    "the certificates that are to be believed could not be read within {} s",
                    settings.connect_timeout.as_secs_f64()
                )));
            }
        },
        false => None,
    };
    let stream = reach(settings, deadline).await?;
    let lost = |e: &io::Error| unreachable(settings, e);
    let peer = stream.peer_addr().map_err(|e| lost(&e))?;
    // A request is one write or two; the second must not wait for the first one's receipt.
    stream.set_nodelay(true).map_err(|e| lost(&e))?;
    let Some(config) = tls else {
        return Ok(Stream {
            io: Io::Plain(stream),
            peer,
            tls_version: None,
            certificate: None,
        });
    };
    let name = ServerName::try_from(settings.host.clone()).map_err(|_| {
        WireError::Setup(format!(
            "{:?} is no name that a certificate can have",
            settings.host
        ))
    })?;
    let stream = match timeout_at(deadline, TlsConnector::from(config).connect(name, stream)).await
    {
        Ok(Ok(stream)) => stream,
        Ok(Err(e)) => return Err(tls_error(settings, &e)),
        Err(_) => {
            return Err(WireError::TimedOut {
                address: settings.address(),
                phase: Phase::Handshake,
                after: settings.connect_timeout,
            });
        }
    };
    let (_, session) = stream.get_ref();
    let tls_version = session
        .protocol_version()
        .and_then(|v| v.as_str())
        .map(|v| v.replace("TLSv1_", "TLS 1."));
    let certificate = session
        .peer_certificates()
        .and_then(|chain| chain.first())
        .map(|certificate| certificate.clone().into_owned());
    Ok(Stream {
        tls_version,
        certificate,
        peer,
        io: Io::Tls(Box::new(stream)),
    })
}

/// Tries every address of the name; they share what is left of the time.
async fn reach(settings: &Settings, deadline: Instant) -> Result<TcpStream, WireError> {
    let timed_out = || WireError::TimedOut {
        address: settings.address(),
        phase: Phase::Connect,
        after: settings.connect_timeout,
    };
    let no_name = |reason: String| WireError::Unreachable {
        address: settings.address(),
        reason,
        kind: Unreached::Name,
    };
    let asked = lookup_host((settings.host.as_str(), settings.port));
    let addresses: Vec<SocketAddr> = match timeout_at(deadline, asked).await {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(e)) => return Err(no_name(format!("the name cannot be resolved ({e})"))),
        Err(_) => {
            return Err(no_name(
                "the name servers did not answer in time".to_owned(),
            ));
        }
    };
    let mut failure = None;
    for (tried, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = deadline.saturating_duration_since(Instant::now()) / left;
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            // A refusal says more than silence.
            Ok(Err(e)) => failure = Some(unreachable(settings, &e)),
            Err(_) => {
                failure.get_or_insert_with(timed_out);
            }
        }
    }
    Err(failure.unwrap_or_else(|| no_name("the name has no address".to_owned())))
}

/// How long a port may take to show that it speaks TLS.
const LOOK: Duration = Duration::from_secs(3);

/// True when the port of settings without TLS speaks TLS. Nobody is believed and nothing is sent but
/// the beginning of a handshake.
pub(super) async fn speaks_tls(settings: &Settings) -> bool {
    let Ok(name) = ServerName::try_from(settings.host.clone()) else {
        return false;
    };
    let Ok(connector) = trust::nobody().map(TlsConnector::from) else {
        return false;
    };
    let hello = async {
        let stream = reach(settings, Instant::now() + LOOK).await.ok()?;
        connector.connect(name, stream).await.err()
    };
    let Ok(Some(refused)) = timeout(LOOK, hello).await else {
        return false;
    };
    // A certificate, an alert, a version: each is a sentence of TLS.
    matches!(
        inner(&refused),
        Some(
            rustls::Error::InvalidCertificate(_)
                | rustls::Error::AlertReceived(_)
                | rustls::Error::PeerIncompatible(_)
        )
    )
}

fn unreachable(settings: &Settings, error: &io::Error) -> WireError {
    WireError::Unreachable {
        address: settings.address(),
        reason: error.to_string(),
        kind: match error.kind() {
            io::ErrorKind::ConnectionRefused => Unreached::Refused,
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                Unreached::NoRoute
            }
            _ => Unreached::Other,
        },
    }
}

/// What went wrong in TLS, from the error that came out of the stream.
fn tls_error(settings: &Settings, error: &io::Error) -> WireError {
    let fault = match inner(error) {
        Some(error) => tls_fault(settings, error),
        None => TlsFault {
            address: settings.address(),
            certificate: None,
            why: TlsWhy::Ended(error.to_string()),
        },
    };
    WireError::Tls(Box::new(fault))
}

/// The same of an error that came while HTTP was spoken: a server of TLS 1.3 refuses a client's
/// certificate only then. `None` when TLS is not the reason.
pub(super) fn later_tls_error(
    settings: &Settings,
    error: &(dyn std::error::Error + 'static),
) -> Option<WireError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<io::Error>().and_then(inner) {
            return Some(WireError::Tls(Box::new(tls_fault(settings, found))));
        }
        next = error.source();
    }
    None
}

fn inner(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref::<rustls::Error>()
}

fn tls_fault(settings: &Settings, error: &rustls::Error) -> TlsFault {
    let mut certificate = None;
    let why = match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(other))) => {
            match other.downcast_ref::<Refusal>() {
                Some(refusal) => {
                    certificate = Some(refusal.certificate.clone());
                    refusal.why.clone()
                }
                None => TlsWhy::BadCertificate(other.to_string()),
            }
        }
        rustls::Error::InvalidMessage(_) => TlsWhy::NotTls,
        rustls::Error::PeerIncompatible(_) => TlsWhy::NothingInCommon,
        rustls::Error::AlertReceived(alert) => match alert {
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity => TlsWhy::NothingInCommon,
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRequired
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied => {
                TlsWhy::ClientCertificate(format!("alert {alert:?}"))
            }
            other => TlsWhy::Other(format!("it ended with the alert {other:?}")),
        },
        other => TlsWhy::Other(other.to_string()),
    };
    TlsFault {
        address: settings.address(),
        certificate,
        why,
    }
}

impl AsyncRead for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Io::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Io::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Io {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Io::Plain(stream) => Pin::new(stream).poll_write(cx, buffer),
            Io::Tls(stream) => Pin::new(stream).poll_write(cx, buffer),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Io::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, buffers),
            Io::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, buffers),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Io::Plain(stream) => stream.is_write_vectored(),
            Io::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Io::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Io::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Io::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Io::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
