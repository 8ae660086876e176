use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::execute::sending::BeforeSending;
use crate::execute::transport::{BoxFuture, EventSender};
use crate::gate::{Confirmation, Guard, assess};

/// A target that answers as told.
struct Scripted {
    name: String,
    lines: Vec<String>,
    result: Result<i32, TransportError>,
    world: Arc<World>,
}

/// What all of them see.
#[derive(Default)]
struct World {
    running: AtomicUsize,
    most: AtomicUsize,
    begun: Mutex<Vec<String>>,
}

impl Transport for Scripted {
    fn run_after<'a>(
        &'a self,
        _before: BeforeSending,
        _invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(async move {
            self.world.begun.lock().unwrap().push(self.name.clone());
            let now = self.world.running.fetch_add(1, Ordering::SeqCst) + 1;
            self.world.most.fetch_max(now, Ordering::SeqCst);
            for line in &self.lines {
                let _ = events.send(Event::Output(line.clone())).await;
            }
            if self.lines.iter().any(|l| l == "waits") {
                cancel.cancelled().await;
                self.world.running.fetch_sub(1, Ordering::SeqCst);
                return Err(TransportError::Cancelled);
            }
            tokio::task::yield_now().await;
            self.world.running.fetch_sub(1, Ordering::SeqCst);
            self.result.clone()
        })
    }
}

struct Crowd {
    jobs: Vec<Job>,
    world: Arc<World>,
    folder: tempfile::TempDir,
}

impl Crowd {
    fn new() -> Crowd {
        Crowd {
            jobs: Vec::new(),
            world: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn job(mut self, name: &str, lines: &[&str], result: Result<i32, TransportError>) -> Crowd {
        let target = Target {
            name: name.into(),
            transport: crate::execute::TransportKind::Ssh,
            address: format!("{name}.kestrel.lan"),
            ..Target::lab()
        };
        let approved = assess("Get-CsPool", name, Guard::Normal)
            .and_then(|a| a.approve(&Confirmation::Shown))
            .unwrap();
        self.jobs.push(Job {
            target,
            approved,
            way: Ok(Arc::new(Scripted {
                name: name.into(),
                lines: lines.iter().map(|l| (*l).to_owned()).collect(),
                result,
                world: self.world.clone(),
            })),
        });
        self
    }

    /// Runs all of it and gives the ends in the order of the jobs.
    async fn ends(
        self,
        policy: Policy,
        cancel: CancellationToken,
    ) -> (Vec<End>, Arc<World>, usize) {
        let journal = Journal::at(self.folder.path().join("journal"));
        let count = self.jobs.len();
        let mut said = start(self.jobs, policy, journal.clone(), cancel);
        let mut ends: Vec<Option<End>> = vec![None; count];
        let all = async {
            while let Some(said) = said.recv().await {
                match said {
                    Said::End(number, end) => {
                        assert!(ends[number].is_none(), "one end each");
                        ends[number] = Some(end);
                    }
                    Said::Event(number, _) => assert!(ends[number].is_none(), "the end is last"),
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), all)
            .await
            .expect("it ends");
        let ends = ends.into_iter().map(|e| e.expect("an end")).collect();
        let journaled = journal.entries().unwrap().len();
        (ends, self.world, journaled)
    }
}

const FREE: Policy = Policy {
    limit: 4,
    wave: None,
    stop_on_failure: false,
};

fn states(ends: &[End]) -> Vec<&'static str> {
    ends.iter().map(|e| e.end.state.word()).collect()
}

#[tokio::test]
async fn every_target_ends_in_a_state_and_no_more_run_than_the_limit() {
    let mut crowd = Crowd::new();
    for n in 0..200 {
        let result = match n % 10 {
            3 => Ok(1),
            7 => Err(TransportError::Lost {
                address: "x".into(),
                reason: "gone".into(),
            }),
            _ => Ok(0),
        };
        crowd = crowd.job(&format!("fe{n:03}"), &["a", "b"], result);
    }
    crowd.jobs[5].way = Err(TransportError::Setup("no".into()));
    let policy = Policy { limit: 16, ..FREE };
    let (ends, world, journaled) = crowd.ends(policy, CancellationToken::new()).await;
    for (n, end) in ends.iter().enumerate() {
        let state = match n % 10 {
            _ if n == 5 => "failed",
            3 => "failed",
            7 => "lost",
            _ => "succeeded",
        };
        assert_eq!(end.end.state.word(), state, "{n}");
        assert_eq!(end.unsent, None);
    }
    assert!(world.most.load(Ordering::SeqCst) <= 16);
    assert_eq!(journaled, 199, "what is set up wrongly is not sent");
}

#[tokio::test]
async fn a_wave_waits_for_the_one_before_and_stops_when_it_failed() {
    let wave = |wave, limit| Policy {
        limit,
        wave: Some(wave),
        stop_on_failure: false,
    };
    let five = |bad: &str| {
        let mut crowd = Crowd::new();
        for name in ["a1", "a2", "b1", "b2", "c1"] {
            crowd = crowd.job(name, &[], Ok(i32::from(name == bad)));
        }
        crowd
    };
    let (ends, world, _) = five("none")
        .ends(wave(2, 9), CancellationToken::new())
        .await;
    assert_eq!(states(&ends), ["succeeded"; 5]);
    assert!(world.most.load(Ordering::SeqCst) <= 2);
    let begun = world.begun.lock().unwrap().clone();
    for pair in ["a1 a2", "b1 b2"].iter().zip(begun.chunks(2)) {
        let mut names = pair.1.to_vec();
        names.sort();
        assert_eq!(names.join(" "), *pair.0);
    }

    let (ends, world, journaled) = five("a2").ends(wave(2, 9), CancellationToken::new()).await;
    assert_eq!(
        states(&ends),
        ["succeeded", "failed", "cancelled", "cancelled", "cancelled"]
    );
    assert_eq!((world.begun.lock().unwrap().len(), journaled), (2, 2));
    let held = &ends[2];
    assert_eq!(held.unsent, Some(Unsent::Stopped { by: "a2".into() }));
    assert_eq!(held.exit(), 1);
    assert!(held.why().unwrap().contains("nothing was sent"));

    // Within a wave that is larger than the limit, too.
    let (ends, _, _) = five("a1").ends(wave(5, 1), CancellationToken::new()).await;
    assert_eq!(
        states(&ends),
        ["failed", "cancelled", "cancelled", "cancelled", "cancelled"]
    );
}

#[tokio::test]
async fn without_waves_only_stop_on_failure_stops() {
    let three = || {
        Crowd::new()
            .job("a", &[], Ok(0))
            .job("b", &[], Ok(3))
            .job("c", &[], Ok(0))
    };
    let one = Policy { limit: 1, ..FREE };
    let (ends, _, _) = three().ends(one, CancellationToken::new()).await;
    assert_eq!(states(&ends), ["succeeded", "failed", "succeeded"]);
    let stop = Policy {
        stop_on_failure: true,
        ..one
    };
    let (ends, _, _) = three().ends(stop, CancellationToken::new()).await;
    assert_eq!(states(&ends), ["succeeded", "failed", "cancelled"]);
}

#[tokio::test]
async fn a_cancel_ends_what_runs_and_holds_back_the_rest() {
    let cancel = CancellationToken::new();
    let crowd = Crowd::new()
        .job("a", &["waits"], Ok(0))
        .job("b", &["waits"], Ok(0))
        .job("c", &[], Ok(0));
    let world = crowd.world.clone();
    let stop = cancel.clone();
    tokio::spawn(async move {
        for _ in 0..60_000 {
            if world.running.load(Ordering::SeqCst) == 2 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        stop.cancel();
    });
    let policy = Policy { limit: 2, ..FREE };
    let (ends, _, journaled) = crowd.ends(policy, cancel).await;
    assert_eq!(states(&ends), ["cancelled"; 3]);
    assert_eq!(ends[0].unsent, None);
    assert_eq!(ends[2].unsent, Some(Unsent::Interrupted));
    assert_eq!((ends[2].exit(), journaled), (130, 2));
}

/// The answer of a target to lines of output.
fn answer(name: &str, lines: &[&str], code: i32) -> Answer {
    let target = Target {
        name: name.into(),
        transport: crate::execute::TransportKind::Ssh,
        address: format!("{name}.kestrel.lan"),
        ..Target::lab()
    };
    let mut collector = Collector::new(&target);
    for line in lines {
        collector.push(&match line.strip_prefix('!') {
            Some(error) => Event::error(error),
            None => Event::Output((*line).into()),
        });
    }
    let end = JobEnd {
        state: if code == 0 {
            JobState::Succeeded
        } else {
            JobState::Failed
        },
        host_exit: Some(code),
        error: None,
    };
    collector.finish(&End { end, unsent: None })
}

fn grouped(answers: impl IntoIterator<Item = Answer>) -> Vec<Group> {
    let mut groups = Groups::default();
    for answer in answers {
        groups.add(answer);
    }
    groups.sorted()
}

fn members(groups: &[Group]) -> Vec<String> {
    groups.iter().map(|g| g.members.join(" ")).collect()
}

#[test]
fn equal_answers_are_together_and_the_odd_one_is_shown() {
    let groups = grouped([
        answer("fe01", &["Name: fe01.kestrel.lan", "RTCSRV Running", ""], 0),
        answer("fe02", &["Name: fe02.kestrel.lan", "RTCSRV Stopped"], 0),
        answer("fe03", &["Name: FE03.kestrel.lan  ", "RTCSRV Running\r"], 0),
        answer("fe04", &["Name: fe04.kestrel.lan", "RTCSRV Running"], 1),
        answer(
            "fe05",
            &["Name: fe05.kestrel.lan", "RTCSRV Running", "!oops"],
            0,
        ),
    ]);
    assert_eq!(members(&groups), ["fe01 fe03", "fe02", "fe05", "fe04"]);
    assert!(groups[0].is_named());
    let shown = difference(&groups[0], &groups[1]).join("\n");
    assert!(
        shown.contains("\n-RTCSRV Running\n+RTCSRV Stopped"),
        "{shown}"
    );
    assert!(!shown.contains("fe02"), "{shown}");
    assert_eq!(difference(&groups[0], &groups[2])[0], "errors:");
    assert!(
        difference(&groups[0], &groups[3]).is_empty(),
        "only the exit code differs"
    );
}

#[test]
fn a_target_called_like_a_word_of_the_answer_is_not_odd() {
    let groups = grouped([
        answer("fe01", &["Running"], 0),
        answer("running", &["Running"], 0),
        answer("fe02", &["Running"], 0),
    ]);
    assert_eq!(members(&groups), ["fe01 running fe02"]);
    // An answer that stands between two groups joins them.
    let groups = grouped([
        answer("up", &["up"], 0),
        answer("down", &["up"], 0),
        answer("x1", &["x1"], 0),
    ]);
    assert_eq!(groups.len(), 1, "{groups:?}");
}

#[test]
fn leading_and_inner_blanks_count_trailing_ones_do_not() {
    let same = grouped([
        answer("a1", &["x", "", "y", "", ""], 0),
        answer("a2", &["x  ", "\t", "y"], 0),
    ]);
    assert_eq!(same.len(), 1);
    for other in [
        &[" x", "", "y"][..],
        &["x", "y"],
        &["x", "", "", "y"],
        &["x\ny"],
    ] {
        let two = grouped([answer("a1", &["x", "", "y"], 0), answer("a2", other, 0)]);
        assert_eq!(two.len(), 2, "{other:?}");
    }
}

#[test]
fn what_is_kept_is_bounded_and_what_is_compared_is_not() {
    let long: Vec<String> = (0..20_000).map(|n| format!("line {n}")).collect();
    let mut lines: Vec<&str> = long.iter().map(String::as_str).collect();
    let first = answer("a1", &lines, 0);
    assert!(first.output.cut && first.output.kept.len() <= KEPT);
    lines.push("one more");
    let groups = grouped([first, answer("a2", &lines, 0)]);
    assert_eq!(groups.len(), 2);
    let shown = difference(&groups[0], &groups[1]);
    assert!(shown.last().unwrap().contains("64 KiB"), "{shown:?}");
    // All different: cut off all the same.
    let other: Vec<String> = (0..20_000).map(|n| format!("other {n}")).collect();
    let other: Vec<&str> = other.iter().map(String::as_str).collect();
    let groups = grouped([groups_of(&lines), answer("a3", &other, 0)]);
    assert!(difference(&groups[0], &groups[1]).len() < 50);
}

fn groups_of(lines: &[&str]) -> Answer {
    answer("a1", lines, 0)
}
