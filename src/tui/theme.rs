//! Themes: flat TOML files with a style for each role.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "themes/"]
struct BuiltIn;

macro_rules! theme {
    ($($role:ident),* $(,)?) => {
        /// A style for each role a part of the screen can have.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Theme {
            /// The name in the configuration.
            pub name: String,
            $(pub $role: Style,)*
        }

        impl Theme {
            fn set(&mut self, role: &str, style: Style) -> bool {
                match role {
                    $(stringify!($role) => self.$role = style,)*
                    _ => return false,
                }
                true
            }
        }

        /// The roles, for the test that every theme has them all.
        #[cfg(test)]
        const ROLES: &[&str] = &[$(stringify!($role)),*];
    };
}

theme!(
    text,
    dim,
    accent,
    title,
    border,
    border_focused,
    selected,
    selected_text,
    key,
    good,
    warning,
    bad,
    info,
    danger,
    lab,
    protected,
    input,
    input_focused,
    error,
    header,
    status,
);

impl Theme {
    /// Reads a theme file. Unknown roles and bad styles are named.
    pub fn parse(text: &str) -> Result<Theme, String> {
        let table: BTreeMap<String, String> = toml::from_str(text).map_err(|e| e.to_string())?;
        let mut theme = Theme::default();
        for (role, value) in &table {
            if role == "name" {
                theme.name.clone_from(value);
            } else if !theme.set(
                role,
                style(value).ok_or_else(|| format!("{role}: {value:?} is not a style"))?,
            ) {
                return Err(format!("{role:?} is not a role of a theme"));
            }
        }
        Ok(theme)
    }

    /// The built-in themes and those of folders; of themes of the same name the last one wins.
    /// The second part names files that are no themes.
    pub fn all(folders: &[PathBuf]) -> (Vec<Theme>, Vec<String>) {
        let mut themes: Vec<Theme> = Vec::new();
        let mut problems = Vec::new();
        let mut add = |name: &str, text: &str| match Theme::parse(text) {
            Ok(theme) => {
                themes.retain(|t| t.name != theme.name);
                themes.push(theme);
            }
            Err(why) => problems.push(format!("{name}: {why}")),
        };
        for path in BuiltIn::iter() {
            if let Some(file) = BuiltIn::get(&path) {
                add(&path, &String::from_utf8_lossy(&file.data));
            }
        }
        let entries = folders.iter().filter_map(|f| std::fs::read_dir(f).ok());
        for entry in entries.flatten().flatten() {
            if entry.path().extension().is_some_and(|e| e == "toml")
                && let Ok(text) = std::fs::read_to_string(entry.path())
            {
                add(&entry.path().display().to_string(), &text);
            }
        }
        (themes, problems)
    }

    /// Without any colour, for NO_COLOR: weight, underline and reverse carry the structure.
    pub fn mono() -> Theme {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let reverse = plain.add_modifier(Modifier::REVERSED);
        Theme {
            name: "mono".into(),
            title: bold,
            border_focused: bold,
            selected: reverse,
            selected_text: reverse,
            key: bold,
            warning: bold,
            bad: bold,
            danger: reverse.add_modifier(Modifier::BOLD),
            lab: reverse,
            protected: reverse,
            input: plain.add_modifier(Modifier::UNDERLINED),
            input_focused: bold.add_modifier(Modifier::UNDERLINED),
            error: bold,
            header: reverse,
            status: plain,
            ..Theme::default()
        }
    }
}

/// `"#rrggbb"`, `"ansi:NAME"` or `"reset"`, then `on` and a background, then modifiers.
fn style(text: &str) -> Option<Style> {
    let mut style = Style::new();
    let mut words = text.split_whitespace().peekable();
    let mut first = true;
    while let Some(word) = words.next() {
        style = match word {
            "on" => style.bg(color(words.next()?)?),
            "bold" => style.add_modifier(Modifier::BOLD),
            "dim" => style.add_modifier(Modifier::DIM),
            "italic" => style.add_modifier(Modifier::ITALIC),
            "underline" | "underlined" => style.add_modifier(Modifier::UNDERLINED),
            "reverse" | "reversed" => style.add_modifier(Modifier::REVERSED),
            _ if first => style.fg(color(word)?),
            _ => return None,
        };
        first = false;
    }
    Some(style)
}

fn color(word: &str) -> Option<Color> {
    match word {
        "reset" => Some(Color::Reset),
        _ => Color::from_str(word.strip_prefix("ansi:").unwrap_or(word)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_themes_have_every_role() {
        let (themes, problems) = Theme::all(&["/nowhere".into()]);
        assert_eq!(problems, Vec::<String>::new());
        let names: Vec<&str> = themes.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["dark", "high-contrast", "light"]);
        for path in BuiltIn::iter() {
            let file = BuiltIn::get(&path).expect("embedded");
            let table: BTreeMap<String, String> =
                toml::from_str(&String::from_utf8_lossy(&file.data)).expect("toml");
            for role in ROLES {
                assert!(table.contains_key(*role), "{path} lacks {role}");
            }
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert!(Theme::parse("txt = \"reset\"").is_err_and(|e| e.contains("txt")));
        assert!(Theme::parse("text = \"#12\"").is_err_and(|e| e.contains("#12")));
    }
}
