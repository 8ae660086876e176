use proptest::prelude::*;

use super::*;

fn one(object: u64, number: u64, end: bool, blob: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, object, number, end, blob);
    out
}

fn pushed(assembler: &mut Assembler, bytes: &[u8]) -> Result<Vec<Vec<u8>>, FragmentError> {
    let mut out = Vec::new();
    assembler.push(bytes, &mut out).map(|()| out)
}

#[test]
fn the_header_is_the_specifications() {
    assert_eq!(
        one(1, 0, true, b"ab"),
        [
            0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2, b'a', b'b'
        ]
    );
    assert_eq!(one(1, 1, false, b"")[16], 0);
}

#[test]
fn messages_may_be_mixed() {
    let mut assembler = Assembler::default();
    let mut bytes = one(1, 0, false, b"a");
    bytes.extend(one(2, 0, false, b"x"));
    bytes.extend(one(3, 0, true, b"whole"));
    bytes.extend(one(2, 1, true, b"y"));
    bytes.extend(one(1, 1, false, b"b"));
    bytes.extend(one(1, 2, true, b""));
    let messages = pushed(&mut assembler, &bytes).unwrap();
    assert_eq!(
        messages,
        [b"whole".to_vec(), b"xy".to_vec(), b"ab".to_vec()]
    );
    assert_eq!(assembler.held(), 0);
}

#[test]
fn what_is_out_of_order_is_named() {
    let after_first = |bytes: Vec<u8>| {
        let mut assembler = Assembler::default();
        pushed(&mut assembler, &one(7, 0, false, b"a")).unwrap();
        pushed(&mut assembler, &bytes).unwrap_err()
    };
    let object = 7;
    assert_eq!(
        after_first(one(7, 2, false, b"")),
        FragmentError::Gap { object, missing: 1 }
    );
    assert_eq!(
        after_first(one(7, 0, false, b"")),
        FragmentError::Repeated { object, number: 0 }
    );
    assert_eq!(
        after_first(one(8, 1, true, b"")),
        FragmentError::NoStart {
            object: 8,
            number: 1
        }
    );
    let mut late_start = one(9, 1, false, b"");
    late_start[16] = START;
    assert_eq!(
        after_first(late_start),
        FragmentError::StartNotFirst { object: 9 }
    );
    assert_eq!(
        after_first(one(7, 1, true, b"abc")[..23].to_vec()),
        FragmentError::Cut { bytes: 23 }
    );
    assert_eq!(after_first(vec![0; 20]), FragmentError::Cut { bytes: 20 });
}

#[test]
fn memory_is_bounded() {
    let mut assembler = Assembler::default();
    for object in 1..=OPEN_LIMIT as u64 {
        pushed(&mut assembler, &one(object, 0, false, b"")).unwrap();
    }
    assert_eq!(
        pushed(&mut assembler, &one(9999, 0, false, b"")).unwrap_err(),
        FragmentError::TooManyOpen
    );
    // One that needs no memory still comes through.
    assert_eq!(
        pushed(&mut assembler, &one(9999, 0, true, b"x")).unwrap(),
        [b"x".to_vec()]
    );
    assembler.held = MESSAGE_LIMIT;
    assert_eq!(
        pushed(&mut assembler, &one(1, 1, false, b"x")).unwrap_err(),
        FragmentError::TooBig { object: 1 }
    );
}

#[test]
fn what_nobody_wants_is_not_kept_and_may_still_come() {
    let mut assembler = Assembler::default();
    for object in 1..=1000 {
        pushed(&mut assembler, &one(object, 0, false, b"unwanted")).unwrap();
        assembler.discard(|begun| begun.starts_with(b"unwanted"));
    }
    assert_eq!(assembler.held(), 0);
    assert_eq!(assembler.open.len(), DISCARDED_LIMIT);
    pushed(&mut assembler, &one(1001, 0, false, b"wanted")).unwrap();
    assembler.discard(|begun| begun.starts_with(b"unwanted"));
    assert_eq!(assembler.held(), 6);
    assert!(
        pushed(&mut assembler, &one(1000, 1, true, b"late"))
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        pushed(&mut assembler, &one(1001, 1, true, b"")).unwrap(),
        [b"wanted".to_vec()]
    );
    assert_eq!(assembler.held(), 0);
}

#[test]
fn who_joins_passes_over_what_began_before() {
    let mut assembler = Assembler::default();
    pushed(&mut assembler, &one(3, 0, false, b"old")).unwrap();
    assembler.join();
    assert_eq!(assembler.held(), 0);
    let mut bytes = one(3, 4, false, b"lost");
    bytes.extend(one(4, 0, false, b"new"));
    bytes.extend(one(3, 5, true, b"lost"));
    bytes.extend(one(4, 1, true, b"er"));
    assert_eq!(pushed(&mut assembler, &bytes).unwrap(), [b"newer".to_vec()]);
    assert!(assembler.open.is_empty());
    for object in 10..2000 {
        pushed(&mut assembler, &one(object, 1, false, b"x")).unwrap();
    }
    assert!(assembler.open.len() <= DISCARDED_LIMIT + 1);
    assert_eq!(
        pushed(&mut assembler, &one(1999, 3, true, b"")).unwrap_err(),
        FragmentError::Gap {
            object: 1999,
            missing: 2
        }
    );
    let last = one(3000, u64::MAX, false, b"x");
    pushed(&mut assembler, &last).unwrap();
    pushed(&mut assembler, &last).unwrap();
}

proptest! {
    /// However messages are cut and mixed, they come out as they were.
    #[test]
    fn cut_mixed_and_whole_again(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..8),
        size in 1usize..50,
        order in prop::collection::vec(any::<prop::sample::Index>(), 400),
    ) {
        let mut queues: Vec<std::collections::VecDeque<Vec<u8>>> = messages
            .iter()
            .enumerate()
            .map(|(i, message)| {
                let mut blobs: Vec<&[u8]> = message.chunks(size).collect();
                if blobs.is_empty() {
                    blobs.push(b"");
                }
                let last = blobs.len() - 1;
                blobs
                    .iter()
                    .enumerate()
                    .map(|(n, blob)| one(i as u64 + 1, n as u64, n == last, blob))
                    .collect()
            })
            .collect();
        let mut assembler = Assembler::default();
        let mut out = Vec::new();
        for index in order.iter().cycle().take(2000) {
            let left: Vec<usize> =
                (0..queues.len()).filter(|&i| !queues[i].is_empty()).collect();
            if left.is_empty() {
                break;
            }
            let fragment = queues[left[index.index(left.len())]].pop_front().unwrap();
            assembler.push(&fragment, &mut out).unwrap();
        }
        let mut expected = messages.clone();
        expected.sort();
        out.sort();
        prop_assert_eq!(out, expected);
        prop_assert_eq!(assembler.held(), 0);
    }

    /// No bytes make it panic, and it holds no more than it was given.
    #[test]
    fn any_bytes(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..20)) {
        let mut assembler = Assembler::default();
        let mut given = 0;
        for chunk in &chunks {
            given += chunk.len();
            let _ = assembler.push(chunk, &mut Vec::new());
            prop_assert!(assembler.held() <= given);
        }
    }
}
