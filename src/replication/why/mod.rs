//! Why a replica does not come: the cause table of the field as checks.
//!
//! [`plan`] makes the list of [`Check`]s out of what a watch knows: which rows do not come and how
//! ([`RowReport`]), who holds the Central Management store and where the replicas are
//! ([`Topology`]), and what the store says of itself ([`Store`]). A check says what it proves, on
//! which machine its text has to run, and how the answer is read; the text only reads. Whoever runs
//! them gives the [`Answer`]s back and gets a [`Finding`] for each; [`conclusion`] is the word on
//! all of them. Nothing here connects to anything, and nothing is guessed: what was not answered is
//! unknown.
//!
//! The direction is what most people get wrong: everything goes from the store's servers outward,
//! and nothing on a replica dials in. So a port is tried from every front end of the store's pool,
//! never from the replica and never from the engineer's own machine.

mod answer;
mod certificates;
mod check;
mod clock;
mod events;
mod finding;
mod network;
mod place;
mod plan;
mod services;
mod store;

#[cfg(test)]
mod tests;

#[cfg(doc)]
use super::report::RowReport;
#[cfg(doc)]
use crate::topology::Topology;

pub use answer::{Answer, Fault, Outcome, Reply};
pub use check::{Ask, Check, Machine, Way};
pub use finding::{Conclusion, Finding, Next, NotRun, Proof, conclusion};
pub use place::{Place, Places, Taken};
pub use plan::{MOST, Plan, Situation, plan, wants};
pub use store::{Store, store_check};
