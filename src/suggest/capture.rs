//! Values in what a server answered: `Name : value` lines, as Format-List prints them.

use crate::snippet::Meaning;

/// An answer is looked at up to this length, in bytes.
pub const MOST_BYTES: usize = 1 << 20;

/// Bytes of a command that are kept.
const MOST_COMMAND: usize = 100;

/// Properties kept of one answer.
const MOST_PAIRS: usize = 5_000;

/// What one command answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The target that answered.
    pub target: String,
    /// The command, in one line; the beginning of a long one.
    pub command: String,
    /// The noun of its first cmdlet, such as `CsPool`; empty for something else.
    pub noun: String,
    /// Property and value, in the order of the answer.
    pairs: Vec<(String, String)>,
}

impl Capture {
    /// Reads an answer; `None` when it holds no properties. Lines that go on with the value
    /// before (Format-List wraps at the console's width) are joined to it without a blank, as they
    /// were cut.
    pub fn of(target: &str, command: &str, lines: &[impl AsRef<str>]) -> Option<Capture> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut column = 0;
        let mut bytes = 0;
        for line in lines {
            let line = line.as_ref().trim_end();
            bytes += line.len();
            if bytes > MOST_BYTES || pairs.len() >= MOST_PAIRS {
                break;
            }
            match property(line) {
                Some((name, value, at)) => {
                    column = at;
                    pairs.push((name.to_owned(), value.to_owned()));
                }
                None if column > 0 && is_rest(line, column) => {
                    if let Some((_, value)) = pairs.last_mut() {
                        value.push_str(line.trim_start());
                    }
                }
                None => column = 0,
            }
        }
        pairs.retain(|(_, value)| !value.is_empty());
        let first = command.split_whitespace().next().unwrap_or("");
        let noun = first.split_once('-').map_or("", |(_, noun)| noun);
        (!pairs.is_empty()).then(|| Capture {
            target: target.to_owned(),
            command: short(command),
            noun: noun.to_owned(),
            pairs,
        })
    }

    /// The values that fit a field: of properties that are called like it or like the parameter
    /// that it is passed to; the identities of an answer about the same noun; for a policy's name
    /// the tags of an answer about policies.
    pub fn values_for<'c>(
        &'c self,
        field: &str,
        parameter: &str,
        noun: &str,
        meaning: Meaning,
    ) -> Vec<&'c str> {
        let same_noun = self.noun.eq_ignore_ascii_case(noun) && !noun.is_empty();
        let fits = |name: &str, value: &str| {
            let named = name.eq_ignore_ascii_case(field) || name.eq_ignore_ascii_case(parameter);
            let identity = name.eq_ignore_ascii_case("Identity");
            match meaning {
                Meaning::Pool if self.noun.eq_ignore_ascii_case("CsPool") => {
                    identity || name.eq_ignore_ascii_case("Fqdn")
                }
                Meaning::Site if self.noun.eq_ignore_ascii_case("CsSite") => identity,
                Meaning::SipDomain if self.noun.eq_ignore_ascii_case("CsSipDomain") => identity,
                Meaning::Computer if self.noun.eq_ignore_ascii_case("CsComputer") => identity,
                Meaning::Thumbprint => name.eq_ignore_ascii_case("Thumbprint"),
                Meaning::SipAddress => name.eq_ignore_ascii_case("SipAddress"),
                Meaning::User => name.eq_ignore_ascii_case("SipAddress") || identity && same_noun,
                // The name of a policy is its tag: a scope cannot be granted.
                _ if parameter.eq_ignore_ascii_case("PolicyName") => {
                    identity && same_noun && value.to_ascii_lowercase().starts_with("tag:")
                }
                // `Identity` of another noun is another thing.
                _ if identity => same_noun,
                _ => named,
            }
        };
        self.pairs
            .iter()
            .filter(|(name, value)| fits(name, value))
            .map(|(_, value)| match meaning {
                Meaning::Site => value.strip_prefix("Site:").unwrap_or(value),
                _ => value.as_str(),
            })
            .collect()
    }
}

/// The beginning of a command in one line.
fn short(command: &str) -> String {
    let mut out = String::new();
    for word in command.split_whitespace() {
        if out.len() + word.len() > MOST_COMMAND {
            out.push_str(" ...");
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// `Name : value`: the name of letters, digits and underscores, blanks up to a colon that stands
/// between blanks. Gives the column of the value too.
fn property(line: &str) -> Option<(&str, &str, usize)> {
    let colon = line
        .find(" : ")
        .or_else(|| line.ends_with(" :").then(|| line.len() - 2))?;
    let name = line[..colon].trim_end();
    let plain = |c: char| c.is_alphanumeric() || c == '_';
    let is_name = !name.is_empty() && name.len() <= 80 && name.chars().all(plain);
    is_name.then(|| (name, line.get(colon + 3..).unwrap_or("").trim(), colon + 3))
}

/// A line that begins where the values stand.
fn is_rest(line: &str, column: usize) -> bool {
    line.len() > column && line.bytes().take(column).all(|b| b == b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOLS: &str = "\nIdentity : pool01.kestrel.lan\nServices : {Registrar:pool01.kestrel.lan, UserSer\n           ver:pool01.kestrel.lan}\nFqdn     : pool01.kestrel.lan\nSite     :\n\nIdentity : edge.kestrel.lan\n";

    #[test]
    fn properties_are_read_and_joined() {
        let lines: Vec<&str> = POOLS.lines().collect();
        let capture = Capture::of("lab", "Get-CsPool", &lines).expect("properties");
        assert_eq!(
            capture.values_for("PoolFqdn", "PoolFqdn", "CsUser", Meaning::Pool),
            [
                "pool01.kestrel.lan",
                "pool01.kestrel.lan",
                "edge.kestrel.lan"
            ]
        );
        assert_eq!(
            capture.values_for("Services", "Services", "", Meaning::Plain),
            ["{Registrar:pool01.kestrel.lan, UserServer:pool01.kestrel.lan}"]
        );
        assert!(
            capture
                .values_for("Site", "Site", "", Meaning::Site)
                .is_empty()
        );
    }

    #[test]
    fn an_identity_belongs_to_its_noun() {
        let capture = Capture::of(
            "lab",
            "Get-CsVoicePolicy",
            &["Identity : Global", "Identity : Tag:Night"],
        )
        .expect("read");
        let of = |parameter, noun, meaning| capture.values_for("x", parameter, noun, meaning);
        assert_eq!(
            of("Identity", "CsVoicePolicy", Meaning::Scope),
            ["Global", "Tag:Night"]
        );
        assert_eq!(
            of("PolicyName", "CsVoicePolicy", Meaning::Plain),
            ["Tag:Night"]
        );
        assert!(of("Identity", "CsUser", Meaning::User).is_empty());
    }

    #[test]
    fn other_text_is_no_capture() {
        assert_eq!(
            Capture::of("lab", "x", &["a table  : ", "12:30 : noon", ""]),
            None
        );
    }

    proptest::proptest! {
        #[test]
        fn any_answer_can_be_read(lines in proptest::collection::vec("\\PC{0,30}", 0..20)) {
            let _ = Capture::of("lab", "Get-CsPool", &lines);
        }
    }
}
