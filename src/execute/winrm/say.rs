//! What a pipeline says, as events of a job.

use super::psrp::{ErrorRecord, PipelineEvent, Progress};
use crate::execute::event::{self, Event};
use crate::powershell::clixml::{Body, Value, to_json};

/// The events that one thing said comes to.
pub fn said(event: PipelineEvent) -> Vec<Event> {
    match event {
        PipelineEvent::Output(value) => output(&value),
        PipelineEvent::Error(record) => vec![error(*record)],
        PipelineEvent::Warning(text) => lines(&text, Event::Warning),
        PipelineEvent::Verbose(text) => lines(&text, Event::Verbose),
        PipelineEvent::Debug(text) => lines(&text, Event::Debug),
        PipelineEvent::Information { text, .. } => lines(&text, Event::Information),
        PipelineEvent::Progress(progress) => vec![Event::Progress(Box::new(of_progress(progress)))],
        PipelineEvent::Exit(_) | PipelineEvent::State(..) => Vec::new(),
    }
}

/// A value of the output: an object or a list as it is, everything else as the text that PowerShell
/// makes of it.
fn output(value: &Value) -> Vec<Event> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => lines(text, Event::Output),
        Value::Object(object) if !matches!(object.body, Body::Primitive(_)) => {
            vec![Event::Object(Box::new(event::Object {
                value: to_json(value),
                type_name: object.type_names.first().cloned(),
            }))]
        }
        value => lines(&value.text(), Event::Output),
    }
}

/// A record as PowerShell shows it: the message, where, the category, the name.
pub fn error(record: ErrorRecord) -> Event {
    let mut text = record.message.trim_end().to_owned();
    for line in record.position.iter().flat_map(|p| p.lines()) {
        text.push('\n');
        text.push_str(line);
    }
    if let Some(category) = &record.category_text {
        text.push_str("\n    + CategoryInfo          : ");
        text.push_str(category);
    }
    if let Some(id) = &record.id {
        text.push_str("\n    + FullyQualifiedErrorId : ");
        text.push_str(id);
    }
    Event::Error(Box::new(event::ErrorRecord {
        text,
        message: Some(record.message),
        category: record.category_text.or(record.category),
        id: record.id,
        target: record.target,
        position: record.position,
    }))
}

fn of_progress(progress: Progress) -> event::Progress {
    event::Progress {
        id: progress.id,
        parent: progress.parent,
        activity: progress.activity,
        status: progress.status,
        operation: progress.operation.unwrap_or_default(),
        percent: progress.percent,
        seconds_left: progress.seconds_left,
        done: progress.done,
    }
}

/// One event for each line; an empty text is one empty line.
fn lines(text: &str, event: fn(String) -> Event) -> Vec<Event> {
    if text.is_empty() {
        return vec![event(String::new())];
    }
    text.lines().map(|line| event(line.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::powershell::clixml::{Container, Object};

    fn object(body: Body) -> Value {
        Value::Object(Box::new(Object {
            type_names: vec!["Deserialized.X".into()],
            body,
            extended: vec![("A".into(), Value::I32(1))],
            ..Object::default()
        }))
    }

    #[test]
    fn objects_stay_objects_and_the_rest_is_text() {
        let told = |value: Value| said(PipelineEvent::Output(value));
        assert_eq!(told(Value::Null), []);
        assert_eq!(told(Value::I32(7)), [Event::Output("7".into())]);
        assert_eq!(
            told(Value::String("a\r\nb".into())),
            [Event::Output("a".into()), Event::Output("b".into())]
        );
        assert_eq!(
            told(Value::String(String::new())),
            [Event::Output(String::new())]
        );
        let [Event::Object(one)] = &told(object(Body::None))[..] else {
            panic!("no object");
        };
        assert_eq!(one.type_name.as_deref(), Some("Deserialized.X"));
        assert_eq!(one.value, serde_json::json!({"A": 1}));
        let list = told(object(Body::List(Container::List, vec![Value::I32(1)])));
        assert!(matches!(&list[..], [Event::Object(_)]));
        let number = told(object(Body::Primitive(Value::I32(5))));
        assert!(matches!(&number[..], [Event::Output(_)]), "{number:?}");
    }

    #[test]
    fn a_record_is_shown_as_powershell_does() {
        let mut record = ErrorRecord::of_message("it failed");
        record.category_text = Some("NotSpecified: (a:String) [], Exception".into());
        record.id = Some("X,Y".into());
        record.position = Some("At line:1 char:1\n+ x".into());
        let Event::Error(told) = error(record) else {
            panic!("no error");
        };
        assert_eq!(
            told.text,
            "it failed\nAt line:1 char:1\n+ x\n    + CategoryInfo          : NotSpecified: (a:String) [], Exception\n    + FullyQualifiedErrorId : X,Y"
        );
        assert_eq!(told.message.as_deref(), Some("it failed"));
    }
}
