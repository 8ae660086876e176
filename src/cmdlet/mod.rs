//! Cmdlets: what Microsoft's reference says of them, whether a script agrees with it, and what
//! running them does.

mod catalogue;
pub mod check;
mod effect;
pub mod explain;
mod finding;
pub mod hop;
mod outside;
mod place;
pub mod repair;
pub mod risk;
pub mod what_if;

pub use catalogue::{
    Catalogue, Cmdlet, Member, Parameter, ParameterSet, Product, Products, ValueType, catalogue,
    load,
};
pub use check::{check, check_script};
pub(crate) use effect::full_name;
pub use effect::{Effect, effect_of};
pub use finding::{Finding, Severity, has_error};
pub use place::Place;
pub(crate) use risk::is_program;
pub use risk::{Judgement, Reason, Risk, judge, judge_script};
pub use what_if::{NoPreview, preview, preview_script};
