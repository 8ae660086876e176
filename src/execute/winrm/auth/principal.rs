//! The user's name as typed, and the realm it belongs to.

use sspi::AuthIdentityBuffers;

use super::AuthError;
use super::kdc::Krb5Conf;
use super::words::KerberosError;
use crate::store::secret::Secret;

/// A user's name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// `account@suffix`: a user principal name. The suffix need not be the realm.
    Upn(String, String),
    /// `DOMAIN\account`: a short or a full name of the domain.
    Domain(String, String),
    /// `account` alone.
    Bare(String),
}

impl Principal {
    /// Reads a name. As Windows does, the last `@` counts and the first `\`.
    ///
    /// # Errors
    /// When the account or the domain is missing.
    pub fn parse(user: &str) -> Result<Principal, AuthError> {
        let name = match (user.split_once('\\'), user.rsplit_once('@')) {
            (Some((domain, account)), _) if !domain.is_empty() && !account.is_empty() => {
                Principal::Domain(domain.to_owned(), account.to_owned())
            }
            (None, Some((account, suffix))) if !account.is_empty() && !suffix.is_empty() => {
                Principal::Upn(account.to_owned(), suffix.to_owned())
            }
            (None, None) if !user.is_empty() => Principal::Bare(user.to_owned()),
            _ => {
                return Err(AuthError::Mechanism(format!(
                    "{user:?} is no user name: it is DOMAIN\\user, user@domain or user"
                )));
            }
        };
        Ok(name)
    }

    /// The realm: by `[domain_realm]` of krb5.conf, else the domain in capital letters. Without a domain
    /// the default realm, else the server's domain.
    pub fn realm(&self, host: &str, conf: &Krb5Conf) -> Result<String, KerberosError> {
        use sspi::kerberos::client::principal::get_client_principal_realm as mapped;
        match self {
            Principal::Upn(_, domain) | Principal::Domain(domain, _) => Ok(mapped("", domain)),
            Principal::Bare(user) => match (&conf.default_realm, domain_of(host)) {
                (Some(realm), _) => Ok(realm.clone()),
                (None, Some(domain)) => Ok(domain.to_uppercase()),
                (None, None) => Err(KerberosError::NoRealm { user: user.clone() }),
            },
        }
    }

    /// The realm by the server's domain, when a short domain name is how that begins.
    pub fn realm_by_host(&self, host: &str) -> Option<String> {
        match self {
            Principal::Domain(short, _) if !short.contains('.') => domain_of(host)
                .filter(|domain| {
                    domain
                        .split('.')
                        .next()
                        .is_some_and(|label| label.eq_ignore_ascii_case(short))
                })
                .map(str::to_uppercase),
            _ => None,
        }
    }

    /// True when the name says which domain it is of; `.\user` is the server's own.
    pub fn names_a_domain(&self) -> bool {
        match self {
            Principal::Upn(..) => true,
            Principal::Domain(domain, _) => domain != ".",
            Principal::Bare(_) => false,
        }
    }

    /// `account@REALM` for messages.
    pub fn shown(&self, realm: &str) -> String {
        match self {
            Principal::Upn(account, suffix) => format!("{account}@{suffix}"),
            Principal::Domain(_, account) | Principal::Bare(account) => {
                format!("{account}@{realm}")
            }
        }
    }

    /// The names to try with the KDC, in order. sspi takes a user with `@` for an enterprise name
    /// (RFC 6806 5), which only some KDCs look up.
    pub(super) fn identities(&self, realm: &str, secret: &Secret) -> Vec<AuthIdentityBuffers> {
        let secret = secret.expose();
        match self {
            Principal::Upn(account, suffix) => vec![
                AuthIdentityBuffers::from_utf8(&format!("{account}@{suffix}"), suffix, secret),
                AuthIdentityBuffers::from_utf8(account, realm, secret),
            ],
            Principal::Domain(_, account) | Principal::Bare(account) => {
                vec![AuthIdentityBuffers::from_utf8(account, realm, secret)]
            }
        }
    }
}

/// `contoso.com` of `fe01.contoso.com`; none of an address by number or a short name.
pub(super) fn domain_of(host: &str) -> Option<&str> {
    if host.parse::<std::net::IpAddr>().is_ok() {
        return None;
    }
    host.trim_end_matches('.')
        .split_once('.')
        .map(|(_, domain)| domain)
        .filter(|domain| !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let parse = |user| Principal::parse(user).unwrap();
        assert_eq!(
            parse("a@b@kestrel.lan"),
            Principal::Upn("a@b".into(), "kestrel.lan".into())
        );
        assert_eq!(
            parse("KESTREL\\ops"),
            Principal::Domain("KESTREL".into(), "ops".into())
        );
        assert_eq!(parse("ops"), Principal::Bare("ops".into()));
        for bad in ["", "@kestrel.lan", "ops@", "\\ops", "KESTREL\\"] {
            assert!(Principal::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_realm_is_found_by_the_default_or_the_server() {
        let bare = Principal::Bare("ops".into());
        let none = Krb5Conf::default();
        let some = Krb5Conf {
            default_realm: Some("KESTREL.LAN".into()),
            ..Krb5Conf::default()
        };
        assert_eq!(bare.realm("x", &some).unwrap(), "KESTREL.LAN");
        assert_eq!(
            bare.realm("fe01.contoso.com", &none).unwrap(),
            "CONTOSO.COM"
        );
        assert!(bare.realm("192.0.2.7", &none).is_err());
        assert!(bare.realm("fe01", &none).is_err());
    }

    #[test]
    fn a_short_domain_is_found_by_the_server_it_names() {
        let short = Principal::Domain("contoso".into(), "ops".into());
        assert_eq!(
            short.realm_by_host("fe01.contoso.com").as_deref(),
            Some("CONTOSO.COM")
        );
        assert_eq!(short.realm_by_host("fe01.kestrel.lan"), None);
        let full = Principal::Domain("contoso.com".into(), "ops".into());
        assert_eq!(full.realm_by_host("fe01.contoso.com"), None);
    }
}
