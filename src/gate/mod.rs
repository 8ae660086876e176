//! What may run: text is classified, shown and confirmed here, and only here becomes
//! [`Approved`], the one thing that transports accept.

/// Text that was classified, shown and confirmed for one target. Cannot be made outside this
/// module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    text: String,
    target: String,
}

impl Approved {
    /// The text, byte for byte as it was shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name of the target it was approved for.
    pub fn target(&self) -> &str {
        &self.target
    }
}
