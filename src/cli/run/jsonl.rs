//! Events as JSON, for `run --format json` and `jsonl`.

use serde_json::{Map, Value, json};

use crate::execute::Event;

/// An event of a target. What is not known has no field.
pub(super) fn of(target: &str, event: &Event) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("target", json!(target));
    put("event", json!(event.kind()));
    match event {
        Event::Output(text)
        | Event::Warning(text)
        | Event::Verbose(text)
        | Event::Debug(text)
        | Event::Information(text) => {
            put("text", json!(text));
        }
        Event::Object(answered) => {
            put("object", answered.value.clone());
            if let Some(name) = &answered.type_name {
                put("type", json!(name));
            }
        }
        Event::Error(record) => {
            put("text", json!(record.text));
            for (name, text) in record.parts() {
                // `target` is where it ran.
                let name = match name {
                    "target" => "targetObject",
                    name => name,
                };
                put(name, json!(text));
            }
        }
        Event::Progress(progress) => {
            put("text", json!(progress.words()));
            put("id", json!(progress.id));
            put("activity", json!(progress.activity));
            for (name, text) in [
                ("status", &progress.status),
                ("operation", &progress.operation),
            ] {
                if !text.is_empty() {
                    put(name, json!(text));
                }
            }
            if let Some(parent) = progress.parent {
                put("parent", json!(parent));
            }
            if let Some(percent) = progress.percent {
                put("percent", json!(percent));
            }
            if let Some(seconds) = progress.seconds_left {
                put("secondsLeft", json!(seconds));
            }
            if progress.done {
                put("done", json!(true));
            }
        }
        Event::State(state) => {
            put("state", json!(state));
        }
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::event::{ErrorRecord, Object, Progress};

    #[test]
    fn records_have_the_fields_that_are_known() {
        let record = ErrorRecord {
            category: Some("ObjectNotFound".into()),
            id: Some("X,Y".into()),
            target: Some("nobody".into()),
            ..ErrorRecord::text("Get-X : no")
        };
        let progress = Progress {
            status: "4 of 10".into(),
            percent: Some(40),
            seconds_left: Some(12),
            ..Progress::text("Moving")
        };
        let object = Object {
            value: json!({"B": 1, "A": null}),
            type_name: Some("Deserialized.X".into()),
        };
        for (event, json) in [
            (
                Event::Error(Box::new(record)),
                r#"{"target":"lab","event":"error","text":"Get-X : no","category":"ObjectNotFound","id":"X,Y","targetObject":"nobody"}"#,
            ),
            (
                Event::Progress(Box::new(progress)),
                r#"{"target":"lab","event":"progress","text":"Moving: 4 of 10 40%","id":0,"activity":"Moving","status":"4 of 10","percent":40,"secondsLeft":12}"#,
            ),
            (
                Event::Object(Box::new(object)),
                r#"{"target":"lab","event":"output","object":{"B":1,"A":null},"type":"Deserialized.X"}"#,
            ),
            (
                Event::error("plain"),
                r#"{"target":"lab","event":"error","text":"plain"}"#,
            ),
            (
                Event::Information("said".into()),
                r#"{"target":"lab","event":"information","text":"said"}"#,
            ),
        ] {
            assert_eq!(of("lab", &event).to_string(), json);
        }
    }
}
