//! The reference's type names, sorted by how a value is written.

use crate::powershell::Kind;

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueType {
    /// As the reference calls it.
    pub name: &'static str,
    /// How a value is written.
    pub kind: Kind,
    /// True when it takes several values.
    pub list: bool,
}

/// Types whose values are objects of other cmdlets: no string converts to them.
const OBJECTS: &[&str] = &[
    "AccessNumber",
    "AcpInfo",
    "AcpInfo]",
    "Addin",
    "AgentGroup",
    "AudioFile",
    "BusinessHours",
    "CallAction",
    "Category",
    "CertificateReference",
    "ChatRoom",
    "HolidaySet",
    "IRealmChoice",
    "ITLSTLSChoice",
    "ITransportChoice",
    "LocationProfile",
    "Microsoft.Rtc.Rgs.Management.WritableSettings.Holiday",
    "NormalizationRule",
    "Prompt",
    "Question",
    "Queue",
    "Route",
    "ServiceSettings",
    "Stream",
    "TestConfiguration",
    "TimeRange",
    "TrunkConfiguration",
    "UMServer",
    "VoicePolicy",
    "Workflow",
    "X509Certificate2",
    "XElement",
];

impl ValueType {
    /// The type of this name; the empty name is SwitchParameter, as in the catalogue.
    pub fn of(name: &'static str) -> ValueType {
        let name = match name {
            "" => "SwitchParameter",
            name => name,
        };
        let (element, list) = match name {
            // A file's content: always the result of an expression.
            "Byte[]" => ("Object", false),
            _ => element_of(name),
        };
        let (kind, list) = match element {
            "PSListModifier" => (Kind::ListChange, false),
            "MultiValuedProperty" => (Kind::Text, true),
            object if OBJECTS.contains(&object) => (Kind::Object, list),
            other => (Kind::of_type(other), list),
        };
        ValueType { name, kind, list }
    }
}

/// The type of one element, and whether there may be several.
fn element_of(name: &str) -> (&str, bool) {
    if let Some(element) = name.strip_suffix("[]") {
        return (element, true);
    }
    if let Some(inner) = name.strip_prefix("Nullable<") {
        return (inner.trim_end_matches('>'), false);
    }
    for collection in [
        "Collections.ObjectModel.Collection`1[",
        "Collections.Generic.List`1[",
    ] {
        if let Some(inner) = name.strip_prefix(collection) {
            return (inner.trim_end_matches(']'), true);
        }
    }
    // PSListModifier`1[String], Unlimited`1[UInt32]: the outer type decides.
    (name.split('`').next().unwrap_or(name), false)
}
