//! What cmdlets do to a deployment: the risk of a script, computed from its commands.

mod effect;
pub mod risk;

pub use effect::{Effect, effect_of};
pub use risk::{Judgement, Reason, Risk, judge};
