//! What a server says twice is told once.
//!
//! `Write-Host` of PowerShell 5 and later makes a record for the information stream and writes to the
//! host, and a warning can come both ways as well. Which servers do so for which stream is not
//! specified, so the two are matched by what they say.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};

/// How many are remembered of each way. The two of a pair come close to each other.
const KEPT: usize = 64;

/// The way that something came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Record,
    Host,
}

/// What came one way and not yet the other.
#[derive(Debug, Default)]
pub(super) struct Twins {
    hasher: RandomState,
    records: VecDeque<u64>,
    host: VecDeque<u64>,
}

impl Twins {
    /// True when the same came the other way before: then it is not told again. `kind` keeps streams
    /// apart.
    pub fn is_told(&mut self, way: Way, kind: &str, text: &str) -> bool {
        let hash = self.hasher.hash_one((kind, text));
        let (own, other) = match way {
            Way::Record => (&mut self.records, &mut self.host),
            Way::Host => (&mut self.host, &mut self.records),
        };
        if let Some(at) = other.iter().position(|&known| known == hash) {
            other.remove(at);
            return true;
        }
        if own.len() == KEPT {
            own.pop_front();
        }
        own.push_back(hash);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_is_told_once_and_repeats_one_way_are_kept() {
        let mut twins = Twins::default();
        assert!(!twins.is_told(Way::Host, "information", "a"));
        assert!(!twins.is_told(Way::Host, "information", "a"));
        assert!(twins.is_told(Way::Record, "information", "a"));
        assert!(twins.is_told(Way::Record, "information", "a"));
        assert!(!twins.is_told(Way::Record, "information", "a"));
        assert!(!twins.is_told(Way::Record, "warning", "a"));
        assert!(!twins.is_told(Way::Record, "warning", "a"));
        assert!(twins.is_told(Way::Host, "warning", "a"));
    }

    #[test]
    fn memory_is_bounded() {
        let mut twins = Twins::default();
        for i in 0..1000 {
            twins.is_told(Way::Host, "", &i.to_string());
        }
        assert_eq!(twins.host.len(), KEPT);
        assert!(!twins.is_told(Way::Record, "", "0"));
        assert!(twins.is_told(Way::Record, "", "999"));
    }
}
