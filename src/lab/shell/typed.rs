//! Values as JSON in which everything keeps its type: what the tests' WinRM server makes objects of
//! PowerShell remoting from.
//!
//! `null`, truth values, whole numbers, texts and lists are themselves. A date is
//! `{"_date": "2025-10-14T14:02:24.2+08:00"}`, in the servers' zone as .NET writes a local one.
//! Anything with properties is an object of them in order; `_str` is what its ToString() gives,
//! where that is not made of the properties.

use serde_json::{Value as Json, json};

use super::value::{Object, Value, View, iso_local};

/// What a pipeline leaves: `$null` is nothing, what was laid out is its lines.
pub fn values(value: &Value) -> Vec<Json> {
    match value {
        Value::Null => Vec::new(),
        Value::Laid(lines) => lines.iter().map(|line| json!(line)).collect(),
        other => vec![typed(other)],
    }
}

fn typed(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => json!(b),
        Value::Int(n) => json!(n),
        Value::Text(text) => json!(text),
        Value::Date(at) => json!({ "_date": iso_local(*at) }),
        Value::List(values) => values.iter().map(typed).collect(),
        Value::Laid(lines) => json!(lines.join("\r\n")),
        Value::Object(object) => thing(object),
    }
}

fn thing(object: &Object) -> Json {
    // One value with something hung on it: a date from Get-Date.
    if let (View::Text(_), Some(at @ Value::Date(_))) = (&object.view, object.get("value")) {
        return typed(at);
    }
    let properties = object.properties.iter();
    let mut map: serde_json::Map<String, Json> = properties
        .map(|(name, value)| (name.clone(), typed(value)))
        .collect();
    if let View::Text(text) = &object.view {
        if map.is_empty() {
            return json!(text);
        }
        map.insert("_str".to_owned(), json!(text));
    }
    Json::Object(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn everything_keeps_its_type() {
        let at: Timestamp = "2025-10-14T06:02:24.2Z".parse().expect("a date");
        let object = Object::new()
            .with("Name", "a")
            .with("On", true)
            .with("Count", 3)
            .with("At", at)
            .with("Gone", Value::Null)
            .with("List", vec!["x", "y"]);
        assert_eq!(
            values(&object.clone().into()),
            [
                json!({"Name": "a", "On": true, "Count": 3, "At": {"_date": "2025-10-14T14:02:24.2000000+08:00"}, "Gone": null, "List": ["x", "y"]})
            ]
        );
        let named = object.shown(View::Text("a!".to_owned()));
        assert_eq!(typed(&named.into())["_str"], "a!");
        assert_eq!(values(&Value::Null), Vec::<Json>::new());
        assert_eq!(
            values(&Value::Laid(vec!["a".into(), String::new()])),
            [json!("a"), json!("")]
        );
        let date = Object::new()
            .with("value", at)
            .shown(View::Text("Tuesday".to_owned()));
        assert_eq!(
            typed(&date.into()),
            json!({"_date": "2025-10-14T14:02:24.2000000+08:00"})
        );
    }
}
