//! What csdeck keeps: folders, atomic files, configuration, secrets.

pub mod atomic;
pub mod config;
pub mod keyring;
pub mod paths;
pub mod profile;
pub mod secret;
pub mod targets;
