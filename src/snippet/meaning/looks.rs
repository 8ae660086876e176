//! Whether a value looks like what is wanted: why not, in words, or `None`.

/// RFC 1123, section 2.1: labels of letters, digits and hyphens, 63 octets each, 255 in all; the
/// underscore occurs in the names of Windows machines.
pub(super) fn fqdn(value: &str) -> Option<String> {
    if let Some(c) = value
        .chars()
        .find(|c| !c.is_alphanumeric() && !matches!(c, '.' | '-' | '_'))
    {
        return Some(format!("{c:?} is in no host name"));
    }
    if !value.contains('.') {
        return Some("no dot: a fully qualified name is wanted".into());
    }
    let fits = |label: &str| !label.is_empty() && label.len() <= 63 && !label.starts_with('-');
    (value.len() > 255 || !value.trim_end_matches('.').split('.').all(fits))
        .then(|| "not a host name: an empty or too long part".into())
}

/// SQL Server's rules for named instances: at most 16 characters, a letter or underscore first.
pub(super) fn instance(value: &str) -> Option<String> {
    if value.contains(['\\', '/', '.']) {
        return Some("the instance's name alone, without the server".into());
    }
    let first = value
        .chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_');
    (!first || value.chars().count() > 16 || value.contains(char::is_whitespace))
        .then(|| "an instance's name has at most 16 characters, a letter first, no blanks".into())
}

pub(super) fn server_path(value: &str) -> Option<String> {
    if value.starts_with(r"\\") {
        return Some("SQL Server wants a folder of its own disks, not a share".into());
    }
    let mut chars = value.chars();
    let drive = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && matches!(chars.next(), Some('\\' | '/'));
    if !drive {
        return Some("a whole path is wanted, such as D:\\CsData".into());
    }
    value[2..]
        .contains(['<', '>', ':', '"', '|', '?', '*'])
        .then(|| "a character that no Windows path holds".into())
}

pub(super) fn sip(value: &str) -> Option<String> {
    let Some(rest) = value
        .get(..4)
        .filter(|p| p.eq_ignore_ascii_case("sip:"))
        .map(|p| &value[p.len()..])
    else {
        return Some("a SIP address begins with sip:".into());
    };
    match rest.split_once('@') {
        Some((user, domain)) if !user.is_empty() && !user.contains(char::is_whitespace) => {
            fqdn(domain)
        }
        _ => Some("wanted sip:user@domain".into()),
    }
}

/// RFC 3966: global numbers begin with +; visual separators are allowed but Lync stores none.
pub(super) fn tel(value: &str) -> Option<String> {
    let Some(rest) = value
        .get(..4)
        .filter(|p| p.eq_ignore_ascii_case("tel:"))
        .map(|p| &value[p.len()..])
    else {
        return Some("a line URI begins with tel:".into());
    };
    let (number, parameters) = rest.split_once(';').unwrap_or((rest, ""));
    let digits = number.strip_prefix('+').unwrap_or(number);
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return Some("digits only behind tel:+, without blanks or hyphens".into());
    }
    let known = parameters.split(';').all(|p| {
        let (name, value) = p.split_once('=').unwrap_or((p, ""));
        p.is_empty()
            || name.eq_ignore_ascii_case("ext")
                && !value.is_empty()
                && value.chars().all(|c| c.is_ascii_digit())
            || name.eq_ignore_ascii_case("phone-context")
    });
    if !known {
        return Some("behind the number only ;ext= and digits".into());
    }
    (number.starts_with('+') && digits.len() > 15)
        .then(|| "an E.164 number has at most 15 digits".into())
}

/// ITU-T E.164; extensions and private plans have no +.
pub(super) fn phone(value: &str) -> Option<String> {
    let digits = value.strip_prefix('+').unwrap_or(value);
    (digits.is_empty()
        || !digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '*' | '#')))
    .then(|| "digits only, + in front of an E.164 number".into())
}

pub(super) fn ou(value: &str) -> Option<String> {
    let named = value.split(',').all(|part| {
        part.trim()
            .split_once('=')
            .is_some_and(|(k, v)| !k.is_empty() && !v.is_empty())
    });
    let canonical = value.contains('/') && value.split('/').next().is_some_and(|d| d.contains('.'));
    (!named && !canonical).then(|| "wanted OU=...,DC=... or domain.name/OU".into())
}

/// The scopes of the management shell's identities. A name without a scope is a tag's.
pub(super) fn scope(value: &str) -> Option<String> {
    let (scope, rest) = value.split_once(':')?;
    let known = ["global", "site", "service", "tag"];
    // A service's identity names its role: `Registrar:pool01.contoso.com`.
    let service = scope.chars().all(|c| c.is_ascii_alphabetic()) && rest.contains('.');
    if !known.iter().any(|k| scope.eq_ignore_ascii_case(k)) && !service {
        return Some(format!(
            "{scope:?} is no scope: global, site:, service: or tag:"
        ));
    }
    (rest.trim().is_empty() && !scope.eq_ignore_ascii_case("global"))
        .then(|| format!("the name behind {scope}: is missing"))
}

/// The certificate's properties page puts an invisible mark in front of the thumbprint, which
/// copies along and finds no certificate.
pub(super) fn thumbprint(value: &str) -> Option<String> {
    if let Some(c) = value.chars().find(|c| !c.is_ascii()) {
        return Some(format!(
            "an invisible or foreign character (U+{:04X}) was copied along",
            u32::from(c)
        ));
    }
    let digits = value.chars().filter(|c| *c != ' ').count();
    let hex = value.chars().all(|c| c.is_ascii_hexdigit() || c == ' ');
    if hex && digits == 40 && value.contains(' ') {
        return Some("without the blanks between its digits".into());
    }
    (!hex || digits != 40)
        .then(|| format!("40 hex digits are wanted, not {}", value.chars().count()))
}

/// TimeSpan.Parse takes a number alone for days.
pub(super) fn time_span(value: &str) -> Option<String> {
    let days = value.chars().all(|c| c.is_ascii_digit()) && value.chars().any(|c| c != '0');
    days.then(|| format!("{value} alone means {value} days; minutes are 00:{value:0>2}:00"))
}
