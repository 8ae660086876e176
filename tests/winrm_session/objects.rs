//! Objects of every kind, as JSON.

use super::*;
use csdeck::execute::event::Object;

fn objects(ended: &Ended) -> Vec<Object> {
    let object = |event: &Event| match event {
        Event::Object(object) => Some((**object).clone()),
        _ => None,
    };
    ended.events.iter().filter_map(object).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_value_becomes_json() {
    let lab = handled(&[]);
    let ended = run(&transport(&lab), "lab-kinds").await;
    let objects = objects(&ended);
    assert_eq!(objects.len(), 1, "{:?}", ended.events);
    assert_eq!(
        objects[0].type_name.as_deref(),
        Some("Deserialized.Lab.Kinds")
    );
    insta::assert_snapshot!(format!("{:#}", objects[0].value));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_of_the_product_keeps_its_type() {
    let lab = handled(&[]);
    let ended = run(&transport(&lab), "lab-objects").await;
    let objects = objects(&ended);
    assert_eq!(
        objects[0].type_name.as_deref(),
        Some("Deserialized.Microsoft.Rtc.Management.Xds.DisplayPool")
    );
    insta::assert_snapshot!(format!("{:#}", objects[0].value));
    // What is one word is a line.
    assert_eq!(ended.output()[1..], ["6.0.9319.0", "12.50"]);
}
