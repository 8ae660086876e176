//! Names of pools and pipelines.

use std::fmt;
use std::str::FromStr;

use super::PsrpError;

/// A GUID, kept in the order of its text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid([u8; 16]);

impl Guid {
    /// Sixteen zeros: in a message's header, "no pipeline".
    pub const EMPTY: Guid = Guid([0; 16]);

    /// A new one (RFC 9562, version 4).
    pub fn random() -> Guid {
        // Numbers of the system: AWS-LC would first gather its own, 30 ms of CPU in each process.
        Guid(uuid::Uuid::new_v4().into_bytes())
    }

    /// From its sixteen bytes in the order of .NET: the first three groups are little-endian
    /// (MS-DTYP 2.3.4.2).
    pub fn from_wire(wire: [u8; 16]) -> Guid {
        Guid(swapped(wire))
    }

    /// Its sixteen bytes in the order of .NET.
    pub fn to_wire(self) -> [u8; 16] {
        swapped(self.0)
    }
}

/// The one order made the other; the same either way.
fn swapped(b: [u8; 16]) -> [u8; 16] {
    [
        b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12], b[13],
        b[14], b[15],
    ]
}

impl fmt::Display for Guid {
    /// Lower case with hyphens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Guid {
    type Err = PsrpError;

    /// Takes either case, with hyphens where they belong.
    fn from_str(text: &str) -> Result<Guid, PsrpError> {
        let bad = || PsrpError::BadGuid(text.chars().take(64).collect());
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        if lengths != [8, 4, 4, 4, 12] {
            return Err(bad());
        }
        let digits: Vec<u8> = groups
            .concat()
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()
            .ok_or_else(bad)?;
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        Ok(Guid(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_wire_are_the_orders_of_dotnet() {
        let guid: Guid = "00112233-4455-6677-8899-AABBCCDDEEFF".parse().unwrap();
        assert_eq!(guid.to_string(), "00112233-4455-6677-8899-aabbccddeeff");
        assert_eq!(
            guid.to_wire(),
            [
                0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD,
                0xEE, 0xFF
            ]
        );
        assert_eq!(Guid::from_wire(guid.to_wire()), guid);
    }

    #[test]
    fn what_is_no_guid_is_refused() {
        for text in [
            "",
            "x",
            "00112233-4455-6677-8899-aabbccddeef",
            "00112233445566778899aabbccddeeff",
            "0011223g-4455-6677-8899-aabbccddeeff",
            "é112233-4455-6677-8899-aabbccddeeff",
        ] {
            assert!(text.parse::<Guid>().is_err(), "{text}");
        }
    }

    #[test]
    fn random_ones_differ_and_are_of_version_four() {
        let one = Guid::random().to_string();
        assert_ne!(one, Guid::random().to_string());
        assert_eq!(one.as_bytes()[14], b'4');
    }
}
