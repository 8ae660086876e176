//! Commands over WinRM beside pypsrp and pywinrm, against the tests' server:
//! `CSDECK_TEST_LAB_PYTHON=... CSDECK_BENCH_PYTHON=... cargo bench --bench winrm`.
//!
//! The server is Python and does most of the waiting, for all clients alike: look at the client's own
//! CPU time and at the number of requests first. The first command of each way is not counted; it logs
//! in and opens the session. CSDECK_BENCH_PYTHON is a Python with benches/winrm-requirements.txt;
//! without it csdeck is measured alone, and the output says so.

#![allow(missing_docs, clippy::expect_used, clippy::panic)]

#[cfg(target_os = "linux")]
#[path = "../tests/support/winrm.rs"]
mod winrm;

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::path::Path;
    use std::process::Command;
    use std::sync::Arc;
    use std::time::Instant;

    use csdeck::execute::ask::Nobody;
    use csdeck::execute::winrm::{WinrmTransport, settle};
    use csdeck::execute::{
        Asker, EVENT_BUFFER, Event, ShellProfile, Target, Transport, TransportKind,
    };
    use csdeck::gate::{Confirmation, Guard, assess};
    use csdeck::store::secret::{Secret, SessionSecrets};
    use tokio::sync::mpsc;
    use tokio_util::sync::CancellationToken;

    use super::winrm::{Lab, PASSWORD, USER};

    /// What is measured: its name, the text, how often, and whether each has a session of its own.
    const WORK: [(&str, &str, usize, bool); 3] = [
        ("warm", "lab-echo ready", 200, false),
        ("new", "lab-echo ready", 30, true),
        ("big", "lab-big 50", 3, false),
    ];

    /// Runs of one way: seconds of each, CPU seconds and requests of all, bytes of memory at the most.
    struct Measured {
        times: Vec<f64>,
        cpu: f64,
        peak: u64,
        requests: usize,
    }

    impl Measured {
        fn print(mut self, way: &str, work: &str) {
            let count = self.times.len();
            self.times.sort_by(f64::total_cmp);
            println!(
                "{work:5} {way:8} {:9.2} ms middle, {:9.2} ms least, {:9.2} ms CPU, {:6.1} requests a command, {} MB",
                self.times[count / 2] * 1e3,
                self.times[0] * 1e3,
                self.cpu / count as f64 * 1e3,
                self.requests as f64 / count as f64,
                self.peak >> 20
            );
        }
    }

    /// CPU seconds of this process, in hundredths (proc(5): fields 14 and 15 of stat).
    fn cpu() -> f64 {
        let stat = fs::read_to_string("/proc/self/stat").expect("/proc");
        let (_, fields) = stat.rsplit_once(')').expect("a name");
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = |at: usize| fields[at].parse::<f64>().expect("ticks");
        (ticks(11) + ticks(12)) / 100.0
    }

    /// The most memory of this process so far, in bytes.
    fn peak() -> u64 {
        let status = fs::read_to_string("/proc/self/status").expect("/proc");
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let number = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
        number.expect("VmHWM") * 1024
    }

    fn transport(lab: &Lab) -> WinrmTransport {
        let target = Target {
            name: "fe01".into(),
            transport: TransportKind::Winrm,
            address: lab.url(),
            user: Some(USER.into()),
            shell: ShellProfile::Plain,
            ..Target::lab()
        };
        let secrets = Arc::new(SessionSecrets::default());
        secrets.set("fe01", Secret::new(PASSWORD.to_owned()));
        let asker: Arc<dyn Asker> = Arc::new(Nobody);
        WinrmTransport::new(&target, &secrets, &asker).expect("a way")
    }

    async fn run(transport: &WinrmTransport, text: &str) {
        let approved = assess(text, "fe01", Guard::Normal)
            .and_then(|a| a.approve(&Confirmation::Typed("fe01".into())))
            .expect("approved");
        let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
        let size = async {
            let mut size = 0;
            while let Some(event) = events.recv().await {
                if let Event::Output(line) = event {
                    size += line.len();
                }
            }
            size
        };
        let sent = transport.run(&approved, sender, CancellationToken::new());
        let (result, size) = tokio::join!(sent, size);
        assert_eq!(result, Ok(0));
        assert!(size > 0);
    }

    async fn ours(lab: &Lab, text: &str, count: usize, new: bool) -> Measured {
        let mut kept = transport(lab);
        run(&kept, text).await;
        lab.log();
        let (before, mut times) = (cpu(), Vec::new());
        for _ in 0..count {
            let began = Instant::now();
            if new {
                kept = transport(lab);
            }
            run(&kept, text).await;
            if new {
                drop(std::mem::replace(&mut kept, transport(lab)));
                settle().await;
            }
            times.push(began.elapsed().as_secs_f64());
        }
        Measured {
            times,
            cpu: cpu() - before,
            peak: peak(),
            requests: lab.log().len(),
        }
    }

    fn theirs(lab: &Lab, tool: &str, work: &str, text: &str, count: usize) -> Option<Measured> {
        let python = std::env::var_os("CSDECK_BENCH_PYTHON")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/winrm_peers.py");
        lab.log();
        let output = Command::new(python)
            .arg(script)
            .args([tool, work, &lab.port().to_string(), USER, PASSWORD])
            .args([&count.to_string(), text])
            .output()
            .expect("CSDECK_BENCH_PYTHON starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{tool}: {said}");
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let times = told["times"].as_array().expect("times");
        // The first command is in the log too: its part is taken off.
        let requests = lab.log().len() * count / (count + 1);
        Some(Measured {
            times: times.iter().filter_map(|t| t.as_f64()).collect(),
            cpu: told["cpu"].as_f64().expect("seconds"),
            peak: told["peak"].as_u64().expect("bytes"),
            requests,
        })
    }

    pub fn main() {
        let lab = Lab::start(&["--auth", "negotiate,ntlm"]);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        for (work, text, count, new) in WORK {
            runtime
                .block_on(ours(&lab, text, count, new))
                .print("csdeck", work);
            for tool in ["pypsrp", "pywinrm"] {
                // pywinrm has no session that stays.
                if tool == "pywinrm" && work == "warm" {
                    continue;
                }
                match theirs(&lab, tool, work, text, count) {
                    Some(measured) => measured.print(tool, work),
                    None => {
                        println!("{work:5} {tool:8} not measured: CSDECK_BENCH_PYTHON is not set")
                    }
                }
            }
        }
    }
}

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
}
