//! The way through a jump: a channel of the jump's session (direct-tcpip, RFC 4254 7.2) is pumped to
//! a socket, on which the session with the next server runs.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use ssh2::{BlockDirections, Channel};

use super::connect::{Connection, is_broken, is_time_out, number};
use super::pair::pair;
use super::plan::{Plan, Told};
use crate::execute::transport::TransportError;

/// How long sending one piece to the jump may take before it counts as gone.
const SEND_LIMIT: Duration = Duration::from_secs(15);

/// How long one side may take to end after the other did.
const LINGER: Duration = Duration::from_secs(2);

/// The longest sleep without anything to do.
const SLEEP: Duration = Duration::from_secs(30);

/// Bytes moved at a time.
const SIZE: usize = 32 << 10;

/// Connects to the plan's server through its jump. The jump's connection lives as long as the socket
/// that is returned.
pub(super) fn open(
    plan: &Plan,
    jump: &Arc<Plan>,
    outer: Connection,
) -> Result<TcpStream, TransportError> {
    let limit = plan.limits.connect;
    let opened = outer.blocking(limit, || {
        outer
            .session
            .channel_direct_tcpip(&plan.host, plan.port, None)
    });
    let channel = opened.map_err(|e| match number(&e) {
        n if is_time_out(n) => plan.timed_out("connect", limit),
        n if is_broken(n) => jump.unreachable(format!("it hung up ({})", e.message())),
        _ => plan.unreachable(format!(
            "{} cannot connect to it ({}). It has to resolve the name, reach the port, and allow forwarding (AllowTcpForwarding)",
            jump.name,
            e.message()
        )),
    });
    let channel = match channel {
        Ok(channel) => channel,
        Err(why) => {
            outer.end();
            return Err(why);
        }
    };
    let local = |e: io::Error| TransportError::Setup(format!("no socket for the jump: {e}"));
    let (near, far) = pair().map_err(local)?;
    far.set_nonblocking(true).map_err(local)?;
    let pump = Pump {
        outer,
        channel,
        local: far,
        up: Pipe::default(),
        down: Pipe::default(),
        since: None,
    };
    let (jump, told) = (Arc::clone(jump), Arc::clone(&plan.told));
    std::thread::Builder::new()
        .name(format!("jump {}", jump.name))
        .spawn(move || pump.run(&jump, &told))
        .map_err(local)?;
    Ok(near)
}

/// What is on its way in one direction.
#[derive(Default)]
struct Pipe {
    held: Vec<u8>,
    /// Nothing more comes in.
    ended: bool,
    /// The end was passed on.
    closed: bool,
}

struct Pump {
    outer: Connection,
    channel: Channel,
    local: TcpStream,
    /// From this side's session to the server.
    up: Pipe,
    down: Pipe,
    /// When the first of the two directions ended.
    since: Option<Instant>,
}

impl Pump {
    fn run(mut self, jump: &Plan, told: &Told) {
        let reason = loop {
            match self.turn() {
                Err(why) => break Some(why),
                Ok(_) if self.is_over() => break None,
                Ok(true) => {}
                Ok(false) => self.sleep(),
            }
        };
        if let Some(why) = reason {
            // Told before the socket is closed: whoever finds it closed asks why.
            let why = jump.why(why);
            told.set_broken(Some(format!("{} broke: {why}", jump.address)));
        }
        let _ = self.local.shutdown(Shutdown::Both);
        self.outer.end();
    }

    fn is_over(&self) -> bool {
        (self.up.closed && self.down.closed)
            || self.since.is_some_and(|since| since.elapsed() > LINGER)
    }

    /// Moves what can be moved; true when there may be more. The channel is read first: what
    /// libssh2 could not send to the end it goes on sending then, and nothing else may be sent
    /// before.
    fn turn(&mut self) -> Result<bool, String> {
        let mut moved = self.read_channel()?;
        moved |= self.write_local();
        moved |= self.read_local();
        if !self.is_stuck_sending() {
            moved |= self.write_channel()?;
        }
        if self.since.is_none() && (self.up.ended || self.down.ended) {
            self.since = Some(Instant::now());
        }
        Ok(moved)
    }

    fn is_stuck_sending(&self) -> bool {
        matches!(
            self.outer.session.block_directions(),
            BlockDirections::Outbound | BlockDirections::Both
        )
    }

    fn read_channel(&mut self) -> Result<bool, String> {
        if self.down.ended || !self.down.held.is_empty() {
            return Ok(false);
        }
        self.down.held.resize(SIZE, 0);
        let read = self.channel.read(&mut self.down.held);
        self.down.held.truncate(*read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => self.down.ended = self.channel.eof(),
            Ok(_) => return Ok(true),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            Err(e) => return Err(e.to_string()),
        }
        Ok(self.down.ended)
    }

    fn write_local(&mut self) -> bool {
        if !self.down.held.is_empty() {
            match self.local.write(&self.down.held) {
                Ok(count) => {
                    self.down.held.drain(..count);
                    return true;
                }
                Err(e) if again(&e) => return false,
                // Our own session is gone: what comes for it is of no use.
                Err(_) => {
                    self.down.held.clear();
                    (self.down.ended, self.up.ended) = (true, true);
                }
            }
        }
        if self.down.ended && !self.down.closed {
            let _ = self.local.shutdown(Shutdown::Write);
            self.down.closed = true;
            return true;
        }
        false
    }

    fn read_local(&mut self) -> bool {
        if self.up.ended || !self.up.held.is_empty() {
            return false;
        }
        self.up.held.resize(SIZE, 0);
        let read = self.local.read(&mut self.up.held);
        self.up.held.truncate(*read.as_ref().unwrap_or(&0));
        match read {
            Err(e) if again(&e) => return false,
            Ok(0) | Err(_) => self.up.ended = true,
            Ok(_) => {}
        }
        true
    }

    fn write_channel(&mut self) -> Result<bool, String> {
        let channel = &mut self.channel;
        if !self.up.held.is_empty() {
            let window = channel.write_window().remaining as usize;
            let piece = &self.up.held[..self.up.held.len().min(window)];
            if piece.is_empty() {
                return Ok(false);
            }
            let sent = self.outer.blocking(SEND_LIMIT, || channel.write(piece));
            let count = sent.map_err(|e| e.to_string())?;
            self.up.held.drain(..count);
            return Ok(true);
        }
        if self.up.ended && !self.up.closed {
            self.up.closed = true;
            // A server that has closed the channel takes no end any more.
            let _ = self.outer.blocking(LINGER, || channel.send_eof());
            return Ok(true);
        }
        Ok(false)
    }

    /// Sleeps until one of the sockets has something, or takes something that waits.
    fn sleep(&self) {
        // After its end the jump has nothing more to say.
        let mut from_jump = match self.down.ended {
            true => PollFlags::empty(),
            false => PollFlags::IN,
        };
        if self.is_stuck_sending() {
            from_jump |= PollFlags::OUT;
        }
        let mut here = PollFlags::empty();
        if !self.up.ended && self.up.held.is_empty() {
            here |= PollFlags::IN;
        }
        if !self.down.held.is_empty() {
            here |= PollFlags::OUT;
            // Nothing is read from the jump before this is gone.
            from_jump -= PollFlags::IN;
        }
        let longest = match self.since {
            Some(since) => LINGER.saturating_sub(since.elapsed()) + Duration::from_millis(10),
            None => SLEEP,
        };
        let longest = Timespec::try_from(longest).ok();
        // A socket of which nothing is wanted would still report its end, again and again.
        let mut sockets: Vec<PollFd<'_>> = [(self.outer.socket(), from_jump), (&self.local, here)]
            .into_iter()
            .filter(|(_, flags)| !flags.is_empty())
            .map(|(socket, flags)| PollFd::new(socket, flags))
            .collect();
        if sockets.is_empty() {
            std::thread::sleep(Duration::from_millis(10));
            return;
        }
        // Interrupted or not, the next turn looks.
        let _ = poll(&mut sockets, longest.as_ref());
    }
}

fn again(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
