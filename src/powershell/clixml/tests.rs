//! Examples by hand after MS-PSRP 2.2.5, and hostile texts.

use super::*;
use proptest::prelude::*;
use serde_json::json;

mod hostile;
mod strategy;

fn object(value: &Value) -> &Object {
    value.as_object().expect("an object")
}

#[track_caller]
fn is(xml: &str, value: Value) {
    assert_eq!(one(xml), Ok(value.clone()), "{xml}");
    let written = write(&value);
    assert_eq!(one(&written), Ok(value), "{written}");
}

#[test]
fn primitives() {
    is("<Nil />", Value::Null);
    is(
        "<S>This is a string</S>",
        Value::String("This is a string".into()),
    );
    is("<S/>", Value::String(String::new()));
    is("<S>  two\n </S>", Value::String("  two\n ".into()));
    is("<C>97</C>", Value::Char(97));
    is("<B>true</B>", Value::Bool(true));
    is("<By>254</By>", Value::Byte(254));
    is("<SB>-127</SB>", Value::SByte(-127));
    is("<U16>65535</U16>", Value::U16(65535));
    is("<I16>-32767</I16>", Value::I16(-32767));
    is("<U32>4294967295</U32>", Value::U32(u32::MAX));
    is("<I32>-2147483648</I32>", Value::I32(i32::MIN));
    is("<U64>18446744073709551615</U64>", Value::U64(u64::MAX));
    is("<I64>-9223372036854775808</I64>", Value::I64(i64::MIN));
    is("<Sg>12.34</Sg>", Value::Single(12.34));
    is("<Db>1.5E-300</Db>", Value::Double(1.5e-300));
    is("<Db>-INF</Db>", Value::Double(f64::NEG_INFINITY));
    is("<D>12.340</D>", Value::Decimal("12.340".into()));
    is(
        "<DT>2008-04-11T10:42:32.2731993-07:00</DT>",
        Value::DateTime("2008-04-11T10:42:32.2731993-07:00".into()),
    );
    is(
        "<TS>PT9.0269026S</TS>",
        Value::Duration("PT9.0269026S".into()),
    );
    is("<BA>AQIDBA==</BA>", Value::Bytes(vec![1, 2, 3, 4]));
    is(
        "<G>792e5b37-4505-47ef-b7d2-8711bb7affa8</G>",
        Value::Guid("792e5b37-4505-47ef-b7d2-8711bb7affa8".into()),
    );
    is(
        "<URI>http://kestrel.lan/a?b=c&amp;d</URI>",
        Value::Uri("http://kestrel.lan/a?b=c&d".into()),
    );
    is(
        "<Version>6.2.1.3</Version>",
        Value::Version("6.2.1.3".into()),
    );
    is(
        "<XD>&lt;name attribute=\"value\"&gt;Content&lt;/name&gt;</XD>",
        Value::Xml("<name attribute=\"value\">Content</name>".into()),
    );
    is(
        "<SBK>get-command -type cmdlet</SBK>",
        Value::ScriptBlock("get-command -type cmdlet".into()),
    );
    is("<SS>AAECAw==</SS>", Value::SecureString(vec![0, 1, 2, 3]));
    // Not what the type is, but kept, there and back.
    is(
        "<D>1.5_x0014__x005F_x0014_</D>",
        Value::Decimal("1.5\u{14}_x0014_".into()),
    );
    assert!(matches!(one("<Db>NaN</Db>"), Ok(Value::Double(n)) if n.is_nan()));
    assert_eq!(write(&Value::Double(f64::NAN)), "<Db>NaN</Db>");
    assert_eq!(write(&Value::Double(1e20)), "<Db>1E20</Db>");
    assert_eq!(
        one("<BA> AQID\n BA==\r\n</BA>"),
        Ok(Value::Bytes(vec![1, 2, 3, 4]))
    );
}

#[test]
fn an_enumeration_and_its_reference() {
    let value = one(
        "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.ConsoleColor</T><T>System.Enum</T>\
         <T>System.ValueType</T><T>System.Object</T></TN><ToString>Blue</ToString><I32>9</I32></Obj>",
    )
    .unwrap();
    assert_eq!(value.as_i64(), Some(9));
    assert_eq!(value.text(), "Blue");
    assert_eq!(value.type_name(), "System.ConsoleColor");
    assert_eq!(to_json(&value), json!("Blue"));
}

#[test]
fn lists_of_each_kind() {
    for (element, kind) in [
        ("LST", Container::List),
        ("IE", Container::Enumerable),
        ("STK", Container::Stack),
        ("QUE", Container::Queue),
    ] {
        let value = one(&format!(
            "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Object[]</T></TN>\
             <{element}><S>first</S><I32>2</I32></{element}></Obj>"
        ))
        .unwrap();
        assert_eq!(
            object(&value).body,
            Body::List(kind, vec![Value::String("first".into()), Value::I32(2)])
        );
        assert_eq!(value.text(), "first 2");
        assert_eq!(to_json(&value), json!(["first", 2]));
        assert_eq!(one(&write(&value)), Ok(value));
    }
}

#[test]
fn a_dictionary() {
    let value = one(
        "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Collections.Hashtable</T></TN><DCT>\
         <En><S N=\"Key\">apples</S><I32 N=\"Value\">12</I32></En>\
         <En><I32 N=\"Value\">2</I32><I32 N=\"Key\">1</I32></En></DCT></Obj>",
    )
    .unwrap();
    assert_eq!(value.get("Apples"), Some(&Value::I32(12)));
    assert_eq!(value.as_dictionary().map(<[_]>::len), Some(2));
    assert_eq!(to_json(&value), json!({"apples": 12, "1": 2}));
    assert_eq!(value.text(), "System.Collections.Hashtable");
    assert_eq!(one(&write(&value)), Ok(value));
}

#[test]
fn properties_of_the_type_and_added_ones() {
    let value = one(
        "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Deserialized.Kestrel.Pool</T><T>Deserialized.System.Object</T></TN>\
         <ToString>pool01</ToString>\
         <Props><S N=\"Identity\">Registrar:pool01</S><U16 N=\"Port\">5061</U16><Nil N=\"Site\" /></Props>\
         <MS><S N=\"Identity\">pool01</S><B N=\"Fault_x000A_y\">false</B>\
         <MS N=\"PSStandardMembers\"><S N=\"Inner\">x</S></MS></MS></Obj>",
    )
    .unwrap();
    assert_eq!(
        value.get("identity").and_then(Value::as_str),
        Some("pool01")
    );
    assert_eq!(value.get("PORT").and_then(Value::as_i64), Some(5061));
    assert_eq!(value.get("FAULT\ny").and_then(Value::as_bool), Some(false));
    assert!(value.get("site").is_some_and(Value::is_null));
    assert_eq!(value.get("nothing"), None);
    assert!(value.is_of("Kestrel.Pool") && value.is_of("System.Object"));
    assert_eq!(value.type_name(), "Kestrel.Pool");
    assert_eq!(value.text(), "pool01");
    let json = to_json(&value);
    assert_eq!(
        json.to_string(),
        "{\"Identity\":\"pool01\",\"Port\":5061,\"Site\":null,\"Fault\\ny\":false}"
    );
    let inner = value
        .get("PSStandardMembers")
        .and_then(|set| set.get("Inner"));
    assert_eq!(inner.and_then(Value::as_str), Some("x"));
    let written = write(&value);
    assert!(
        written.contains("<MS N=\"PSStandardMembers\">"),
        "{written}"
    );
    assert_eq!(one(&written), Ok(value));
}

#[test]
fn shared_types_and_objects() {
    let items = document(
        "\u{feff}<?xml version=\"1.0\"?><!-- made up --><Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\
         <Obj S=\"Output\" RefId=\"0\"><TN RefId=\"0\"><T>A</T><T>B</T></TN><MS><I32 N=\"x\">1</I32></MS></Obj>\
         <Obj RefId=\"1\"><TNRef RefId=\"0\" /><MS><Ref N=\"other\" RefId=\"0\" /></MS></Obj>\
         <S S=\"Error\">late</S></Objs>",
    )
    .unwrap();
    assert_eq!(items[0].stream.as_deref(), Some("Output"));
    assert_eq!(items[1].stream, None);
    assert_eq!(items[2].stream.as_deref(), Some("Error"));
    assert_eq!(object(&items[1].value).type_names, ["A", "B"]);
    assert_eq!(items[1].value.get("other"), Some(&items[0].value));
    let values: Vec<Value> = items.into_iter().map(|item| item.value).collect();
    let written = write_document(&values);
    assert_eq!(written.matches("<TN ").count(), 1, "{written}");
    assert_eq!(read(&written), Ok(values));
}

#[test]
fn a_cycle_and_a_missing_object_are_marked() {
    let value = one(
        "<Obj RefId=\"7\"><MS><Ref N=\"self\" RefId=\"7\" /><Ref N=\"later\" RefId=\"8\" />\
         <Obj N=\"eight\" RefId=\"8\"><MS><Ref N=\"up\" RefId=\"7\" /></MS></Obj></MS></Obj>",
    )
    .unwrap();
    let type_of = |value: Option<&Value>| value.map(|v| v.type_name().to_owned());
    assert_eq!(type_of(value.get("self")).as_deref(), Some(CYCLE));
    assert_eq!(type_of(value.get("later")).as_deref(), Some(MISSING));
    let up = value.get("eight").and_then(|eight| eight.get("up"));
    assert_eq!(type_of(up).as_deref(), Some(CYCLE));
    assert_eq!(
        to_json(&value)["self"],
        json!("(an object that this one is within)")
    );
}

#[test]
fn a_progress_record() {
    let xml = "<PR><AV>Preparing_x000A_modules</AV><AI>0</AI><Nil /><PI>-1</PI><PC>-1</PC>\
               <T>Completed</T><SR>-1</SR><SD> </SD></PR>";
    let value = one(xml).unwrap();
    assert_eq!(
        value.get("Activity").and_then(Value::as_str),
        Some("Preparing\nmodules")
    );
    assert_eq!(
        value.get("PercentComplete").and_then(Value::as_i64),
        Some(-1)
    );
    assert!(value.get("CurrentOperation").is_some_and(Value::is_null));
    assert_eq!(value.get("Type").and_then(Value::as_str), Some("Completed"));
    assert_eq!(
        value.get("StatusDescription").and_then(Value::as_str),
        Some(" ")
    );
    assert_eq!(write(&value), xml);
}

#[test]
fn what_is_not_known_is_kept() {
    let value = one(
        "<Obj><MS><Foo N=\"a\">some_x000A_text &amp; more</Foo><Foo N=\"b\"><A>1</A> &lt; <B/></Foo></MS>\
         <Bar>x</Bar></Obj>",
    )
    .unwrap();
    let a = value.get("a").unwrap();
    assert_eq!(a.type_name(), format!("{UNKNOWN}Foo"));
    assert_eq!(a.text(), "some\ntext & more");
    assert_eq!(value.get("b").unwrap().text(), "<A>1</A> &lt; <B/>");
    assert_eq!(value.get("Bar").unwrap().text(), "x");
    assert_eq!(one(&write(&value)), Ok(value));
}

#[test]
fn strings_with_entities_and_sections() {
    assert_eq!(
        one("<S>a&lt;b&#x41;&#66;&quot;<![CDATA[<&]]>\r\nc<!-- d -->e</S>"),
        Ok(Value::String("a<bAB\"<&\nce".into()))
    );
    assert_eq!(
        one("<p:S xmlns:p=\"x\">a</p:S>"),
        Ok(Value::String("a".into()))
    );
}

#[test]
fn texts_as_powershell_has_them() {
    let custom = |members: &[(&str, Value)]| {
        Value::Object(Box::new(Object {
            type_names: vec!["System.Management.Automation.PSCustomObject".into()],
            extended: members
                .iter()
                .map(|(n, v)| ((*n).to_owned(), v.clone()))
                .collect(),
            ..Object::default()
        }))
    };
    assert_eq!(custom(&[]).text(), "@{}");
    assert_eq!(to_json(&custom(&[])), json!({}));
    assert_eq!(
        custom(&[
            ("A", Value::Bool(true)),
            ("B", custom(&[("C", Value::Null)])),
            ("D", Value::Bytes(vec![1])),
        ])
        .text(),
        "@{A=True; B=@{C=}; D=System.Byte[]}"
    );
    assert_eq!(Value::Bytes(vec![1, 255]).text(), "1 255");
    assert_eq!(Value::Double(1e15).text(), "1E+15");
    assert_eq!(Value::Double(-0.000001).text(), "-1E-06");
    assert_eq!(Value::Double(0.1 + 0.2).text(), "0.30000000000000004");
    assert_eq!(Value::Single(0.1).text(), "0.1");
    assert_eq!(Value::Double(f64::INFINITY).text(), "Infinity");
    assert_eq!(Value::Char(0x41).text(), "A");
    assert_eq!(Value::Duration("PT90S".into()).text(), "00:01:30");
    assert_eq!(
        Value::SecureString(vec![1]).text(),
        "System.Security.SecureString"
    );
}

#[test]
fn json_of_each_kind() {
    assert_eq!(to_json(&Value::Single(0.1)).to_string(), "0.1");
    assert_eq!(to_json(&Value::Double(f64::NAN)), json!("NaN"));
    assert_eq!(to_json(&Value::U64(u64::MAX)), json!(u64::MAX));
    assert_eq!(to_json(&Value::Decimal("1.50".into())), json!(1.5));
    assert_eq!(
        to_json(&Value::Decimal("79228162514264337593543950335".into())),
        json!("79228162514264337593543950335")
    );
    assert_eq!(
        to_json(&Value::Decimal("0.1234567890123456789".into())),
        json!("0.1234567890123456789")
    );
    assert_eq!(
        to_json(&Value::DateTime("2026-11-24T14:57:54+01:00".into())),
        json!("2026-11-24T13:57:54.0000000Z")
    );
    assert_eq!(to_json(&Value::Bytes(vec![1, 2])), json!("AQI="));
    assert_eq!(
        to_json(&Value::SecureString(vec![1, 2])),
        json!("System.Security.SecureString")
    );
    assert_eq!(
        to_json(&Value::Version("6.0.9319".into())),
        json!("6.0.9319")
    );
    let address = one("<Obj><TN><T>System.Net.IPAddress</T></TN><ToString>10.0.0.7</ToString><Props><I64 N=\"Address\">7</I64></Props></Obj>").unwrap();
    assert_eq!(to_json(&address), json!("10.0.0.7"));
    let bare =
        one("<Obj><TN><T>Deserialized.Kestrel.Identity</T></TN><ToString>Global</ToString></Obj>")
            .unwrap();
    assert_eq!(to_json(&bare), json!("Global"));
    let twice = one("<Obj><DCT><En><S N=\"Key\">a</S><I32 N=\"Value\">1</I32></En><En><S N=\"Key\">a</S><I32 N=\"Value\">2</I32></En></DCT></Obj>").unwrap();
    assert_eq!(to_json(&twice), json!({"a": 1}));
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(value in strategy::value()) {
        let written = write(&value);
        prop_assert_eq!(one(&written), Ok(value.clone()), "{}", written);
        let document = write_document(&[value.clone(), Value::Null, value.clone()]);
        prop_assert_eq!(read(&document), Ok(vec![value.clone(), Value::Null, value]));
    }

    #[test]
    fn json_and_text_of_any_value(value in strategy::value()) {
        let json = to_json(&value);
        // Read again, for it is a line of jsonl.
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json.to_string()).is_ok());
        value.text();
        value.get("a");
    }
}
