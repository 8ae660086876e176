//! JSON with comments and trailing commas, as editors and terminals write it, with places.

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::powershell::{Lines, Position};

use super::{ExchangeError, Format};

/// Reads a document that is one object. Deeper nesting than the parser allows, 512 levels, is an
/// error like any other.
pub fn object<'a>(
    text: &'a str,
    format: Format,
    lines: &Lines<'_>,
) -> Result<Object<'a>, ExchangeError> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options).map_err(|e| {
        let position = lines.position(e.range().start);
        ExchangeError::broken(format, position, e.kind().to_string())
    })?;
    match parsed.value {
        Some(Value::Object(object)) => Ok(object),
        other => {
            let start = Position { line: 1, column: 1 };
            let position = other.map_or(start, |value| lines.position(value.start()));
            Err(ExchangeError::broken(
                format,
                position,
                "wanted an object, { }",
            ))
        }
    }
}

/// The value of a key; keys are as JSON has them, with their case.
pub fn get<'a, 'b>(object: &'b Object<'a>, key: &str) -> Option<&'b ObjectProp<'a>> {
    object.properties.iter().find(|p| p.name.as_str() == key)
}

/// The string of a key.
pub fn text<'b>(object: &'b Object<'_>, key: &str) -> Option<&'b str> {
    match &get(object, key)?.value {
        Value::StringLit(text) => Some(&text.value),
        _ => None,
    }
}
