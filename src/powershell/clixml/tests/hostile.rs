//! Texts that are made to hurt.

use super::super::*;
use proptest::prelude::*;

#[test]
fn a_document_type_and_its_entities_are_refused() {
    let bomb = "<!DOCTYPE S [<!ENTITY a \"aaaa\">]><S>&a;</S>";
    assert!(
        matches!(one(bomb), Err(ClixmlError::Doctype { .. })),
        "{:?}",
        one(bomb)
    );
    for text in [
        "<S>&a;</S>",
        "<S>&nbsp;</S>",
        "<S>&#0;</S>",
        "<S>&#xD800;</S>",
        "<Foo>&a;</Foo>",
    ] {
        let xml = format!("<Objs>{text}</Objs>");
        assert!(
            matches!(read(&xml), Err(ClixmlError::Entity { .. })),
            "{text} {:?}",
            read(&xml)
        );
    }
    let inner = "<Obj><MS><S N=\"&a;\">x</S></MS></Obj>";
    assert!(matches!(one(inner), Err(ClixmlError::Xml { .. })));
}

#[test]
fn depth_is_limited() {
    let nested = |open: &str, close: &str, n: usize| open.repeat(n) + &close.repeat(n);
    for (open, close) in [
        ("<Obj><LST>", "</LST></Obj>"),
        ("<Obj>", "</Obj>"),
        (
            "<Obj><MS><Obj N=\"a\"><MS><MS N=\"b\"><Obj N=\"c\"><LST>",
            "</LST></Obj></MS></MS></Obj></MS></Obj>",
        ),
        (
            "<Obj><DCT><En><S N=\"Key\">a</S><Obj N=\"Value\"><LST>",
            "</LST></Obj></En></DCT></Obj>",
        ),
    ] {
        let deep = nested(open, close, 100_000);
        assert!(
            matches!(one(&deep), Err(ClixmlError::Deep { .. })),
            "{open}"
        );
    }
    let unknown = format!("<Objs>{}</Objs>", nested("<Foo>", "</Foo>", 100_000));
    assert_eq!(read(&unknown).map(|values| values.len()), Ok(1));
    let fits = one(&nested("<Obj><LST>", "</LST></Obj>", DEPTH_LIMIT)).unwrap();
    assert!(to_json(&fits).is_array());
}

#[test]
fn the_number_of_values_is_limited() {
    let xml = format!("<Objs>{}</Objs>", "<Obj/>".repeat(VALUES_LIMIT / 4 + 1));
    assert!(matches!(document(&xml), Err(ClixmlError::Many { .. })));
    let fits = format!("<Objs>{}</Objs>", "<Obj/>".repeat(1000));
    assert_eq!(document(&fits).map(|items| items.len()), Ok(1000));
}

#[test]
fn references_that_multiply_are_refused() {
    let mut xml = String::from("<Objs><Obj RefId=\"0\"><LST><S>lol</S></LST></Obj>");
    for n in 1..40 {
        xml += &format!("<Obj RefId=\"{n}\"><LST>");
        xml += &format!("<Ref RefId=\"{}\" />", n - 1).repeat(10);
        xml += "</LST></Obj>";
    }
    xml += "</Objs>";
    assert!(matches!(read(&xml), Err(ClixmlError::Shared { .. })));
}

#[test]
fn references_to_a_large_text_are_refused() {
    let mut xml = format!(
        "<Objs><Obj RefId=\"0\"><ToString>{}</ToString></Obj>",
        "a".repeat(1 << 20)
    );
    xml += &"<Ref RefId='0'/>".repeat(100);
    xml += "</Objs>";
    assert!(matches!(read(&xml), Err(ClixmlError::Shared { .. })));
    let mut types = format!(
        "<Objs><Obj><TN RefId=\"0\"><T>{}</T></TN></Obj>",
        "a".repeat(1 << 20)
    );
    types += &"<Obj><TNRef RefId='0'/></Obj>".repeat(100);
    types += "</Objs>";
    assert!(matches!(read(&types), Err(ClixmlError::Shared { .. })));
}

#[test]
fn a_chain_of_references_is_as_deep_as_it_reads() {
    let mut xml = String::from("<Objs><Obj RefId=\"0\" />");
    for n in 1..200 {
        xml += &format!(
            "<Obj RefId=\"{n}\"><LST><Ref RefId=\"{}\" /></LST></Obj>",
            n - 1
        );
    }
    xml += "</Objs>";
    assert!(
        matches!(read(&xml), Err(ClixmlError::Deep { .. })),
        "{:?}",
        read(&xml).map(|v| v.len())
    );
}

#[test]
fn many_references_of_a_common_object_are_fine() {
    let mut xml = String::from("<Objs><Obj RefId=\"0\"><MS><S N=\"a\">b</S></MS></Obj>");
    xml += &"<Ref RefId=\"0\" />".repeat(100_000);
    xml += "</Objs>";
    assert_eq!(read(&xml).map(|values| values.len()), Ok(100_001));
}

#[test]
fn every_error_says_what_and_where() {
    for (xml, words) in [
        ("", "one value was expected and 0 came"),
        ("   ", "one value was expected and 0 came"),
        (
            "plain",
            "not well-formed XML at byte 5: text in front of the first element",
        ),
        ("<S>a", "the XML ends at byte 4, within an element"),
        ("<S>a</", "the XML ends at byte 6"),
        ("<S>a</T>", "not well-formed XML at byte 4"),
        ("<Objs><S>a</S>", "the XML ends at byte 14"),
        (
            "<S>a</S><S>b</S>",
            "something stands behind the last element",
        ),
        (
            "<html><body/></html>",
            "<html> at byte 6: <Objs> or a value was expected",
        ),
        (
            "<Objs><S>a</S><S>b</S></Objs>",
            "one value was expected and 2 came",
        ),
        ("<I32>twelve</I32>", "<I32> at byte 17 cannot hold 'twelve'"),
        ("<By>256</By>", "<By> at byte 12 cannot hold '256'"),
        ("<B>yes</B>", "<B> at byte 10 cannot hold 'yes'"),
        ("<BA>!!</BA>", "<BA> at byte 11 cannot hold '!!'"),
        ("<S><B>true</B></S>", "<B> at byte 6: text was expected"),
        ("<Obj>words</Obj>", "text between elements"),
        (
            "<Obj><MS><S>a</S></MS></Obj>",
            "a property with its name (N) was expected",
        ),
        (
            "<Obj><DCT><En><S N=\"Key\">a</S></En></DCT></Obj>",
            "an entry with a Key and a Value",
        ),
        (
            "<Obj><I32>1</I32><I32>2</I32></Obj>",
            "nothing but names and properties was expected",
        ),
    ] {
        let error = one(xml).expect_err(xml).to_string();
        assert!(error.contains(words), "{xml}: {error}");
    }
}

proptest! {
    #[test]
    fn any_tags_never_panic(xml in "(<Obj( RefId=\"[0-3]\")?>|</Obj>|<Ref RefId=\"[0-3]\"/>|<LST>|</LST>|<MS>|<MS N=\"a\">|</MS>|<S N=\"a\">|</S>|<TN RefId=\"0\"><T>a</T></TN>|<TNRef RefId=\"0\"/>|<En>|</En>|<DCT>|</DCT>|<PR>|</PR>|_x00|é|&|&amp;|<Foo>|</Foo>){0,30}") {
        let _ = document(&xml);
        let _ = document(&format!("<Objs>{xml}</Objs>"));
    }

    #[test]
    fn a_document_that_was_cut_is_an_error(value in super::strategy::value(), at in 0.0..1.0_f64) {
        let xml = write_document(&[value]);
        let cut = xml.floor_char_boundary((xml.len() as f64 * at) as usize);
        if cut < xml.len() {
            prop_assert!(read(&xml[..cut]).is_err());
        }
    }
}
