//! A PowerShell value as CLIXML carries it.

/// A value: a primitive (MS-PSRP 2.2.5.1) or an object (2.2.5.2). What has more shades on the wire
/// than a Rust type has stays the text it was: two values are equal when PowerShell would call them so.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `<Nil/>`
    Null,
    /// `<B>`
    Bool(bool),
    /// `<S>`; UTF-16 surrogates that stand alone cannot be kept in Rust and become U+FFFD.
    String(String),
    /// `<C>`: one UTF-16 code unit.
    Char(u16),
    /// `<By>`
    Byte(u8),
    /// `<SB>`
    SByte(i8),
    /// `<U16>`
    U16(u16),
    /// `<I16>`
    I16(i16),
    /// `<U32>`
    U32(u32),
    /// `<I32>`
    I32(i32),
    /// `<U64>`
    U64(u64),
    /// `<I64>`
    I64(i64),
    /// `<Sg>`
    Single(f32),
    /// `<Db>`
    Double(f64),
    /// `<D>`: the digits as they were.
    Decimal(String),
    /// `<DT>`: xs:dateTime with up to seven digits of a second; ends in `Z` (UTC), in an offset
    /// (local) or in neither (unspecified).
    DateTime(String),
    /// `<TS>`: xs:duration.
    Duration(String),
    /// `<G>`, lower case with hyphens.
    Guid(String),
    /// `<URI>`
    Uri(String),
    /// `<Version>`
    Version(String),
    /// `<XD>`
    Xml(String),
    /// `<SBK>`
    ScriptBlock(String),
    /// `<BA>`
    Bytes(Vec<u8>),
    /// `<SS>`: sealed with the session's key, which this module does not know.
    SecureString(Vec<u8>),
    /// `<Obj>`
    Object(Box<Object>),
}

/// The type of the set of members that stands within `<MS>` under a name of its own: an object with
/// nothing but extended properties, written as `<MS N="...">`.
pub const MEMBER_SET: &str = "System.Management.Automation.PSMemberSet";

/// The type of what `<PR>` is read as, and written from.
pub const PROGRESS: &str = "Deserialized.System.Management.Automation.ProgressRecord";

/// The type that stands for a reference to an object that the reference itself is within.
pub const CYCLE: &str = "csdeck.Cycle";

/// The type that stands for a reference to an object that is not there.
pub const MISSING: &str = "csdeck.MissingReference";

/// What the type of an element that MS-PSRP does not know begins with; its name comes behind. Its text
/// is in `to_string`, with the markup within it.
pub const UNKNOWN: &str = "csdeck.UnknownElement.";

/// What `<Obj>` holds. `<PR>` (a progress record) is read as an object with the properties Activity,
/// ActivityId, StatusDescription, CurrentOperation, ParentActivityId, PercentComplete, Type,
/// SecondsRemaining.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object {
    /// `<TN>`: the type's names, the nearest first; `Deserialized.` is kept.
    pub type_names: Vec<String>,
    /// `<ToString>`
    pub to_string: Option<String>,
    /// What it is apart from its properties.
    pub body: Body,
    /// `<Props>`: the properties of the .NET type, in order.
    pub adapted: Vec<(String, Value)>,
    /// `<MS>`: what was added to it (note properties), in order.
    pub extended: Vec<(String, Value)>,
}

/// What an object is apart from its properties.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Body {
    /// Properties only.
    #[default]
    None,
    /// A primitive with properties; enumerations are a number with their name in `to_string`.
    Primitive(Value),
    /// `<LST>`, `<IE>`, `<STK>`, `<QUE>`
    List(Container, Vec<Value>),
    /// `<DCT>`, in order.
    Dictionary(Vec<(Value, Value)>),
}

/// The kinds of lists on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// `<LST>`: an array or a list.
    List,
    /// `<IE>`: an enumerator.
    Enumerable,
    /// `<STK>`
    Stack,
    /// `<QUE>`
    Queue,
}
