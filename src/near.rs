//! Names near a name that does not exist.

/// The most names that are offered.
const MOST: usize = 5;

/// The names that somebody who typed `wanted` may have meant, the likeliest first: one contains
/// the other, few letters differ, or most of the words are the same. Case does not matter.
pub fn near<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| Some((rank(&wanted, &name.to_lowercase())?, name)))
        .collect();
    found.sort();
    found.truncate(MOST);
    found.into_iter().map(|(_, name)| name).collect()
}

/// How far apart two names in lower case are; `None` when too far. A catalogue of names is held
/// against one that is wrong at every key press, so that what cannot be near is found out first.
fn rank(wanted: &str, name: &str) -> Option<usize> {
    let limit = (wanted.chars().count() / 3).clamp(1, 4);
    let near = |a: &str, b: &str| distance_within(a, b, limit.max(2));
    let distance = match near(wanted, name) {
        Some(0) => Some(0),
        whole => match (last(wanted), last(name)) {
            (a, b) if a.len() < wanted.len() || b.len() < name.len() => {
                [whole, near(a, b)].into_iter().flatten().min()
            }
            _ => whole,
        },
    };
    let inside = wanted.len() > 2 && (name.contains(wanted) || wanted.contains(name));
    if inside {
        return Some(distance.unwrap_or(2).min(2));
    }
    if let Some(distance) = distance.filter(|d| *d <= limit) {
        return Some(distance);
    }
    let count = words(wanted).count();
    if count < 2 {
        return None;
    }
    let missing = missing_words(wanted, name, count / 3)?;
    Some(limit + missing)
}

/// The part behind the last `/`.
fn last(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// How many words of `wanted` are not in `name`, not even with one letter wrong; `None` for more
/// than `most`.
fn missing_words(wanted: &str, name: &str, most: usize) -> Option<usize> {
    let mut missing = 0;
    for word in words(wanted) {
        let slip = usize::from(word.len() > 3);
        if !words(name).any(|other| distance_within(word, other, slip).is_some()) {
            missing += 1;
            if missing > most {
                return None;
            }
        }
    }
    Some(missing)
}

/// The one name that somebody meant whose hand slipped: no name is as near, and at most one letter is
/// another in a name of four or five letters, two in up to twelve, three beyond. Shorter ones are
/// near too much. Case does not matter.
pub fn slip<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    let most = match wanted.chars().count() {
        0..4 => return None,
        4 | 5 => 1,
        6..13 => 2,
        _ => 3,
    };
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| Some((distance_within(&wanted, &name.to_lowercase(), most)?, name)))
        .collect();
    found.sort();
    match found.as_slice() {
        [(_, name)] => Some(name),
        [(first, name), (second, _), ..] if first < second => Some(name),
        _ => None,
    }
}

/// ` Did you mean a, b?`, or nothing when no name is near.
pub fn did_you_mean<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    match near(wanted, names).as_slice() {
        [] => String::new(),
        found => format!(" Did you mean {}?", found.join(", ")),
    }
}

/// How many letters have to be added, removed or exchanged (Levenshtein); `None` for more than
/// `most`.
fn distance_within(a: &str, b: &str, most: usize) -> Option<usize> {
    // Every letter that one has more must be added. In bytes it is a bound for ASCII only.
    if a.is_ascii() && b.is_ascii() && a.len().abs_diff(b.len()) > most {
        return None;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        let mut least = row[0];
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(row[j + 1] + 1);
            least = least.min(row[j + 1]);
        }
        // No row below has less.
        if least > most {
            return None;
        }
    }
    row.last().copied().filter(|d| *d <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_has_one_meaning() {
        let names = ["Identity", "Target", "Confirm", "Force", "SqlServerFqdn"];
        assert_eq!(slip("Identiyt", names), Some("Identity"));
        assert_eq!(slip("taregt", names), Some("Target"));
        assert_eq!(slip("SqlSererFqd", names), Some("SqlServerFqdn"));
        assert_eq!(slip("Forse", names), Some("Force"));
        // Too short, too far, or as near to two.
        assert_eq!(slip("For", names), None);
        assert_eq!(slip("Pool", names), None);
        assert_eq!(slip("PortX", ["PortA", "PortB"]), None);
    }

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let ids = [
            "cms/export-configuration",
            "database/install-cms-database",
            "topology/enable-topology",
        ];
        assert_eq!(
            near("database/instal-cms-database", ids),
            ["database/install-cms-database"]
        );
        assert_eq!(
            near("database/instal-cms", ids),
            ["database/install-cms-database"]
        );
        assert_eq!(near("enable-topolgy", ids), ["topology/enable-topology"]);
        assert_eq!(near("Topology", ids), ["topology/enable-topology"]);
        assert!(near("zzz", ids).is_empty());
        assert_eq!(did_you_mean("x", ["fe01"]), "");
        assert_eq!(distance_within("kitten", "sitting", 3), Some(3));
        assert_eq!(distance_within("kitten", "sitting", 2), None);
        assert_eq!(distance_within("äöü", "aou", 3), Some(3));
    }
}
