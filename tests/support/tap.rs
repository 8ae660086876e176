//! A man in the middle for tests: forwards HTTP requests to a server one by one, keeps what the client
//! sent, and can answer in the server's place, cut the client off or change the server below it.

// Each test binary uses another part of it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

#[derive(Default)]
struct State {
    requests: Vec<Vec<u8>>,
    answers: Vec<Vec<u8>>,
    clients: Vec<TcpStream>,
    drop_server: bool,
}

/// The man in the middle.
pub struct Tap {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Tap {
    /// Listens on 127.0.0.1 and forwards to that port of it; port 0 is nobody.
    pub fn before(server: u16) -> Tap {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let state = shared.clone();
                lock(&state).clients.push(client.try_clone().unwrap());
                std::thread::spawn(move || {
                    let end = client.try_clone().unwrap();
                    let _ = serve(client, server, &state);
                    let _ = end.shutdown(Shutdown::Both);
                });
            }
        });
        Tap { port, state }
    }

    /// A server that only gives these answers, one for each request.
    pub fn answering(answers: &[&str]) -> Tap {
        let tap = Tap::before(0);
        for answer in answers {
            tap.inject(answer.as_bytes());
        }
        tap
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The next request that nobody answered before gets this, and does not reach the server.
    pub fn inject(&self, answer: &[u8]) {
        lock(&self.state).answers.push(answer.to_vec());
    }

    /// Closes the connections of all clients.
    pub fn cut(&self) {
        for client in lock(&self.state).clients.drain(..) {
            let _ = client.shutdown(Shutdown::Both);
        }
    }

    /// The next request goes to the server on a new connection, which knows nothing of a log-in.
    pub fn drop_server(&self) {
        lock(&self.state).drop_server = true;
    }

    /// All requests since the last call, heads and bodies.
    pub fn requests(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut lock(&self.state).requests)
    }
}

/// How often a text stands in what was sent.
pub fn count(requests: &[Vec<u8>], text: &str) -> usize {
    requests
        .iter()
        .map(|r| {
            r.windows(text.len())
                .filter(|w| *w == text.as_bytes())
                .count()
        })
        .sum()
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap()
}

fn serve(mut client: TcpStream, server: u16, state: &Mutex<State>) -> io::Result<()> {
    let mut upstream: Option<TcpStream> = None;
    for _ in 0..100_000 {
        let request = message(&mut client)?;
        let injected = {
            let mut state = lock(state);
            state.requests.push(request.clone());
            if std::mem::take(&mut state.drop_server) {
                upstream = None;
            }
            (!state.answers.is_empty()).then(|| state.answers.remove(0))
        };
        let answer = match injected {
            Some(answer) => answer,
            None => {
                if upstream.is_none() {
                    upstream = Some(TcpStream::connect(("127.0.0.1", server))?);
                }
                let stream = upstream.as_mut().expect("connected");
                stream.write_all(&request)?;
                message(stream)?
            }
        };
        client.write_all(&answer)?;
    }
    Ok(())
}

/// One HTTP message with a Content-Length, or with no body.
fn message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut data = Vec::new();
    let mut byte = [0];
    while !data.ends_with(b"\r\n\r\n") && data.len() < 100_000 {
        stream.read_exact(&mut byte)?;
        data.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&data).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |n| n.trim().parse().expect("a number"));
    let at = data.len();
    data.resize(at + length, 0);
    stream.read_exact(&mut data[at..])?;
    Ok(data)
}
