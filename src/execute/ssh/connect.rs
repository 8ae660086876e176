//! From a name to a session that is logged in: the way there, handshake, host key, log-in.

use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ssh2::{ErrorCode, MethodType, Session};

use super::known_hosts::{self, KnownHosts, Verdict};
use super::plan::Plan;
use super::{login, reach, tunnel};
use crate::execute::transport::{Arrival, HostKey, TransportError};

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
        plan.told.set_broken(None);
        plan.told.set_arrived(None);
        let (stream, began) = match &plan.jump {
            None => {
                let began = Instant::now();
                (reach::reach(plan, began)?, began)
            }
            Some(jump) => {
                let outer = Connection::open(jump, unwanted)?;
                still_wanted()?;
                let began = Instant::now();
                (tunnel::open(plan, jump, outer)?, began)
            }
        };
        still_wanted()?;
        let local = |e: io::Error| plan.unreachable(e.to_string());
        let socket = stream.try_clone().map_err(local)?;
        // Only `wait` reads in blocking mode; libssh2 switches the socket to non-blocking.
        socket.set_read_timeout(Some(POLL)).map_err(local)?;

        let known = KnownHosts::load(&plan.known_hosts, &plan.pattern).map_err(|e| {
            TransportError::Setup(format!("cannot read {}: {e}", plan.known_hosts.display()))
        })?;
        let session = shake_hands(plan, stream, &known, began)?;
        let connection = Connection { session, socket };
        let (key_type, fingerprint) = check_host_key(plan, &connection.session, &known)?;
        still_wanted()?;
        let connect = began.elapsed();
        let entry = login::log_in(plan, &connection, unwanted)?;
        connection.session.set_blocking(false);
        plan.told.set_arrived(Some(Arrival {
            address: plan.address.clone(),
            user: plan.user.clone(),
            method: entry.method,
            key_type,
            fingerprint,
            connect,
            login: entry.took,
        }));
        Ok(connection)
    }

    /// The socket, to wait on beside others.
    pub fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// Breaks the connection without another word to the server.
    pub fn cut(&self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
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
        self.cut();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Whatever libssh2 frees after this must not wait for the server; and a jump on the way
        // sees that nobody needs it any more.
        self.cut();
    }
}

/// For libssh2, to which 0 means no limit.
pub(super) fn milliseconds(limit: Duration) -> u32 {
    u32::try_from(limit.as_millis()).unwrap_or(u32::MAX).max(1)
}

fn shake_hands(
    plan: &Plan,
    stream: TcpStream,
    known: &KnownHosts,
    began: Instant,
) -> Result<Session, TransportError> {
    let library =
        |e: ssh2::Error| TransportError::Setup(format!("libssh2 does not start: {}", e.message()));
    let mut session = Session::new().map_err(library)?;
    session
        .method_pref(MethodType::HostKey, &host_key_methods(known))
        .map_err(library)?;
    session.set_tcp_stream(stream);
    let limit = plan.limits.connect;
    session.set_timeout(milliseconds(limit.saturating_sub(began.elapsed())));
    session.handshake().map_err(|e| {
        if is_time_out(number(&e)) {
            plan.timed_out("handshake", limit)
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

/// Type and fingerprint of the server's key, when it is the one that is known.
fn check_host_key(
    plan: &Plan,
    session: &Session,
    known: &KnownHosts,
) -> Result<(String, String), TransportError> {
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
        Verdict::Known => {
            let key = key();
            Ok((key.key_type, key.fingerprint))
        }
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
