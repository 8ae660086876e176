//! Which way to log in a target asks for.

use std::fmt;

/// The key `auth` of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthChoice {
    /// Kerberos where it is possible, else NTLM (RFC 4178, RFC 4559).
    #[default]
    Negotiate,
    /// Kerberos and nothing else.
    Kerberos,
    /// NTLM and nothing else.
    Ntlm,
    /// CredSSP: the password goes to the server, sealed, for its own log-ins elsewhere.
    CredSsp,
    /// A client certificate; needs TLS.
    Certificate,
    /// Name and password as they are; needs TLS.
    Basic,
}

impl AuthChoice {
    /// All of them, in the order in which they are told.
    pub const ALL: [AuthChoice; 6] = [
        AuthChoice::Negotiate,
        AuthChoice::Kerberos,
        AuthChoice::Ntlm,
        AuthChoice::CredSsp,
        AuthChoice::Certificate,
        AuthChoice::Basic,
    ];

    /// As it stands in a target's file.
    pub fn name(self) -> &'static str {
        match self {
            AuthChoice::Negotiate => "negotiate",
            AuthChoice::Kerberos => "kerberos",
            AuthChoice::Ntlm => "ntlm",
            AuthChoice::CredSsp => "credssp",
            AuthChoice::Certificate => "certificate",
            AuthChoice::Basic => "basic",
        }
    }

    /// The choice of that name.
    pub fn named(name: &str) -> Option<AuthChoice> {
        AuthChoice::ALL
            .into_iter()
            .find(|choice| choice.name() == name)
    }

    /// True for the ways that protect nothing by themselves: they are used over TLS only.
    pub fn needs_tls(self) -> bool {
        matches!(self, AuthChoice::Certificate | AuthChoice::Basic)
    }
}

impl fmt::Display for AuthChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
