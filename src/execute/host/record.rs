//! Records that the kept PowerShell sends as JSON: errors and progress.

use serde::{Deserialize, Serialize};

use crate::execute::event::{ErrorRecord, Progress};

/// An error record as `host.ps1` writes it.
#[derive(Serialize, Deserialize)]
struct ErrorFrame {
    text: String,
    message: Option<String>,
    category: Option<String>,
    id: Option<String>,
    target: Option<String>,
    position: Option<String>,
}

/// A progress record as `host.ps1` writes it: PowerShell's own numbers, -1 for what is not known.
#[derive(Serialize, Deserialize)]
struct ProgressFrame {
    id: i32,
    parent: i64,
    activity: Option<String>,
    status: Option<String>,
    operation: Option<String>,
    percent: i64,
    seconds: i64,
    done: bool,
}

/// Reads an error record; `None` when it is none.
pub fn error(json: &[u8]) -> Option<ErrorRecord> {
    let frame: ErrorFrame = serde_json::from_slice(json).ok()?;
    let known = |text: Option<String>| text.filter(|t| !t.trim().is_empty());
    Some(ErrorRecord {
        text: frame.text,
        message: known(frame.message),
        category: known(frame.category),
        id: known(frame.id),
        target: known(frame.target),
        position: known(frame.position),
    })
}

/// Reads a progress record; what is none is shown as the text that it is.
pub fn progress(json: &[u8]) -> Progress {
    match serde_json::from_slice::<ProgressFrame>(json) {
        Ok(frame) => Progress {
            id: frame.id,
            parent: Progress::parent_of(frame.parent),
            activity: frame.activity.unwrap_or_default(),
            status: frame.status.unwrap_or_default(),
            operation: frame.operation.unwrap_or_default(),
            percent: Progress::percent_of(frame.percent),
            seconds_left: Progress::seconds_of(frame.seconds),
            done: frame.done,
        },
        Err(_) => Progress::text(String::from_utf8_lossy(json)),
    }
}

/// What `host.ps1` sends of an error record.
pub fn error_json(record: &ErrorRecord) -> String {
    let frame = ErrorFrame {
        text: record.text.clone(),
        message: record.message.clone(),
        category: record.category.clone(),
        id: record.id.clone(),
        target: record.target.clone(),
        position: record.position.clone(),
    };
    // Texts are always JSON.
    serde_json::to_string(&frame).unwrap_or_default()
}

/// What `host.ps1` sends of a progress record.
pub fn progress_json(progress: &Progress) -> String {
    let frame = ProgressFrame {
        id: progress.id,
        parent: progress.parent.map_or(-1, i64::from),
        activity: Some(progress.activity.clone()),
        status: Some(progress.status.clone()),
        operation: Some(progress.operation.clone()),
        percent: progress.percent.map_or(-1, i64::from),
        seconds: progress.seconds_left.map_or(-1, i64::from),
        done: progress.done,
    };
    // Texts and numbers are always JSON.
    serde_json::to_string(&frame).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Option<String>> {
        prop::option::of("(?s).{0,20}".prop_filter("said", |t| !t.trim().is_empty()))
    }

    proptest! {
        #[test]
        fn records_survive_the_way(
            said in "(?s).{0,30}", message in text(), category in text(), id in text(),
            target in text(), position in text(),
        ) {
            let record = ErrorRecord { text: said, message, category, id, target, position };
            prop_assert_eq!(error(error_json(&record).as_bytes()), Some(record));
        }

        #[test]
        fn progress_survives_the_way(
            id: i32, parent in prop::option::of(0..i32::MAX), activity in "(?s).{0,20}",
            status in ".{0,20}", operation in ".{0,9}", percent in prop::option::of(0u8..=100),
            seconds_left: Option<u32>, done: bool,
        ) {
            let record = Progress {
                id, parent, activity, status, operation, percent, seconds_left, done,
            };
            prop_assert_eq!(progress(progress_json(&record).as_bytes()), record);
        }

        #[test]
        fn whatever_comes_is_shown(json in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = (error(&json), progress(&json));
        }
    }

    #[test]
    fn what_powershell_writes_is_read() {
        // As csdeckJson writes them: a hashtable has no order, unknown numbers are -1.
        let frame = br#"{"done":false,"percent":40,"seconds":-1,"status":"4 of 10","id":0,"activity":"Moving","parent":-1,"operation":null}"#;
        assert_eq!(
            progress(frame),
            Progress {
                status: "4 of 10".into(),
                percent: Some(40),
                ..Progress::text("Moving")
            }
        );
        let frame = br#"{"text":"Get-X : no\u000d\u000aAt line:1","id":"X,Y","category":"NotSpecified","message":"no","target":null,"position":""}"#;
        let record = error(frame).expect("a record");
        assert_eq!(record.text.lines().count(), 2);
        assert_eq!(
            record.parts().collect::<Vec<_>>(),
            [
                ("message", "no"),
                ("category", "NotSpecified"),
                ("id", "X,Y")
            ]
        );
    }
}
