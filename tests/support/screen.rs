//! csdeck in a pseudo-terminal, seen through a terminal emulator.

use std::io::{Read, Write};
use std::num::NonZero;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::csdeck::Csdeck;
use super::process::eventually;

/// A running console and its screen.
pub struct Screen {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    parser: Arc<Mutex<vt100::Parser>>,
    #[allow(dead_code, reason = "one test looks at it")]
    printed: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

impl Screen {
    /// Starts the console with these additions to its environment.
    pub fn start(csdeck: &Csdeck, columns: u16, rows: u16, env: &[(&str, &str)]) -> Screen {
        Screen::run(csdeck, columns, rows, env, &[])
    }

    /// Starts a command on the terminal, or without arguments the console.
    pub fn run(
        csdeck: &Csdeck,
        columns: u16,
        rows: u16,
        env: &[(&str, &str)],
        args: &[&str],
    ) -> Screen {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_csdeck"));
        command.args(args);
        command.env("CSDECK_CONFIG_DIR", csdeck.config());
        command.env("CSDECK_DATA_DIR", csdeck.data());
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        command.env_remove("RUST_BACKTRACE");
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = Arc::new(Mutex::new(vt100::Parser::new(
            cells(rows),
            cells(columns),
            0,
        )));
        let mut output = pair.master.try_clone_reader().unwrap();
        let seen = Arc::clone(&parser);
        let printed = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&printed);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                seen.lock().unwrap().process(&buffer[..read]);
                kept.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Screen {
            master: pair.master,
            writer,
            child,
            parser,
            printed,
            reader: Some(reader),
        }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Every byte that was written to the terminal so far, what it echoed included.
    #[allow(dead_code, reason = "one test looks at it")]
    pub fn printed(&self) -> Vec<u8> {
        self.printed.lock().unwrap().clone()
    }

    /// The number of its process.
    #[allow(dead_code, reason = "one test looks at it")]
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// What is on the screen, row by row.
    pub fn text(&self) -> String {
        self.parser.lock().unwrap().screen().contents()
    }

    /// Waits until the text is on the screen; rows are joined by blanks, so that a wrapped text
    /// is found too.
    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        let found = || {
            let screen = self.text();
            let flat: Vec<&str> = screen
                .split(['\n', '│', '┌', '┐', '└', '┘', '─'])
                .flat_map(str::split_whitespace)
                .collect();
            let wanted: Vec<&str> = text.split_whitespace().collect();
            (screen.contains(text) || flat.join(" ").contains(&wanted.join(" "))).then_some(())
        };
        eventually(&format!("{text:?} on the screen:\n{}", self.text()), found);
    }

    /// Waits until the text is on the screen, cut into rows at any character.
    #[track_caller]
    pub fn wait_for_joined(&self, text: &str) {
        let squeezed = |t: &str| -> String {
            t.chars()
                .filter(|c| !c.is_whitespace() && *c != '│')
                .collect()
        };
        eventually(&format!("{text:?} on the screen"), || {
            squeezed(&self.text())
                .contains(&squeezed(text))
                .then_some(())
        });
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.parser
            .lock()
            .unwrap()
            .screen_mut()
            .set_size(cells(rows), cells(columns));
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// True while the program has the alternate screen, a hidden cursor, or bracketed paste.
    pub fn is_taken(&self) -> bool {
        let parser = self.parser.lock().unwrap();
        let screen = parser.screen();
        screen.alternate_screen() || screen.hide_cursor() || screen.bracketed_paste()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        let status = Command::new("kill")
            .args(["-s", name, &pid])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the end; everything it wrote is then on the screen.
    #[track_caller]
    pub fn end(&mut self) -> i32 {
        let child = &mut self.child;
        let status = eventually("csdeck ends", || child.try_wait().unwrap());
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        i32::try_from(status.exit_code()).unwrap()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
