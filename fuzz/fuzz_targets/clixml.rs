//! CLIXML from a server: read, written and read again, said in JSON and in words.

#![no_main]

use csdeck::powershell::clixml::{document, read, to_json, write_document};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|xml: &str| {
    let Ok(items) = document(xml) else { return };
    let values: Vec<_> = items.into_iter().map(|item| item.value).collect();
    for value in &values {
        let json = to_json(value).to_string();
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
        value.text();
        value.get("a");
        value.type_name();
    }
    // What was read can be written, and means the same. Not-a-number equals nothing, so the texts
    // are compared.
    let written = write_document(&values);
    let again = read(&written).expect("what csdeck writes it reads");
    assert_eq!(write_document(&again), written);
});
