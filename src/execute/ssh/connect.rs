//! From a name to a session that is logged in: TCP, handshake, host key, log-in.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ssh2::{ErrorCode, MethodType, Session};

use super::known_hosts::{self, KnownHosts, Verdict};
use super::login;
use super::plan::Plan;
use crate::execute::transport::{HostKey, TransportError};

/// The host key algorithms asked for, best first. No certificates: known_hosts judges plain keys.
/// libssh2 drops those it was built without.
const HOST_KEY_METHODS: [&str; 7] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
];

/// Longest wait of one [`Connection::wait`]: how late a cancel or a new run may be noticed.
pub(super) const POLL: Duration = Duration::from_millis(50);

/// libssh2's codes that are told apart (libssh2.h).
pub(super) mod code {
    pub const SOCKET_SEND: i32 = -7;
    pub const TIMEOUT: i32 = -9;
    pub const SOCKET_DISCONNECT: i32 = -13;
    pub const AUTHENTICATION_FAILED: i32 = -18;
    pub const PUBLICKEY_UNVERIFIED: i32 = -19;
    pub const CHANNEL_FAILURE: i32 = -21;
    pub const CHANNEL_REQUEST_DENIED: i32 = -22;
    pub const CHANNEL_CLOSED: i32 = -26;
    pub const CHANNEL_EOF_SENT: i32 = -27;
    pub const SOCKET_TIMEOUT: i32 = -30;
    pub const EAGAIN: i32 = -37;
    pub const SOCKET_RECV: i32 = -43;
}

/// libssh2's number of an error.
pub(super) fn number(error: &ssh2::Error) -> i32 {
    match error.code() {
        ErrorCode::Session(number) => number,
        ErrorCode::SFTP(_) => 0,
    }
}

/// True when libssh2 gave up waiting.
pub(super) fn is_time_out(number: i32) -> bool {
    matches!(number, code::TIMEOUT | code::SOCKET_TIMEOUT)
}

/// True when the connection is gone.
pub(super) fn is_broken(number: i32) -> bool {
    matches!(
        number,
        code::SOCKET_SEND | code::SOCKET_RECV | code::SOCKET_DISCONNECT
    )
}

/// What waiting for the server brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// There is something to read.
    Something,
    /// The time is over.
    Nothing,
    /// The server closed the connection.
    End,
}

/// A logged-in session. Non-blocking, except inside [`Connection::blocking`].
pub(super) struct Connection {
    pub session: Session,
    /// A second handle to the session's socket, to wait on: libssh2 can wait for one channel
    /// only, and this thread serves several and its own commands.
    socket: TcpStream,
}

impl Connection {
    /// Connects and logs in. `unwanted` is asked between the phases; when it says so the rest is
    /// left out and the result is [`TransportError::Cancelled`].
    pub fn open(plan: &Plan, unwanted: &dyn Fn() -> bool) -> Result<Connection, TransportError> {
        let still_wanted = || {
            if unwanted() {
                Err(TransportError::Cancelled)
            } else {
                Ok(())
            }
        };
        let stream = reach(plan)?;
        still_wanted()?;
        let local = |e: io::Error| plan.unreachable(e.to_string());
        stream.set_nodelay(true).map_err(local)?;
        let socket = stream.try_clone().map_err(local)?;
        // Only `wait` reads in blocking mode; libssh2 switches the socket to non-blocking.
        socket.set_read_timeout(Some(POLL)).map_err(local)?;

        let known = KnownHosts::load(&plan.known_hosts, &plan.pattern).map_err(|e| {
            TransportError::Setup(format!("cannot read {}: {e}", plan.known_hosts.display()))
        })?;
        let session = shake_hands(plan, stream, &known)?;
        check_host_key(plan, &session, &known)?;
        still_wanted()?;
        login::log_in(plan, &session, unwanted)?;
        session.set_blocking(false);
        Ok(Connection { session, socket })
    }

    /// Waits until the server says something, [`POLL`] at the longest.
    pub fn wait(&self) -> Heard {
        if self.socket.set_nonblocking(false).is_err() {
            return Heard::End;
        }
        let heard = self.peek();
        if self.socket.set_nonblocking(true).is_err() {
            Heard::End
        } else {
            heard
        }
    }

    /// True when the server is known to have closed the connection; costs no round trip, so a
    /// connection that broke silently is not noticed here.
    pub fn is_closed(&self) -> bool {
        self.peek() == Heard::End
    }

    fn peek(&self) -> Heard {
        match self.socket.peek(&mut [0]) {
            Ok(0) => Heard::End,
            Ok(_) => Heard::Something,
            Err(e) => match e.kind() {
                io::ErrorKind::WouldBlock
                | io::ErrorKind::TimedOut
                | io::ErrorKind::Interrupted => Heard::Nothing,
                _ => Heard::End,
            },
        }
    }

    /// Does one thing that sends, blocking, `limit` at the longest. Sending never runs
    /// half-finished while another channel sends: libssh2 could not take that.
    pub fn blocking<T>(&self, limit: Duration, act: impl FnOnce() -> T) -> T {
        self.session.set_timeout(milliseconds(limit));
        self.session.set_blocking(true);
        let result = act();
        self.session.set_blocking(false);
        result
    }

    /// Sends a keepalive; false when the connection does not take it. libssh2's own timer stays
    /// off: while it is on, every blocking call gives up when the next keepalive is due.
    pub fn keep_alive(&self, want_reply: bool) -> bool {
        self.session.set_keepalive(want_reply, 2);
        let sent = self.session.keepalive_send();
        self.session.set_keepalive(false, 0);
        sent.is_ok()
    }

    /// Says good-bye, as far as the server still listens.
    pub fn end(&self) {
        let _ = self.blocking(Duration::from_millis(500), || {
            self.session.disconnect(None, "csdeck is done here", None)
        });
        // Whatever is freed after this must not wait for the server.
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
    }
}

/// For libssh2, to which 0 means no limit.
pub(super) fn milliseconds(limit: Duration) -> u32 {
    u32::try_from(limit.as_millis()).unwrap_or(u32::MAX).max(1)
}

/// Tries every address of the name; they share the phase's time.
fn reach(plan: &Plan) -> Result<TcpStream, TransportError> {
    let limit = plan.limits.connect;
    let began = Instant::now();
    let addresses: Vec<SocketAddr> = (plan.host.as_str(), plan.port)
        .to_socket_addrs()
        .map_err(|e| plan.unreachable(format!("the name cannot be resolved ({e})")))?
        .collect();
    let mut failure = None;
    for (tried, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = limit.saturating_sub(began.elapsed()) / left;
        match TcpStream::connect_timeout(address, share.max(Duration::from_millis(1))) {
            Ok(stream) => return Ok(stream),
            // A refusal says more than silence.
            Err(e) if e.kind() == io::ErrorKind::TimedOut => {
                failure.get_or_insert_with(|| plan.timed_out("connect", limit));
            }
            Err(e) => failure = Some(plan.unreachable(e.to_string())),
        }
    }
    Err(failure.unwrap_or_else(|| plan.unreachable("the name has no address")))
}

fn shake_hands(
    plan: &Plan,
    stream: TcpStream,
    known: &KnownHosts,
) -> Result<Session, TransportError> {
    let library =
        |e: ssh2::Error| TransportError::Setup(format!("libssh2 does not start: {}", e.message()));
    let mut session = Session::new().map_err(library)?;
    session
        .method_pref(MethodType::HostKey, &host_key_methods(known))
        .map_err(library)?;
    session.set_tcp_stream(stream);
    session.set_timeout(milliseconds(plan.limits.handshake));
    session.handshake().map_err(|e| {
        if is_time_out(number(&e)) {
            plan.timed_out("handshake", plan.limits.handshake)
        } else {
            plan.unreachable(format!("the SSH handshake failed ({})", e.message()))
        }
    })?;
    Ok(session)
}

/// The types the known_hosts file has for the host first, then the others.
fn host_key_methods(known: &KnownHosts) -> String {
    let types = known.key_types();
    let is_known = |method: &&str| match *method {
        "rsa-sha2-512" | "rsa-sha2-256" => types.contains(&"ssh-rsa"),
        method => types.contains(&method),
    };
    let (mut methods, others): (Vec<&str>, Vec<&str>) =
        HOST_KEY_METHODS.iter().partition(|m| is_known(m));
    methods.extend(others);
    methods.join(",")
}

fn check_host_key(
    plan: &Plan,
    session: &Session,
    known: &KnownHosts,
) -> Result<(), TransportError> {
    let (blob, _) = session
        .host_key()
        .ok_or_else(|| plan.unreachable("the server sent no host key"))?;
    let key = || {
        Box::new(HostKey {
            address: plan.address.clone(),
            pattern: plan.pattern.clone(),
            key_type: known_hosts::key_type(blob).unwrap_or("unknown").to_owned(),
            fingerprint: known_hosts::fingerprint(blob),
            key_base64: STANDARD.encode(blob),
            known_hosts: plan.known_hosts.clone(),
        })
    };
    match known.judge(blob) {
        Verdict::Known => Ok(()),
        Verdict::Unknown => Err(TransportError::HostKeyUnknown(key())),
        Verdict::Changed => Err(TransportError::HostKeyChanged(key())),
        Verdict::Revoked => Err(TransportError::HostKeyRevoked(key())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_types_are_asked_for_first() {
        let rsa = "fe01 ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAA==";
        let known = KnownHosts::parse(rsa, "fe01");
        assert!(
            host_key_methods(&known).starts_with("rsa-sha2-512,rsa-sha2-256,ssh-rsa,ssh-ed25519,")
        );
        let unknown = KnownHosts::parse("", "fe01");
        assert_eq!(host_key_methods(&unknown), HOST_KEY_METHODS.join(","));
    }
}
