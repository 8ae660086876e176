//! CLIXML written.

use std::collections::HashMap;
use std::fmt::{Display, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::escape::encode;
use super::read::PROGRESS_ELEMENTS;
use super::value::{Body, Container, MEMBER_SET, Object, PROGRESS, Value};

/// The namespace and version of `<Objs>`.
const HEAD: &str =
    "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">";

/// Writes one element: what the data of a PSRP message is (MS-PSRP 2.2.2). Without line ends.
pub fn write(value: &Value) -> String {
    let mut writer = Writer::default();
    writer.value(value, None);
    writer.out
}

/// Writes an `<Objs>` document, as `Export-Clixml` does.
pub fn write_document(values: &[Value]) -> String {
    let mut writer = Writer::default();
    writer.out.push_str(HEAD);
    for value in values {
        writer.value(value, None);
    }
    writer.out.push_str("</Objs>");
    writer.out
}

#[derive(Default)]
struct Writer<'v> {
    out: String,
    objects: usize,
    types: HashMap<&'v [String], usize>,
}

impl<'v> Writer<'v> {
    fn value(&mut self, value: &'v Value, name: Option<&str>) {
        match value {
            Value::Null => {
                self.open("Nil", name);
                self.out.truncate(self.out.len() - 1);
                self.out.push_str(" />");
            }
            Value::Bool(truth) => self.plain("B", name, truth),
            Value::Char(unit) => self.plain("C", name, unit),
            Value::Byte(n) => self.plain("By", name, n),
            Value::SByte(n) => self.plain("SB", name, n),
            Value::U16(n) => self.plain("U16", name, n),
            Value::I16(n) => self.plain("I16", name, n),
            Value::U32(n) => self.plain("U32", name, n),
            Value::I32(n) => self.plain("I32", name, n),
            Value::U64(n) => self.plain("U64", name, n),
            Value::I64(n) => self.plain("I64", name, n),
            Value::Single(n) => self.plain("Sg", name, Float(*n)),
            Value::Double(n) => self.plain("Db", name, Float(*n)),
            Value::String(text) => self.text("S", name, text),
            Value::Decimal(text) => self.text("D", name, text),
            Value::DateTime(text) => self.text("DT", name, text),
            Value::Duration(text) => self.text("TS", name, text),
            Value::Guid(text) => self.text("G", name, text),
            Value::Uri(text) => self.text("URI", name, text),
            Value::Version(text) => self.text("Version", name, text),
            Value::Xml(text) => self.text("XD", name, text),
            Value::ScriptBlock(text) => self.text("SBK", name, text),
            Value::Bytes(bytes) => self.bytes("BA", name, bytes),
            Value::SecureString(bytes) => self.bytes("SS", name, bytes),
            Value::Object(object) if is_progress(object) => self.progress(object, name),
            Value::Object(object) => self.object(object, name),
        }
    }

    fn open(&mut self, element: &str, name: Option<&str>) {
        self.out.push('<');
        self.out.push_str(element);
        if let Some(name) = name {
            self.out.push_str(" N=\"");
            encode(name, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn close(&mut self, element: &str) {
        self.out.push_str("</");
        self.out.push_str(element);
        self.out.push('>');
    }

    /// A text of which nothing has to be escaped.
    fn plain(&mut self, element: &str, name: Option<&str>, text: impl Display) {
        self.open(element, name);
        // Writing to a string does not fail.
        let _ = write!(self.out, "{text}");
        self.close(element);
    }

    fn text(&mut self, element: &str, name: Option<&str>, text: &str) {
        self.open(element, name);
        encode(text, &mut self.out);
        self.close(element);
    }

    fn bytes(&mut self, element: &str, name: Option<&str>, bytes: &[u8]) {
        self.open(element, name);
        STANDARD.encode_string(bytes, &mut self.out);
        self.close(element);
    }

    fn object(&mut self, object: &'v Object, name: Option<&str>) {
        self.open("Obj", name);
        self.out.truncate(self.out.len() - 1);
        let _ = write!(self.out, " RefId=\"{}\">", self.objects);
        self.objects += 1;
        self.type_names(&object.type_names);
        if let Some(words) = &object.to_string {
            self.text("ToString", None, words);
        }
        match &object.body {
            Body::None => {}
            Body::Primitive(value) => self.value(value, None),
            Body::List(container, items) => {
                let element = match container {
                    Container::List => "LST",
                    Container::Enumerable => "IE",
                    Container::Stack => "STK",
                    Container::Queue => "QUE",
                };
                self.open(element, None);
                for item in items {
                    self.value(item, None);
                }
                self.close(element);
            }
            Body::Dictionary(entries) => {
                self.open("DCT", None);
                for (key, value) in entries {
                    self.open("En", None);
                    self.value(key, Some("Key"));
                    self.value(value, Some("Value"));
                    self.close("En");
                }
                self.close("DCT");
            }
        }
        self.members("Props", None, &object.adapted);
        self.members("MS", None, &object.extended);
        self.close("Obj");
    }

    /// `<TN>` the first time, `<TNRef>` from then on.
    fn type_names(&mut self, names: &'v [String]) {
        if names.is_empty() {
            return;
        }
        if let Some(id) = self.types.get(names) {
            let _ = write!(self.out, "<TNRef RefId=\"{id}\" />");
            return;
        }
        let id = self.types.len();
        self.types.insert(names, id);
        let _ = write!(self.out, "<TN RefId=\"{id}\">");
        for name in names {
            self.text("T", None, name);
        }
        self.close("TN");
    }

    fn members(&mut self, element: &str, name: Option<&str>, members: &'v [(String, Value)]) {
        if members.is_empty() && name.is_none() {
            return;
        }
        self.open(element, name);
        for (name, value) in members {
            match value {
                Value::Object(set) if is_member_set(set) => {
                    self.members("MS", Some(name), &set.extended);
                }
                value => self.value(value, Some(name)),
            }
        }
        self.close(element);
    }

    fn progress(&mut self, record: &'v Object, name: Option<&str>) {
        self.open("PR", name);
        for (property, value) in &record.adapted {
            let element = PROGRESS_ELEMENTS
                .iter()
                .find(|(_, known)| known == property)
                .map(|(element, _)| *element);
            match (element, value) {
                (Some(element), Value::String(text)) => self.text(element, None, text),
                (Some(element), Value::I32(n)) => self.plain(element, None, n),
                _ => self.value(&Value::Null, None),
            }
        }
        self.close("PR");
    }
}

/// A set of members, and nothing that only `<Obj>` can carry.
fn is_member_set(object: &Object) -> bool {
    object.type_names == [MEMBER_SET] && only_members(object) && object.adapted.is_empty()
}

/// A progress record that `<PR>` can carry.
fn is_progress(object: &Object) -> bool {
    let fits = |(name, value): &(String, Value)| match value {
        Value::Null => name == "CurrentOperation",
        Value::String(_) => matches!(
            name.as_str(),
            "Activity" | "CurrentOperation" | "Type" | "StatusDescription"
        ),
        Value::I32(_) => matches!(
            name.as_str(),
            "ActivityId" | "ParentActivityId" | "PercentComplete" | "SecondsRemaining"
        ),
        _ => false,
    };
    object.type_names == [PROGRESS]
        && only_members(object)
        && object.extended.is_empty()
        && object.adapted.iter().all(fits)
}

fn only_members(object: &Object) -> bool {
    object.body == Body::None && object.to_string.is_none()
}

/// A number as XML Schema writes it (xs:float, xs:double), in the fewest digits that read the same.
struct Float<T>(T);

macro_rules! float {
    ($type:ty) => {
        impl Display for Float<$type> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let n = self.0;
                if n.is_nan() {
                    f.write_str("NaN")
                } else if n.is_infinite() {
                    f.write_str(if n > 0.0 { "INF" } else { "-INF" })
                } else if n == 0.0 || (1e-5..1e15).contains(&n.abs()) {
                    write!(f, "{n}")
                } else {
                    write!(f, "{n:E}")
                }
            }
        }
    };
}

float!(f32);
float!(f64);
