//! What goes out, in pieces.

use super::super::fragment::Assembler;
use super::super::outbox::Outbox;
use super::*;

#[test]
fn a_pipelines_first_piece_stands_alone() {
    let mut pool = opened("2.3");
    pool.set_limit(4000);
    let options = PipelineOptions {
        input: true,
        ..PipelineOptions::default()
    };
    let script = Command::script(&"x".repeat(9000));
    let id = pool.begin(&[script], options).unwrap();
    pool.input(id, &Value::I32(1)).unwrap();
    pool.end_input(id).unwrap();
    pool.exchange_key().unwrap();
    let pieces: Vec<Piece> = std::iter::from_fn(|| pool.outgoing()).take(100).collect();
    let of_pipeline: Vec<bool> = pieces.iter().map(|p| p.pipeline == Some(id)).collect();
    assert_eq!(of_pipeline, [true, true, true, false], "{pieces:?}");
    let first: Vec<bool> = pieces.iter().map(|piece| piece.first).collect();
    assert_eq!(first, [true, false, false, false]);
    assert!(pieces.iter().all(|piece| piece.bytes.len() <= 4000));
    assert_eq!(pool.waiting(), 0);

    // A small one has nothing behind it either: the Command envelope takes one fragment.
    let options = PipelineOptions {
        input: true,
        ..PipelineOptions::default()
    };
    let id = pool.begin(&[Command::named("x")], options).unwrap();
    pool.end_input(id).unwrap();
    pool.set_limit(100_000);
    assert!(pool.outgoing().unwrap().first);
    assert!(!pool.outgoing().unwrap().first);
    assert_eq!(pool.outgoing(), None);
}

#[test]
fn answers_go_before_the_rest() {
    let (mut pool, id) = running();
    let call = HostCall {
        pipeline: Some(id),
        id: 1,
        method: HostMethod(11),
        prompt: HostPrompt::ReadLine,
    };
    pool.set_limit(300);
    pool.begin(&[Command::script("later")], PipelineOptions::default())
        .unwrap();
    assert!(pool.outgoing().unwrap().first);
    pool.answer(&call, Answer::Text("y".into())).unwrap();
    let priorities: Vec<bool> = std::iter::from_fn(|| pool.outgoing())
        .take(100)
        .map(|piece| piece.priority)
        .collect();
    let answers = priorities.iter().take_while(|priority| **priority).count();
    assert!((1..priorities.len()).contains(&answers), "{priorities:?}");
    assert!(!priorities[answers..].contains(&true), "{priorities:?}");
}

proptest! {
    /// Within the limit, and nothing is lost or changed.
    #[test]
    fn pieces_are_the_messages(
        limit in 0..400usize,
        texts in prop::collection::vec((".{0,300}", 0..3usize), 1..20),
    ) {
        let pool = Guid::random();
        let pipelines = [None, Some(Guid::random()), Some(Guid::random())];
        let mut outbox = Outbox::default();
        outbox.set_limit(limit);
        let limit = limit.max(fragment::HEADER + 1);
        let mut expected = Vec::new();
        for (text, to) in &texts {
            let to = pipelines[*to];
            outbox.push_text(Kind::PipelineInput, pool, to.map(PipelineId::new), text);
            expected.push(message::write(Kind::PipelineInput, pool, to, text));
        }
        let mut assembler = Assembler::default();
        let mut got = Vec::new();
        for _ in 0..100_000 {
            let Some(piece) = outbox.next() else { break };
            prop_assert!(piece.bytes.len() <= limit);
            let before = got.len();
            assembler.push(&piece.bytes, &mut got).unwrap();
            for message in &got[before..] {
                let to = piece.pipeline.map_or(Guid::EMPTY, PipelineId::guid);
                prop_assert!(message::is_for(message, to));
            }
        }
        prop_assert_eq!(got, expected);
        prop_assert_eq!(outbox.waiting(), 0);
    }
}
