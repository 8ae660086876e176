//! Two connected sockets of this process.

use std::io;
use std::net::TcpStream;

/// Two sockets, each the other end of the other. libssh2 speaks to one of them as if a server were
/// there.
#[cfg(unix)]
pub(super) fn pair() -> io::Result<(TcpStream, TcpStream)> {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    let (one, other) = UnixStream::pair()?;
    // What is called a TCP stream here is a stream socket: peeking, which only that type has, reads
    // any.
    Ok((
        TcpStream::from(OwnedFd::from(one)),
        TcpStream::from(OwnedFd::from(other)),
    ))
}

/// Two sockets, each the other end of the other.
#[cfg(windows)]
pub(super) fn pair() -> io::Result<(TcpStream, TcpStream)> {
    over_loopback()
}

/// Windows has no socket pairs. Anybody on this machine can connect to a port of loopback: whoever
/// is not our own other end is turned away.
#[cfg(any(windows, test))]
fn over_loopback() -> io::Result<(TcpStream, TcpStream)> {
    use std::net::{Ipv4Addr, TcpListener};
    /// Strangers that are turned away before this is given up.
    const STRANGERS: usize = 16;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let near = TcpStream::connect(listener.local_addr()?)?;
    let own = near.local_addr()?;
    // The connection is in the listener's queue by now: accepting does not wait for anybody.
    for _ in 0..STRANGERS {
        let (far, from) = listener.accept()?;
        if from == own && far.peer_addr()? == own {
            near.set_nodelay(true)?;
            far.set_nodelay(true)?;
            return Ok((near, far));
        }
    }
    Err(io::Error::other(
        "other programs keep connecting to csdeck's own socket",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn talk(ends: (TcpStream, TcpStream)) {
        let (mut near, mut far) = ends;
        near.write_all(b"there").unwrap();
        near.shutdown(std::net::Shutdown::Write).unwrap();
        let mut said = String::new();
        far.read_to_string(&mut said).unwrap();
        assert_eq!(said, "there");
        far.write_all(b"back").unwrap();
        let mut first = [0];
        assert_eq!(near.peek(&mut first).unwrap(), 1);
        drop(far);
        said.clear();
        near.read_to_string(&mut said).unwrap();
        assert_eq!(said, "back");
    }

    #[test]
    fn both_kinds_of_pairs_talk_and_end() {
        talk(pair().unwrap());
        talk(over_loopback().unwrap());
    }
}
