//! From a name to a TCP connection, within the time there is.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::plan::Plan;
use crate::execute::transport::TransportError;

/// Tries every address of the name; they share what is left of the phase's time.
pub(super) fn reach(plan: &Plan, began: Instant) -> Result<TcpStream, TransportError> {
    let limit = plan.limits.connect;
    let addresses = resolve(plan, limit)?;
    let mut failure = None;
    for (tried, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = limit.saturating_sub(began.elapsed()) / left;
        match TcpStream::connect_timeout(address, share.max(Duration::from_millis(1))) {
            Ok(stream) => {
                return stream
                    .set_nodelay(true)
                    .map(|()| stream)
                    .map_err(|e| plan.unreachable(e.to_string()));
            }
            // A refusal says more than silence.
            Err(e) if e.kind() == io::ErrorKind::TimedOut => {
                failure.get_or_insert_with(|| plan.timed_out("connect", limit));
            }
            Err(e) => failure = Some(plan.unreachable(e.to_string())),
        }
    }
    Err(failure.unwrap_or_else(|| plan.unreachable("the name has no address")))
}

/// The addresses of the name. The system's resolver knows no time-out, so a thread waits for it; one
/// that comes too late answers nobody.
fn resolve(plan: &Plan, limit: Duration) -> Result<Vec<SocketAddr>, TransportError> {
    let (answer, answered) = channel();
    let (host, port) = (plan.host.clone(), plan.port);
    std::thread::Builder::new()
        .name("resolve".into())
        .spawn(move || {
            let found = (host.as_str(), port).to_socket_addrs();
            let _ = answer.send(found.map(Iterator::collect));
        })
        .map_err(|e| TransportError::Setup(format!("cannot start a thread: {e}")))?;
    match answered.recv_timeout(limit) {
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(e)) => Err(plan.unreachable(format!("the name cannot be resolved ({e})"))),
        Err(RecvTimeoutError::Timeout) => {
            Err(plan.unreachable("the name servers did not answer in time"))
        }
        Err(RecvTimeoutError::Disconnected) => Err(plan.unreachable("the name cannot be resolved")),
    }
}
