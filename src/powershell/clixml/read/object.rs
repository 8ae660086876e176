//! Objects (MS-PSRP 2.2.5.2).

use quick_xml::events::BytesStart;

use super::super::error::{ClixmlError, quoted};
use super::super::escape::decode;
use super::super::value::{Body, Container, MEMBER_SET, Object, Value};
use super::cursor::local;
use super::{Reader, is_value};

type Members = Vec<(String, Value)>;

impl<'a> Reader<'a> {
    /// `<Obj>`, to its end.
    pub(super) fn object(&mut self, start: &BytesStart<'a>) -> Result<Value, ClixmlError> {
        self.down()?;
        let opened = self.shared.has_references()
            && match self.cursor.attribute(start, "RefId")? {
                Some(id) => self.shared.open(&id),
                None => false,
            };
        let mut object = Object::default();
        while let Some(child) = self.cursor.child()? {
            self.part(&mut object, &child)?;
        }
        self.depth -= 1;
        let value = Value::Object(Box::new(object));
        if opened {
            self.shared.close(&value, self.cursor.at())?;
        }
        Ok(value)
    }

    /// One element within `<Obj>`.
    fn part(&mut self, object: &mut Object, child: &BytesStart<'a>) -> Result<(), ClixmlError> {
        let name = local(child);
        let body = match name {
            "TN" => return self.type_names(object, child),
            "TNRef" => {
                if let Some(id) = self.cursor.attribute(child, "RefId")? {
                    object.type_names = self.shared.names(&id, self.cursor.at())?;
                }
                self.cursor.text()?;
                return Ok(());
            }
            "ToString" => {
                object.to_string = Some(decode(self.cursor.text()?).into_owned());
                return Ok(());
            }
            "Props" => return self.members(&mut object.adapted),
            "MS" => return self.members(&mut object.extended),
            "LST" => self.list(Container::List)?,
            "IE" => self.list(Container::Enumerable)?,
            "STK" => self.list(Container::Stack)?,
            "QUE" => self.list(Container::Queue)?,
            "DCT" => Body::Dictionary(self.entries()?),
            name if is_value(name) => Body::Primitive(self.value(child)?),
            name => {
                let value = self.unknown(name)?;
                object.extended.push((quoted(name), value));
                return Ok(());
            }
        };
        if object.body != Body::None {
            return Err(self.misplaced(child, "nothing but names and properties"));
        }
        object.body = body;
        Ok(())
    }

    fn misplaced(&self, element: &BytesStart<'a>, expected: &'static str) -> ClixmlError {
        ClixmlError::Element {
            at: self.cursor.at(),
            element: quoted(local(element)),
            expected,
        }
    }

    /// `<TN>`
    fn type_names(
        &mut self,
        object: &mut Object,
        start: &BytesStart<'a>,
    ) -> Result<(), ClixmlError> {
        while self.cursor.child()?.is_some() {
            self.count(1)?;
            let name = decode(self.cursor.text()?).into_owned();
            object.type_names.push(name);
        }
        if let Some(id) = self.cursor.attribute(start, "RefId")? {
            let names = object.type_names.clone();
            self.shared.types.insert(id.into_owned(), names);
        }
        Ok(())
    }

    /// `<Props>` and `<MS>`
    fn members(&mut self, members: &mut Members) -> Result<(), ClixmlError> {
        while let Some(child) = self.cursor.child()? {
            let name = match self.cursor.attribute(&child, "N")? {
                Some(name) => decode(name).into_owned(),
                None => return Err(self.misplaced(&child, "a property with its name (N)")),
            };
            let value = if local(&child) == "MS" {
                self.down()?;
                let mut set = Object {
                    type_names: vec![MEMBER_SET.to_owned()],
                    ..Object::default()
                };
                self.members(&mut set.extended)?;
                self.depth -= 1;
                Value::Object(Box::new(set))
            } else {
                self.value(&child)?
            };
            members.push((name, value));
        }
        Ok(())
    }

    fn list(&mut self, container: Container) -> Result<Body, ClixmlError> {
        let mut items = Vec::new();
        while let Some(child) = self.cursor.child()? {
            items.push(self.value(&child)?);
        }
        Ok(Body::List(container, items))
    }

    /// `<DCT>`
    fn entries(&mut self) -> Result<Vec<(Value, Value)>, ClixmlError> {
        let mut entries = Vec::new();
        while let Some(entry) = self.cursor.child()? {
            let (mut key, mut value) = (None, None);
            while let Some(child) = self.cursor.child()? {
                let place = match self.cursor.attribute(&child, "N")?.as_deref() {
                    Some("Key") if key.is_none() => &mut key,
                    Some("Value") if value.is_none() => &mut value,
                    _ => return Err(self.misplaced(&child, "one Key and one Value (N)")),
                };
                *place = Some(self.value(&child)?);
            }
            match (key, value) {
                (Some(key), Some(value)) => entries.push((key, value)),
                _ => return Err(self.misplaced(&entry, "an entry with a Key and a Value")),
            }
        }
        Ok(entries)
    }

    /// `<Ref>`, to its end.
    pub(super) fn reference(&mut self, start: &BytesStart<'a>) -> Result<Value, ClixmlError> {
        let id = self.cursor.attribute(start, "RefId")?.unwrap_or_default();
        let value = self.shared.copy(&id, self.depth, self.cursor.at())?;
        self.cursor.text()?;
        Ok(value)
    }
}
