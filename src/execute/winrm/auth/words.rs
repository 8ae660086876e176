//! What can go wrong with Kerberos, each with what to do about it.
//!
//! The KDC answers with a number (RFC 4120 7.5.9); the number is mapped here, once, whoever asked the
//! KDC: our own exchange or the system's library.

use thiserror::Error;

/// Why a log-in with Kerberos failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KerberosError {
    /// The user was given without a domain, and no default realm is known.
    #[error(
        "no Kerberos realm for the user {user}: write the user with the domain (user@contoso.com), or set default_realm in krb5.conf"
    )]
    NoRealm {
        /// The user as typed.
        user: String,
    },

    /// Neither krb5.conf nor DNS names a KDC.
    #[error(
        "no KDC found for the realm {realm}: write the user with the full domain (user@contoso.com, not CONTOSO\\user), or name the KDC in krb5.conf ([realms]), or ask DNS: nslookup -type=SRV _kerberos._tcp.{realm}"
    )]
    NoKdc {
        /// The realm that was looked for.
        realm: String,
    },

    /// No KDC of the realm answered.
    #[error(
        "no KDC of the realm {realm} answers ({tried}): check the name, the network and the firewall (TCP 88)"
    )]
    KdcUnreachable {
        /// The realm.
        realm: String,
        /// Each address with what happened there.
        tried: String,
    },

    /// No answer in the time that a log-in may take.
    #[error(
        "the domain did not answer within {seconds} s: its name servers or its KDCs are slow, or not reached (DNS, TCP 88). Name the KDC in krb5.conf ([realms]) where DNS does not; a slow way needs a longer login_timeout in the target"
    )]
    Late {
        /// What was waited.
        seconds: u64,
    },

    /// A KDC got the proof of the password and said nothing more.
    #[error(
        "the KDC {kdc} took the password's proof and did not answer ({reason}). It is not sent again, since the domain may be counting it: try again when the domain controller is well"
    )]
    KdcSilent {
        /// Its address.
        kdc: String,
        /// What happened.
        reason: String,
    },

    /// The KDC does not serve the realm (KDC_ERR_WRONG_REALM).
    #[error(
        "the KDC does not serve the realm {realm}: check the domain in the user's name and the KDC in krb5.conf"
    )]
    WrongRealm {
        /// The realm that was asked for.
        realm: String,
    },

    /// KDC_ERR_PREAUTH_FAILED.
    #[error(
        "the password for {user} is wrong: it was tried once and is not tried again, so that the account is not locked"
    )]
    PasswordWrong {
        /// The user with the realm.
        user: String,
    },

    /// KDC_ERR_C_PRINCIPAL_UNKNOWN.
    #[error("the domain does not know the user {user}: check the spelling and the domain")]
    UserUnknown {
        /// The user with the realm.
        user: String,
    },

    /// KDC_ERR_CLIENT_REVOKED.
    #[error(
        "the account {user} is locked, disabled or expired, or may not log in at this hour: see Get-ADUser -Properties LockedOut,Enabled,AccountExpirationDate"
    )]
    AccountRevoked {
        /// The user with the realm.
        user: String,
    },

    /// KDC_ERR_KEY_EXPIRED.
    #[error("the password of {user} has expired: change it (Ctrl+Alt+Del on Windows, or kpasswd)")]
    PasswordExpired {
        /// The user with the realm.
        user: String,
    },

    /// KDC_ERR_S_PRINCIPAL_UNKNOWN for a name.
    #[error(
        "the domain {realm} has no server {spn}: give the server's full name in the domain as the target's address, or look for it with setspn -Q {spn}"
    )]
    ServerUnknown {
        /// The service principal name.
        spn: String,
        /// The realm that was asked.
        realm: String,
    },

    /// KDC_ERR_S_PRINCIPAL_UNKNOWN for another realm's KDC (`krbtgt/OTHER@OURS`).
    #[error(
        "the domain {realm} has no way to the realm {other}, in which the server {spn} is looked for: check default_realm in krb5.conf and the server's full name in the target. From one domain to another it takes a trust, or a user and a password of the other one in the target"
    )]
    NoWay {
        /// The realm of the ticket.
        realm: String,
        /// The realm that it is of no use in.
        other: String,
        /// The service principal name.
        spn: String,
    },

    /// KDC_ERR_S_PRINCIPAL_UNKNOWN for an address by number.
    #[error(
        "Kerberos knows servers by name, not by address: the target says {host}, give the server's full name in the domain"
    )]
    AddressNotName {
        /// The address as typed.
        host: String,
    },

    /// KDC_ERR_PRINCIPAL_NOT_UNIQUE.
    #[error(
        "more than one account of {realm} claims {spn}: find them with setspn -X and remove the wrong one"
    )]
    ServerNotUnique {
        /// The service principal name.
        spn: String,
        /// The realm that was asked.
        realm: String,
    },

    /// KRB_AP_ERR_SKEW.
    #[error(
        "the clocks differ too much ({away}): Kerberos allows 5 minutes. Compare the clocks of this computer, of the KDC and of the server (w32tm /query /status, timedatectl)"
    )]
    ClockSkew {
        /// How far this computer is from the one that complained, in words.
        away: String,
    },

    /// The ticket's life is over (KRB_AP_ERR_TKT_EXPIRED).
    #[error("the ticket has expired: get a new one (kinit on Linux, klist purge on Windows)")]
    TicketExpired,

    /// The user has no ticket here.
    #[error(
        "the signed-in user has no Kerberos ticket: get one with kinit and look at it with klist, or give the target a user and a password"
    )]
    NoTicket,

    /// This build cannot use the user's ticket.
    #[error(
        "this csdeck cannot use the signed-in user's Kerberos ticket: give the target a user and a password, or use a csdeck built with the feature ticket"
    )]
    TicketNotBuilt,

    /// KDC_ERR_ETYPE_NOSUPP, or a cipher that we do not speak.
    #[error(
        "no common kind of encryption for {principal}: AES-128 or AES-256 is needed. An account from before 2008 has no AES key until its password is set anew; see msDS-SupportedEncryptionTypes"
    )]
    EncryptionType {
        /// The user or the server.
        principal: String,
    },

    /// The server could not read the ticket (KRB_AP_ERR_MODIFIED, _BADKEYVER, _NOKEY, _NOT_US).
    #[error(
        "the server cannot read the ticket for {spn}: the name belongs to another account, or the server's password in the domain has changed. Check setspn -Q {spn} and that the address leads to that server"
    )]
    TicketUnreadable {
        /// The service principal name.
        spn: String,
    },

    /// The server answered the ticket with a bare refusal.
    #[error(
        "the server refused the Kerberos ticket of {user} for {spn}: its clock may be more than 5 minutes off the domain's, its password in the domain may have changed since, or {user} may not use it (group Remote Management Users). The password itself was right"
    )]
    NotLetIn {
        /// The user with the realm.
        user: String,
        /// The service principal name.
        spn: String,
    },

    /// KDC_ERR_POLICY and its like.
    #[error("the domain's policy forbids this log-in for {user} (KDC error {code})")]
    Policy {
        /// The user with the realm.
        user: String,
        /// The number of RFC 4120 7.5.9.
        code: u32,
    },

    /// Another number.
    #[error("the KDC or the server refused with Kerberos error {code}{text}")]
    Other {
        /// The number of RFC 4120 7.5.9.
        code: u32,
        /// The text that came with it, with `: ` before it, or empty.
        text: String,
    },

    /// The server did not show that it could read the ticket.
    #[error(
        "the server did not prove who it is (mutual authentication failed): nothing was sent to it"
    )]
    ServerNotProven,

    /// A sealed body does not open, or came a second time.
    #[error(
        "a sealed answer of the server is damaged, or comes from somebody else ({0}): nothing of it is used"
    )]
    Altered(&'static str),

    /// A reply that is none.
    #[error("the KDC's or the server's answer is not Kerberos ({0})")]
    NotKerberos(String),

    /// A way to the KDC that csdeck does not go.
    #[error(
        "the KDC at {0} is a KDC proxy, which csdeck does not use: name a KDC that is reached over TCP 88"
    )]
    Proxy(String),
}

/// Who was asked for what: the names that the words need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The user with the realm.
    pub user: String,
    /// The realm of the KDC that was asked.
    pub realm: String,
    /// The server's address as typed.
    pub host: String,
    /// The service principal name, `HTTP/host`.
    pub spn: String,
}

/// A KRB-ERROR (RFC 4120 5.9.1), as far as it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KrbError {
    /// The number.
    pub code: u32,
    /// The sender's clock, seconds since 1970 in UTC.
    pub server_time: Option<i64>,
    /// The sender's words.
    pub text: String,
}

/// The KDC wants the proof of the password: the usual first answer, no error.
pub const PREAUTH_REQUIRED: u32 = 25;

/// The number of `KDC_ERR_C_PRINCIPAL_UNKNOWN`.
pub const USER_UNKNOWN: u32 = 6;

impl KrbError {
    /// In words. `now` is this computer's clock, seconds since 1970 in UTC.
    pub fn explain(&self, names: &Names, now: i64) -> KerberosError {
        let user = || names.user.clone();
        let spn = || names.spn.clone();
        let realm = || names.realm.clone();
        match self.code {
            USER_UNKNOWN => KerberosError::UserUnknown { user: user() },
            7 if names.host.parse::<std::net::IpAddr>().is_ok() => KerberosError::AddressNotName {
                host: names.host.clone(),
            },
            7 => KerberosError::ServerUnknown {
                spn: spn(),
                realm: realm(),
            },
            8 => KerberosError::ServerNotUnique {
                spn: spn(),
                realm: realm(),
            },
            12 | 21 => KerberosError::Policy {
                user: user(),
                code: self.code,
            },
            14 => KerberosError::EncryptionType {
                principal: format!("{} or {}", names.user, names.spn),
            },
            // 1: the account has expired, 18: locked, disabled, outside its hours.
            1 | 18 => KerberosError::AccountRevoked { user: user() },
            23 => KerberosError::PasswordExpired { user: user() },
            // Heimdal and Samba answer 31 to a wrong password.
            24 | 31 => KerberosError::PasswordWrong { user: user() },
            32 => KerberosError::TicketExpired,
            33 | 37 => KerberosError::ClockSkew {
                away: apart(self.server_time.map(|server| now - server)),
            },
            35 | 41 | 44 | 45 => KerberosError::TicketUnreadable { spn: spn() },
            68 => KerberosError::WrongRealm { realm: realm() },
            code => KerberosError::Other {
                code,
                text: match self.text.as_str() {
                    "" => String::new(),
                    text => format!(": {text}"),
                },
            },
        }
    }
}

/// How far this clock is from the other, in words.
fn apart(seconds: Option<i64>) -> String {
    let Some(seconds) = seconds else {
        return "how far is not known".to_owned();
    };
    let away = seconds.unsigned_abs();
    let amount = match away {
        0..=119 => format!("{away} s"),
        120..=7199 => format!("{} min", away / 60),
        7200..=172_799 => format!("{} h", away / 3600),
        _ => format!("{} days", away / 86_400),
    };
    match seconds {
        0 => "this clock agrees with the one that complained".to_owned(),
        1.. => format!("this clock is {amount} ahead"),
        _ => format!("this clock is {amount} behind"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names {
            user: "ops@KESTREL.LAN".into(),
            realm: "KESTREL.LAN".into(),
            host: "fe01.kestrel.lan".into(),
            spn: "HTTP/fe01.kestrel.lan".into(),
        }
    }

    fn said(code: u32) -> String {
        KrbError {
            code,
            server_time: Some(1_000_000),
            text: "in its words".into(),
        }
        .explain(&names(), 1_000_000 + 3900)
        .to_string()
    }

    #[test]
    fn each_number_is_told_with_what_to_do() {
        for (code, part) in [
            (6, "does not know the user ops@KESTREL.LAN"),
            (7, "has no server HTTP/fe01.kestrel.lan"),
            (8, "setspn -X"),
            (12, "policy forbids"),
            (14, "AES-128 or AES-256"),
            (18, "locked, disabled"),
            (23, "has expired: change it"),
            (24, "tried once"),
            (32, "kinit"),
            (37, "this clock is 65 min ahead"),
            (41, "cannot read the ticket"),
            (68, "does not serve the realm KESTREL.LAN"),
            (60, "Kerberos error 60: in its words"),
        ] {
            assert!(said(code).contains(part), "{code}: {}", said(code));
        }
    }

    #[test]
    fn an_address_by_number_is_told_as_such() {
        let mut names = names();
        names.host = "192.0.2.7".into();
        let error = KrbError {
            code: 7,
            server_time: None,
            text: String::new(),
        };
        assert!(matches!(
            error.explain(&names, 0),
            KerberosError::AddressNotName { .. }
        ));
    }

    #[test]
    fn clocks_are_compared_in_words() {
        assert_eq!(apart(Some(-90)), "this clock is 90 s behind");
        assert_eq!(apart(Some(7200)), "this clock is 2 h ahead");
        assert_eq!(apart(Some(-864_000)), "this clock is 10 days behind");
        assert_eq!(apart(None), "how far is not known");
        assert!(apart(Some(i64::MIN)).contains("behind"));
    }
}
