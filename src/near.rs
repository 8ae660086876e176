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

/// How far apart two names in lower case are; `None` when too far.
fn rank(wanted: &str, name: &str) -> Option<usize> {
    let last = |text: &str| text.rsplit('/').next().unwrap_or(text).to_owned();
    let distance = distance(wanted, name).min(distance(&last(wanted), &last(name)));
    let inside = wanted.len() > 2 && (name.contains(wanted) || wanted.contains(name));
    if inside {
        return Some(distance.min(2));
    }
    let limit = (wanted.chars().count() / 3).clamp(1, 4);
    if distance <= limit {
        return Some(distance);
    }
    let missing = missing_words(wanted, name);
    (missing * 3 <= words(wanted).count() && words(wanted).count() > 1).then_some(limit + missing)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// How many words of `wanted` are not in `name`, not even with one letter wrong.
fn missing_words(wanted: &str, name: &str) -> usize {
    words(wanted)
        .filter(|word| {
            !words(name).any(|other| distance(word, other) <= usize::from(word.len() > 3))
        })
        .count()
}

/// ` Did you mean a, b?`, or nothing when no name is near.
pub fn did_you_mean<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    match near(wanted, names).as_slice() {
        [] => String::new(),
        found => format!(" Did you mean {}?", found.join(", ")),
    }
}

/// How many letters have to be added, removed or exchanged (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
