//! Snippets: PowerShell scripts that become forms, and forms that become commands.
//!
//! A snippet is a `.ps1` file with comment-based help and a `param()` block; nothing else is
//! needed and PowerShell itself can run it. Its id is its path under the library's folder,
//! without `.ps1`.

pub mod example;
pub mod exchange;
pub mod folder;
pub mod from_cmdlet;
mod help;
pub mod library;
pub mod lint;
mod meaning;
mod model;
mod params;
mod read;
pub mod render;
pub mod rows;
pub mod search;
mod template;
pub mod usage;
pub mod values;

pub use from_cmdlet::Plan;
pub use library::{Layer, Library};
pub use meaning::{Meaning, is_secret_name};
pub use model::{Field, Mode, Notes, Snippet};
pub use read::{ReadError, read};
pub use render::{RenderError, Rendered, render};
pub use values::{FieldError, Values};

#[cfg(test)]
mod tests;
