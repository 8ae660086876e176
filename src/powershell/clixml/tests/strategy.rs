//! Values made by proptest.

use super::super::*;
use proptest::collection::vec;
use proptest::prelude::*;

fn string() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{0,12}",
        "(_x|_X|_|x|[0-9A-F]{4}|\\PC|[\\x00-\\x20<>&\"'\u{7f}-\u{9f}\u{fffe}\u{ffff}😀]){0,12}",
    ]
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
        "-?[0-9]{1,20}(\\.[0-9]{1,8})?".prop_map(Value::Decimal),
        "20[0-9]{2}-0[1-9]-1[0-9]T1[0-9]:00:00(\\.[0-9]{1,7})?(Z|[+-]0[0-9]:30)?"
            .prop_map(Value::DateTime),
        "-?P[0-9]{1,4}DT[0-9]H".prop_map(Value::Duration),
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".prop_map(Value::Guid),
        string().prop_map(Value::Uri),
        "[0-9]{1,4}(\\.[0-9]{1,5}){1,3}".prop_map(Value::Version),
        string().prop_map(Value::Xml),
        string().prop_map(Value::ScriptBlock),
        vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
        vec(any::<u8>(), 0..20).prop_map(Value::SecureString),
    ]
}

pub fn value() -> impl Strategy<Value = Value> {
    primitive().prop_recursive(5, 60, 6, |inner| {
        let members = || vec((string(), inner.clone()), 0..4);
        let body = prop_oneof![
            Just(Body::None),
            primitive().prop_map(Body::Primitive),
            (
                prop::sample::select(vec![
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
