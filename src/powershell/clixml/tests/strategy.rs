//! Values made by proptest.

use super::super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn string() -> impl Strategy<Value = String> {
    const PIECES: [&str; 24] = [
        "a", "b c", "x", "_", "_x", "_X", "_x0041_", "_xD83D_", "000A", " ", "\t", "\r", "\n",
        "\0", "\u{7f}", "\u{85}", "<", ">", "&", "\"", "]]>", "\u{fffe}", "\u{ffff}", "😀",
    ];
    let piece = prop_oneof![
        select(&PIECES[..]).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

/// What has a form of its own.
fn formed() -> impl Strategy<Value = Value> {
    select(vec![
        Value::Decimal("-79228162514264337593543950335".into()),
        Value::Decimal("0.10".into()),
        Value::DateTime("2026-11-24T14:57:54".into()),
        Value::DateTime("0001-01-01T00:00:00Z".into()),
        Value::DateTime("9999-12-31T23:59:59.9999999-05:30".into()),
        Value::Duration("-P1DT2H3M4.0000001S".into()),
        Value::Duration("PT0S".into()),
        Value::Guid("792e5b37-4505-47ef-b7d2-8711bb7affa8".into()),
        Value::Version("6.0.9319.0".into()),
        Value::Double(f64::INFINITY),
        Value::Single(f32::MIN_POSITIVE),
    ])
}

pub fn primitive() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        string().prop_map(Value::String),
        any::<u16>().prop_map(Value::Char),
        any::<u8>().prop_map(Value::Byte),
        any::<i8>().prop_map(Value::SByte),
        any::<u16>().prop_map(Value::U16),
        any::<i16>().prop_map(Value::I16),
        any::<u32>().prop_map(Value::U32),
        any::<i32>().prop_map(Value::I32),
        any::<u64>().prop_map(Value::U64),
        any::<i64>().prop_map(Value::I64),
        any::<f32>().prop_map(Value::Single),
        any::<f64>().prop_map(Value::Double),
        formed(),
        string().prop_map(Value::Uri),
        string().prop_map(Value::Xml),
        string().prop_map(Value::ScriptBlock),
        vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
        vec(any::<u8>(), 0..20).prop_map(Value::SecureString),
    ]
}

pub fn value() -> impl Strategy<Value = Value> {
    primitive().prop_recursive(4, 24, 4, |inner| {
        let members = || vec((string(), inner.clone()), 0..4);
        let body = prop_oneof![
            Just(Body::None),
            primitive().prop_map(Body::Primitive),
            (
                select(vec![
                    Container::List,
                    Container::Enumerable,
                    Container::Stack,
                    Container::Queue,
                ]),
                vec(inner.clone(), 0..5)
            )
                .prop_map(|(kind, items)| Body::List(kind, items)),
            vec((inner.clone(), inner.clone()), 0..4).prop_map(Body::Dictionary),
        ];
        let names = prop_oneof![
            vec(string(), 0..3),
            Just(vec![MEMBER_SET.to_owned()]),
            Just(vec![PROGRESS.to_owned()]),
            Just(vec!["Deserialized.System.Enum".to_owned()]),
        ];
        (
            names,
            prop::option::of(string()),
            body,
            members(),
            members(),
        )
            .prop_map(|(type_names, to_string, body, adapted, extended)| {
                Value::Object(Box::new(Object {
                    type_names,
                    to_string,
                    body,
                    adapted,
                    extended,
                }))
            })
    })
}
