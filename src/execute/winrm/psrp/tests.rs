//! The pool against a server's bytes written by hand.

mod outbox;
mod wire;

use proptest::prelude::*;

use super::fragment::{self, FragmentError};
use super::message::{self, Kind};
use super::receive::ANSWERS_LIMIT;
use super::*;
use crate::powershell::clixml::Value;

/// A message of a server, in one fragment.
fn said(pool: &Pool, kind: Kind, pipeline: Option<PipelineId>, data: &str) -> Vec<u8> {
    said_as(1, pool, kind.number(), pipeline, data)
}

fn said_as(
    object: u64,
    pool: &Pool,
    kind: u32,
    pipeline: Option<PipelineId>,
    data: &str,
) -> Vec<u8> {
    let pipeline = pipeline.map(PipelineId::guid);
    let mut bytes = message::write(
        Kind::SessionCapability,
        pool.id().parse().unwrap(),
        pipeline,
        data,
    );
    bytes[0] = 1;
    bytes[4..8].copy_from_slice(&kind.to_le_bytes());
    let mut out = Vec::new();
    fragment::write(&mut out, object, 0, true, &bytes);
    out
}

fn heard(pool: &mut Pool, bytes: &[u8]) -> Vec<PoolEvent> {
    let mut out = Vec::new();
    pool.receive(bytes, &mut out).unwrap();
    out
}

fn capability(version: &str) -> String {
    format!(
        "<Obj RefId=\"0\"><MS><Version N=\"protocolversion\">{version}</Version>\
         <Version N=\"PSVersion\">2.0</Version>\
         <Version N=\"SerializationVersion\">1.1.0.1</Version></MS></Obj>"
    )
}

/// An open pool on a server of a version.
fn opened(version: &str) -> Pool {
    let mut pool = Pool::new(PoolOptions::new(HostInfo::default()));
    pool.creation();
    let bytes = said(&pool, Kind::SessionCapability, None, &capability(version));
    heard(&mut pool, &bytes);
    let bytes = said(
        &pool,
        Kind::RunspacePoolState,
        None,
        "<Obj RefId=\"1\"><MS><I32 N=\"RunspaceState\">2</I32></MS></Obj>",
    );
    assert_eq!(heard(&mut pool, &bytes), [PoolEvent::Opened]);
    pool
}

/// An open pool with a pipeline.
fn running() -> (Pool, PipelineId) {
    let mut pool = opened("2.3");
    let id = pool
        .begin(&[Command::script("x")], PipelineOptions::default())
        .unwrap();
    pool.outgoing().unwrap();
    (pool, id)
}

#[test]
fn a_pool_can_move_between_threads() {
    fn is_send<T: Send>() {}
    is_send::<Pool>();
}

#[test]
fn powershell_2_runs_one_statement_and_knows_no_later_properties() {
    let mut pool = opened("2.1");
    let two = [Command::script("a"), Command::script("b")];
    let begun = pool.begin(&two, PipelineOptions::default());
    assert_eq!(begun, Err(PsrpError::OneStatement(2)));
    assert_eq!(pool.outgoing(), None);
    pool.begin(&two[..1], PipelineOptions::default()).unwrap();
    let piece = pool.outgoing().unwrap();
    let text = String::from_utf8_lossy(&piece.bytes).into_owned();
    assert!(
        !text.contains("MergeError") && !text.contains("ExtraCmds"),
        "{text}"
    );

    let mut pool = opened("2.2");
    pool.begin(&two, PipelineOptions::default()).unwrap();
    let piece = pool.outgoing().unwrap();
    let text = String::from_utf8_lossy(&piece.bytes).into_owned();
    assert!(
        text.contains("MergeError") && text.contains("ExtraCmds"),
        "{text}"
    );
    assert!(!text.contains("MergeInformation"), "{text}");
}

#[test]
fn another_generation_of_remoting_is_refused() {
    for version in ["3.0", "1.9", "2", "x", ""] {
        let mut pool = Pool::new(PoolOptions::new(HostInfo::none()));
        pool.creation();
        let bytes = said(&pool, Kind::SessionCapability, None, &capability(version));
        let mut out = Vec::new();
        let error = pool.receive(&bytes, &mut out).unwrap_err();
        assert!(
            matches!(error, PsrpError::Version(_) | PsrpError::Unreadable { .. }),
            "{error:?}"
        );
        assert_eq!(pool.state(), PoolState::Broken);
        assert_eq!(pool.receive(&bytes, &mut out), Err(error));
        assert_eq!(out, []);
    }
}

#[test]
fn what_came_before_an_error_is_heard() {
    let (mut pool, id) = running();
    let mut bytes = said(&pool, Kind::PipelineOutput, Some(id), "<S>first</S>");
    bytes.extend(said(&pool, Kind::PipelineOutput, Some(id), "<S>second"));
    bytes.extend(said(&pool, Kind::PipelineOutput, Some(id), "<S>third</S>"));
    let mut out = Vec::new();
    let error = pool.receive(&bytes, &mut out).unwrap_err();
    assert!(matches!(
        error,
        PsrpError::Unreadable {
            kind: Kind::PipelineOutput,
            ..
        }
    ));
    let first = PipelineEvent::Output(Value::String("first".into()));
    assert_eq!(out, [PoolEvent::Pipeline(id, first)]);

    let (mut pool, id) = running();
    let mut bytes = said(&pool, Kind::PipelineOutput, Some(id), "<S>first</S>");
    bytes.extend([0; 7]);
    out.clear();
    let error = pool.receive(&bytes, &mut out).unwrap_err();
    assert_eq!(error, PsrpError::Fragment(FragmentError::Cut { bytes: 7 }));
    assert_eq!(out.len(), 1);
}

#[test]
fn what_is_not_for_us_is_not_heard() {
    let (mut pool, id) = running();
    let stranger = PipelineId::new(Guid::random());
    let mut bytes = said(&pool, Kind::PipelineOutput, Some(stranger), "<S>x</S>");
    bytes.extend(said(
        &pool,
        Kind::PipelineOutput,
        Some(stranger),
        "not even XML",
    ));
    bytes.extend(said_as(1, &pool, 0x0009_9999, Some(id), "<S>x</S>"));
    bytes.extend(said(&pool, Kind::UserEvent, None, "<S>x</S>"));
    bytes.extend(said(&pool, Kind::RunspaceAvailability, None, "<S>x</S>"));
    bytes.extend(said(&pool, Kind::CreatePipeline, Some(id), "<S>x</S>"));
    assert_eq!(heard(&mut pool, &bytes), []);
    // An empty object of output has no data at all.
    let bytes = said(&pool, Kind::PipelineOutput, Some(id), "");
    let null = PipelineEvent::Output(Value::Null);
    assert_eq!(heard(&mut pool, &bytes), [PoolEvent::Pipeline(id, null)]);
}

#[test]
fn a_dropped_pipelines_half_message_is_forgotten() {
    let (mut pool, id) = running();
    let other = pool
        .begin(&[Command::script("y")], PipelineOptions::default())
        .unwrap();
    let cut = |pool: &Pool, object, id| {
        let whole = said_as(
            object,
            pool,
            Kind::PipelineOutput.number(),
            Some(id),
            "<S>x</S>",
        );
        let blob = &whole[fragment::HEADER..];
        let (mut one, mut two) = (Vec::new(), Vec::new());
        fragment::write(&mut one, object, 0, false, &blob[..42]);
        fragment::write(&mut two, object, 1, true, &blob[42..]);
        (one, two)
    };
    let (one, two) = cut(&pool, 5, id);
    let (three, four) = cut(&pool, 6, other);
    assert_eq!(heard(&mut pool, &[one, three].concat()), []);
    assert_eq!(pool.assembler.held(), 84);
    pool.drop_pipeline(id);
    assert_eq!(pool.assembler.held(), 42);
    let output = PipelineEvent::Output(Value::String("x".into()));
    assert_eq!(
        heard(&mut pool, &[two, four].concat()),
        [PoolEvent::Pipeline(other, output)]
    );
}

#[test]
fn a_server_that_asks_and_never_listens_is_cut_off() {
    let (mut pool, id) = running();
    let call = "<Obj RefId=\"0\"><MS><I64 N=\"ci\">1</I64><I32 N=\"mi\">46</I32></MS></Obj>";
    let bytes = said(&pool, Kind::PipelineHostCall, Some(id), call);
    for _ in 0..ANSWERS_LIMIT {
        heard(&mut pool, &bytes);
    }
    let error = pool.receive(&bytes, &mut Vec::new());
    assert_eq!(error, Err(PsrpError::TooManyCalls));
    assert_eq!(pool.waiting(), 0);
}

#[test]
fn messages_without_what_they_must_have_are_errors() {
    for (kind, property, data) in [
        (Kind::RunspacePoolState, "RunspaceState", "<Nil/>"),
        (Kind::EncryptedSessionKey, "EncryptedSessionKey", "<Nil/>"),
        (Kind::PipelineState, "PipelineState", "<S>4</S>"),
        (Kind::PipelineHostCall, "ci", "<Nil/>"),
        (
            Kind::PipelineHostCall,
            "mi",
            "<Obj RefId=\"0\"><MS><I64 N=\"ci\">1</I64><I32 N=\"mi\">-1</I32></MS></Obj>",
        ),
    ] {
        let (mut pool, id) = running();
        let bytes = said(&pool, kind, Some(id), data);
        let error = pool.receive(&bytes, &mut Vec::new());
        assert_eq!(error, Err(PsrpError::Missing { kind, property }));
    }
    let (mut pool, _) = running();
    let data = "<Obj RefId=\"0\"><MS><S N=\"EncryptedSessionKey\">AAAA</S></MS></Obj>";
    let bytes = said(&pool, Kind::EncryptedSessionKey, None, data);
    let error = pool.receive(&bytes, &mut Vec::new());
    assert!(matches!(error, Err(PsrpError::KeyExchange(_))));
}

/// XML in the shapes that messages have, right and wrong.
fn data() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "ci",
        "mi",
        "mp",
        "PipelineState",
        "RunspaceState",
        "protocolversion",
        "Exception",
        "ExceptionAsErrorRecord",
        "MessageData",
        "Message",
        "NoNewLine",
        "Tags",
        "Type",
        "InformationalRecord_Message",
        "ErrorCategory_Category",
        "PercentComplete",
        "ActivityId",
        "EncryptedSessionKey",
        "ApplicationPrivateData",
        "InvocationInfo",
        "label",
        "name",
    ]);
    let leaf = prop_oneof![
        any::<i32>().prop_map(|n| format!("I32>{n}</I32")),
        (0..60i32).prop_map(|n| format!("I32>{n}</I32")),
        any::<i64>().prop_map(|n| format!("I64>{n}</I64")),
        "[ -;=?-~]{0,20}".prop_map(|s| format!("S>{}</S", s.replace('&', ""))),
        Just("Nil>Nil</Nil".to_owned()),
        Just("B>true</B".to_owned()),
        Just("Version>2.3</Version".to_owned()),
    ];
    let tree = leaf.prop_recursive(4, 30, 6, move |inner| {
        let member = (names.clone(), inner.clone()).prop_map(|(name, inner)| {
            let (element, rest) = inner.split_once('>').unwrap();
            let element = element.split(' ').next().unwrap_or(element).to_owned();
            format!("<{element} N=\"{name}\">{rest}>")
        });
        let members = prop::collection::vec(member, 0..6);
        let items = prop::collection::vec(inner, 0..4);
        (members, items, any::<bool>()).prop_map(|(members, items, list)| {
            let items: String = items.iter().map(|item| format!("<{item}>")).collect();
            let body = if list {
                format!("<LST>{items}</LST>")
            } else {
                String::new()
            };
            format!("Obj RefId=\"0\">{body}<MS>{}</MS></Obj", members.concat())
        })
    });
    prop_oneof![
        9 => tree.prop_map(|inner| format!("<{inner}>")),
        1 => any::<String>(),
    ]
}

proptest! {
    /// Whatever a server says, the pool says what is wrong with it or takes it.
    #[test]
    fn hostile_messages(
        messages in prop::collection::vec(
            (prop::sample::select(KINDS.to_vec()), any::<bool>(), data()),
            1..12,
        ),
    ) {
        let (mut pool, id) = running();
        for (kind, to_pipeline, data) in messages {
            let bytes = said(&pool, kind, to_pipeline.then_some(id), &data);
            let mut out = Vec::new();
            if let Err(error) = pool.receive(&bytes, &mut out) {
                prop_assert_eq!(pool.state(), PoolState::Broken);
                prop_assert_eq!(pool.receive(&bytes, &mut out), Err(error));
            }
        }
        let _ = pool.outgoing();
    }

    /// Any bytes at all.
    #[test]
    fn hostile_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (mut pool, _) = running();
        let _ = pool.receive(&bytes, &mut Vec::new());
        let mut fragments = Vec::new();
        fragment::write(&mut fragments, 1, 0, true, &bytes);
        let (mut pool, _) = running();
        let _ = pool.receive(&fragments, &mut Vec::new());
    }
}

/// What a server sends. Not its request for a key, which makes a pair each time.
const KINDS: [Kind; 16] = [
    Kind::SessionCapability,
    Kind::EncryptedSessionKey,
    Kind::RunspacePoolState,
    Kind::ApplicationPrivateData,
    Kind::RunspacePoolInitData,
    Kind::RunspacePoolHostCall,
    Kind::PipelineOutput,
    Kind::ErrorRecord,
    Kind::PipelineState,
    Kind::DebugRecord,
    Kind::VerboseRecord,
    Kind::WarningRecord,
    Kind::ProgressRecord,
    Kind::InformationRecord,
    Kind::PipelineHostCall,
    Kind::UserEvent,
];
