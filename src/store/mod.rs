//! What csdeck keeps: folders, atomic files, secrets.

pub mod secret;
