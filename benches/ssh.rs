//! How long a second command takes on a warm session, beside OpenSSH's client:
//! `cargo bench --bench ssh`.
//!
//! One sshd on loopback, with the lab's stand-in as its PowerShell. The first command of each way is
//! not measured: csdeck's connects and starts the PowerShell that is kept, ssh's makes the master
//! connection. ssh starts a program for each command, which is what it does on a real server too;
//! once the stand-in, and once `true`, the cheapest program there is.

#![allow(missing_docs, clippy::expect_used)]

#[cfg(unix)]
#[path = "../tests/support/sshd.rs"]
mod sshd;

#[cfg(unix)]
mod unix {
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::sync::Arc;

    use criterion::Criterion;
    use csdeck::execute::ask::Nobody;
    use csdeck::execute::ssh::SshTransport;
    use csdeck::execute::{
        Asker, EVENT_BUFFER, Event, ShellProfile, Target, Transport, TransportKind,
    };
    use csdeck::gate::{Confirmation, Guard, assess};
    use tokio::sync::mpsc;
    use tokio_util::sync::CancellationToken;

    use super::sshd::{PasswordUser, Sshd, SshdOptions, this_user};

    const TEXT: &str = "'ready'";

    /// The lab as the server's PowerShell.
    fn powershell(data: &Path) -> String {
        format!(
            "#!/bin/sh\nCSDECK_DATA_DIR='{}' exec '{}' lab powershell \"$@\"\n",
            data.display(),
            env!("CARGO_BIN_EXE_csdeck")
        )
    }

    /// Who logs in: a user of its own where that can be made, whose shell has no start-up files, since
    /// those would count for ssh alone.
    fn account(data: &Path) -> (String, Option<PasswordUser>) {
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(data, open).expect("its own folder");
        if this_user() == "root" {
            let user = PasswordUser::create();
            (user.name.clone(), Some(user))
        } else {
            (this_user(), None)
        }
    }

    fn target(sshd: &Sshd, user: &str) -> Target {
        Target {
            name: "fe01".into(),
            transport: TransportKind::Ssh,
            address: sshd.address(),
            user: Some(user.to_owned()),
            identity_file: Some(sshd.client_key("ed25519", "")),
            known_hosts: Some(sshd.known_hosts()),
            shell: ShellProfile::Plain,
            ..Target::lab()
        }
    }

    async fn command(transport: &SshTransport) {
        let approved = assess(TEXT, "fe01", Guard::Normal)
            .and_then(|a| a.approve(&Confirmation::Shown))
            .expect("it only reads");
        let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
        let answer = async {
            let mut answer = Vec::new();
            while let Some(event) = events.recv().await {
                if let Event::Output(line) = event {
                    answer.push(line);
                }
            }
            answer
        };
        let run = transport.run(&approved, sender, CancellationToken::new());
        let (ended, answer) = tokio::join!(run, answer);
        assert_eq!((ended, answer), (Ok(0), vec!["ready".to_owned()]));
    }

    /// ssh with these options and this command on the server.
    fn ssh(sshd: &Sshd, user: &str, options: &[&str], command: &str) -> String {
        let output = Command::new("ssh")
            .args(["-F", "/dev/null", "-o", "BatchMode=yes"])
            .arg("-o")
            .arg(format!(
                "UserKnownHostsFile={}",
                sshd.known_hosts().display()
            ))
            .arg("-i")
            .arg(sshd.client_key("ed25519", ""))
            .args(["-p", &sshd.port().to_string(), "-l", user])
            .args(options)
            .args(["127.0.0.1", command])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .expect("ssh starts");
        assert!(output.status.success(), "{command}: {}", output.status);
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub fn all(criterion: &mut Criterion) {
        let data = tempfile::tempdir().expect("a folder");
        let (user, _made) = account(data.path());
        let sshd = Sshd::with(SshdOptions {
            powershell: Some(powershell(data.path())),
            ..SshdOptions::default()
        });
        let socket = data.path().join("master");
        let path = format!("ControlPath={}", socket.display());
        let master = [
            "-o",
            "ControlMaster=auto",
            "-o",
            "ControlPersist=60",
            "-o",
            &path,
        ];
        let script = format!("powershell -Command \"{TEXT}\"");
        assert_eq!(ssh(&sshd, &user, &master, &script), "ready");

        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let asker: Arc<dyn Asker> = Arc::new(Nobody);
        let transport = SshTransport::new(&target(&sshd, &user), &[], &Arc::default(), &asker)
            .expect("a way there");
        runtime.block_on(command(&transport));

        let mut group = criterion.benchmark_group("second command over SSH");
        group.sample_size(50);
        group.bench_function("csdeck, warm", |b| {
            b.iter(|| runtime.block_on(command(&transport)));
        });
        group.bench_function("ssh, ControlMaster", |b| {
            b.iter(|| ssh(&sshd, &user, &master, &script))
        });
        group.bench_function("ssh, ControlMaster, true", |b| {
            b.iter(|| ssh(&sshd, &user, &master, "true"));
        });
        group.bench_function("ssh, plain", |b| b.iter(|| ssh(&sshd, &user, &[], &script)));
        group.bench_function("ssh, plain, true", |b| {
            b.iter(|| ssh(&sshd, &user, &[], "true"))
        });
        group.finish();
        // The master would wait for another minute.
        let mut end: Vec<&str> = master.to_vec();
        end.extend(["-O", "exit"]);
        let _ = std::panic::catch_unwind(|| ssh(&sshd, &user, &end, ""));
    }
}

fn main() {
    #[cfg(unix)]
    {
        let mut criterion = criterion::Criterion::default().configure_from_args();
        unix::all(&mut criterion);
        criterion.final_summary();
    }
}
