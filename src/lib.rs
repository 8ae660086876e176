//! csdeck: a terminal operations console for Lync Server and Skype for Business Server.
//!
//! The map, top may use below: [`tui`], [`cli`] → [`app`] → [`lab`], [`watch`] → [`execute`] → [`gate`] →
//! [`suggest`], [`replication`], [`topology`], [`snippet`] → [`cmdlet`] → [`powershell`]; [`store`],
//! [`text`], [`span`] and [`near`] serve all. Only `tui` knows the terminal.

// A test that fails is a panic; everything else of the library keeps the lints.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod app;
pub mod cli;
pub mod cmdlet;
pub mod execute;
pub mod gate;
pub mod lab;
pub mod near;
pub mod powershell;
pub mod replication;
pub mod snippet;
pub mod span;
pub mod store;
pub mod suggest;
pub mod text;
pub mod topology;
pub mod tui;
pub mod until;
pub mod watch;
