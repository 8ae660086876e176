//! The conversation, the frames, and the script that makes them.

use proptest::prelude::*;

use super::frame::{Frame, FrameReader, Piece};
use super::script;
use super::{Host, Outcome, Said};
use crate::execute::event::Event;
use crate::execute::target::ShellProfile;
use crate::powershell::encoded;

const NONCE: &str = "00112233445566778899aabbccddeeff";

const SHELLS: [ShellProfile; 3] = [
    ShellProfile::Lync,
    ShellProfile::Exchange,
    ShellProfile::Plain,
];

fn frame(id: &str, number: u64, kind: char, payload: &str) -> Frame {
    Frame {
        id: id.into(),
        number,
        kind,
        more: false,
        payload: payload.into(),
    }
}

#[test]
fn the_script_is_small_and_powershell_reads_it() {
    for shell in SHELLS {
        let text = script::host(shell, NONCE);
        assert!(text.lines().count() <= 40, "{}", text.lines().count());
        assert!(text.is_ascii());
        // Named, it would make the console's host read standard input itself.
        assert!(!text.to_lowercase().contains("$input"));
        assert!(!script::LOADER.to_lowercase().contains("$input"));
        assert!(
            crate::powershell::parse(&text).is_ok(),
            "{:?}",
            crate::powershell::parse(&text)
        );
        assert_eq!(script::nonce_of(&text), Some(NONCE));
    }
    assert!(crate::powershell::parse(script::LOADER).is_ok());
    assert_eq!(script::nonce_of("nonce='a'"), None);
    assert!(encoded::encode(script::LOADER).len() < 1000);
}

#[test]
fn a_loaded_line_is_the_script() {
    let host = Host::new(ShellProfile::Lync);
    let line = String::from_utf8(host.opening()).expect("ASCII");
    let text = script::decoded(&line).expect("Base64");
    assert!(script::nonce_of(&text).is_some_and(|n| n.len() == 32));
    assert_ne!(
        host.opening(),
        Host::new(ShellProfile::Lync).opening(),
        "each host has a nonce of its own"
    );
}

/// A host that was greeted, and the nonce of its frames.
fn ready() -> (Host, String) {
    let mut host = Host::new(ShellProfile::Plain);
    let line = String::from_utf8(host.opening()).expect("ASCII");
    let text = script::decoded(&line).expect("Base64");
    let nonce = script::nonce_of(&text).expect("ours").to_owned();
    let mut said = Vec::new();
    let hello = frame("0", 1, 'h', "4711 5.1.17763.1 Win32NT").line(&nonce);
    host.push(format!("a banner\r\n{hello}\r\n").as_bytes(), |s| {
        said.push(s)
    });
    assert_eq!(said, [Said::Ready]);
    assert_eq!((host.pid(), host.on_windows()), (Some(4711), true));
    assert_eq!(host.take_idle(), ["a banner"]);
    (host, nonce)
}

fn after(host: &mut Host, text: &str) -> Vec<Said> {
    let mut said = Vec::new();
    host.push(text.as_bytes(), |s| said.push(s));
    said
}

fn output(text: &str) -> Said {
    Said::Event(Event::Output(text.into()))
}

#[test]
fn an_answer_is_its_streams_its_noise_and_its_end() {
    let (mut host, nonce) = ready();
    assert_eq!(host.run("Get-X"), b"run 1 R2V0LVg=\n");
    let said = after(
        &mut host,
        &format!(
            "{}\r\nnative program\r\nno end{}\r\n{}\r\n{}\r\n{}\r\n{}\r\n{}\r\n",
            frame("1", 1, 'o', "two\r\nlines").line(&nonce),
            frame("1", 2, 'j', r#"{"b":1,"a":[true,null]}"#).line(&nonce),
            frame("1", 0, 'p', "Moving: users 40%").line(&nonce),
            frame("1", 3, 'w', "slow").line(&nonce),
            frame("1", 4, 'e', "").line(&nonce),
            frame("1", 5, 's', "PIN").line(&nonce),
            frame("1", 6, 'x', "Completed 1").line(&nonce),
        ),
    );
    assert_eq!(
        said,
        [
            output("two"),
            output("lines"),
            output("native program"),
            output("no end"),
            Said::Event(Event::object(
                serde_json::json!({ "b": 1, "a": [true, null] })
            )),
            Said::Event(Event::Progress("Moving: users 40%".into())),
            Said::Event(Event::Warning("slow".into())),
            Said::Event(Event::error("")),
            Said::Asks {
                prompt: "PIN".into(),
                secret: true
            },
            Said::Ended(Outcome {
                exit: 1,
                stopped: false
            }),
        ]
    );
    assert!(host.is_idle());
    assert_eq!(host.run("Get-Y"), b"run 2 R2V0LVk=\n");
    // What is left of the first request is nobody's.
    let late = frame("1", 7, 'o', "late").line(&nonce);
    assert_eq!(after(&mut host, &format!("{late}\n")), []);
    let end = frame("2", 1, 'x', "Stopped 0").line(&nonce);
    assert_eq!(
        after(&mut host, &format!("{end}\n")),
        [Said::Ended(Outcome {
            exit: 1,
            stopped: true
        })]
    );
}

#[test]
fn a_missing_and_a_torn_frame_fail_the_command() {
    let b = |n: &str| frame("1", 2, 'o', "b").line(n) + "\n";
    for torn in [false, true] {
        let (mut host, nonce) = ready();
        let _ = host.run("Get-X");
        let end = frame("1", 3, 'x', "Completed 0").line(&nonce);
        // The first frame never came, or not to its end.
        let first = frame("1", 1, 'o', "abcdef").line(&nonce);
        let first = if torn { &first[..first.len() - 3] } else { "" };
        let said = after(&mut host, &format!("{first}{}{end}\n", b(&nonce)));
        assert!(said.contains(&output("b")), "{said:?}");
        assert!(
            said.iter()
                .any(|s| matches!(s, Said::Event(Event::Error(e)) if e.text.contains("damaged"))),
            "{said:?}"
        );
        assert_eq!(
            said.last(),
            Some(&Said::Ended(Outcome {
                exit: 1,
                stopped: false
            }))
        );
    }
}

#[test]
fn a_long_text_and_an_object_come_in_parts() {
    let (mut host, nonce) = ready();
    let _ = host.run("Get-X");
    let part = |number, kind, more, payload: &str| Frame {
        more,
        ..frame("1", number, kind, payload)
    };
    let said = after(
        &mut host,
        &format!(
            "{}\n{}\n{}\n{}\n",
            part(1, 'o', true, "one li").line(&nonce),
            part(2, 'o', false, "ne\nnext").line(&nonce),
            part(3, 'j', true, "{\"a\":").line(&nonce),
            part(4, 'j', false, "7}").line(&nonce),
        ),
    );
    assert_eq!(
        said,
        [
            output("one line"),
            output("next"),
            Said::Event(Event::object(serde_json::json!({ "a": 7 })))
        ]
    );
}

fn kinds() -> impl Strategy<Value = (String, u8)> {
    ("\\PC{0,12}", 0u8..4)
}

proptest! {
    // However the stream is cut and whatever stands in between: each frame comes out whole, and
    // every other byte as noise.
    #[test]
    fn frames_survive_noise_and_cuts(
        parts in proptest::collection::vec(kinds(), 0..12),
        cuts in proptest::collection::vec(1usize..40, 1..20),
    ) {
        let mut bytes = Vec::new();
        let mut frames = Vec::new();
        let mut noise = Vec::new();
        for (number, (text, kind)) in parts.iter().enumerate() {
            if *kind == 0 {
                let piece = format!("@csdeck {}", &NONCE[..7]) + text + "\u{0}\n";
                noise.extend_from_slice(piece.as_bytes());
                bytes.extend_from_slice(piece.as_bytes());
            } else {
                let frame = frame("3", number as u64, 'o', text);
                bytes.extend_from_slice(format!("{}\r\n", frame.line(NONCE)).as_bytes());
                frames.push(frame);
            }
        }
        let mut reader = FrameReader::new(NONCE);
        let (mut found, mut rest) = (Vec::new(), Vec::new());
        let mut each = |piece: Piece| match piece {
            Piece::Frame(frame) => found.push(frame),
            Piece::Noise(bytes) => rest.extend(bytes),
            Piece::Damaged => panic!("nothing is damaged"),
        };
        let mut at = 0;
        for cut in cuts.iter().cycle().take(bytes.len()) {
            let end = (at + cut).min(bytes.len());
            reader.push(&bytes[at..end], &mut each);
            at = end;
        }
        reader.finish(&mut each);
        prop_assert_eq!(found, frames);
        prop_assert_eq!(rest, noise);
    }

    // Any bytes end, and none is lost outside of frames.
    #[test]
    fn any_bytes_come_out(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..200) {
        let mut all = bytes.clone();
        let at = at.min(all.len());
        all.splice(at..at, format!("@csdeck {NONCE} 1 2 o").into_bytes());
        let mut reader = FrameReader::new(NONCE);
        let mut rest = Vec::new();
        let mut each = |piece: Piece| if let Piece::Noise(bytes) = piece { rest.extend(bytes) };
        for chunk in all.chunks(7) {
            reader.push(chunk, &mut each);
        }
        reader.finish(&mut each);
        prop_assert_eq!(rest, all);
    }
}
