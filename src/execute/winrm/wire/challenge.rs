//! `WWW-Authenticate`: what the server takes, and its tokens (RFC 9110 section 11.6.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::WWW_AUTHENTICATE;

/// More than any server offers.
const MOST: usize = 16;

/// One way in that the server offers, or goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    /// `Negotiate`, `Kerberos`, `Basic`, ... as the server spells it.
    pub scheme: String,
    /// The token, when there is one and it is base64.
    pub token: Option<Vec<u8>>,
}

/// All challenges of an answer. A server may write one header for each or several in one.
pub(super) fn read(headers: &HeaderMap) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    for value in headers.get_all(WWW_AUTHENTICATE) {
        let Ok(value) = value.to_str() else { continue };
        for item in value.split(',').map(str::trim) {
            let (scheme, rest) = item.split_once(' ').unwrap_or((item, ""));
            // `realm="x"` behind a comma belongs to the challenge before it.
            let is_scheme = !scheme.is_empty()
                && scheme
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if !is_scheme || scheme.len() > 32 || challenges.len() == MOST {
                continue;
            }
            challenges.push(Challenge {
                scheme: scheme.to_owned(),
                token: Some(rest.trim())
                    .filter(|rest| !rest.is_empty())
                    .and_then(|rest| STANDARD.decode(rest).ok()),
            });
        }
    }
    challenges
}

/// The names of what the server offers, each once.
pub(super) fn names(challenges: &[Challenge]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for challenge in challenges {
        if !names
            .iter()
            .any(|n| n.eq_ignore_ascii_case(&challenge.scheme))
        {
            names.push(challenge.scheme.clone());
        }
    }
    names
}

/// The server's token for a scheme.
pub(super) fn token(challenges: Vec<Challenge>, scheme: &str) -> Option<Vec<u8>> {
    challenges
        .into_iter()
        .find(|c| c.scheme.eq_ignore_ascii_case(scheme) && c.token.is_some())
        .and_then(|c| c.token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn one_header_each_or_all_in_one() {
        let windows = headers(&["Negotiate", "Kerberos", "Basic realm=\"WSMAN\"", "CredSSP"]);
        assert_eq!(
            names(&read(&windows)),
            ["Negotiate", "Kerberos", "Basic", "CredSSP"]
        );
        let joined = headers(&["Negotiate, NTLM, Basic realm=\"a\", charset=\"UTF-8\""]);
        assert_eq!(names(&read(&joined)), ["Negotiate", "NTLM", "Basic"]);
    }

    #[test]
    fn the_token_of_the_right_scheme() {
        let both = read(&headers(&["Kerberos AAAA", "negotiate TlRMTVNTUA=="]));
        assert_eq!(token(both.clone(), "Negotiate").unwrap(), b"NTLMSSP");
        assert_eq!(token(both.clone(), "Kerberos").unwrap(), [0, 0, 0]);
        assert_eq!(token(both, "NTLM"), None);
        assert_eq!(token(read(&headers(&["Negotiate !!!"])), "Negotiate"), None);
    }

    #[test]
    fn a_flood_is_cut() {
        let flood = "A, ".repeat(4000);
        assert_eq!(read(&headers(&[&flood])).len(), MOST);
    }
}
