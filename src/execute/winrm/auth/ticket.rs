//! Kerberos with the ticket of the signed-in user, by the system's library: SSPI on Windows, GSSAPI and
//! the credential cache (`KRB5CCNAME`, `klist`) elsewhere, there in builds with the feature `ticket`.
//!
//! The library makes whole tokens of `GSS_Wrap`; WinRM's two parts are cut from them by
//! [`super::wrap::to_winrm`].

use super::kerberos::Scheme;
use super::words::{KerberosError, Names};
use super::{AuthError, Mechanism};

/// A log-in with the user's ticket to the server `host`. `binding` is the application data of RFC 5929
/// when there is TLS.
///
/// # Errors
/// [`KerberosError::TicketNotBuilt`] in a build that cannot.
#[cfg(any(feature = "ticket", windows))]
pub fn login(
    scheme: Scheme,
    host: &str,
    binding: Option<&[u8]>,
) -> Result<Box<dyn Mechanism>, AuthError> {
    Ok(Box::new(with_library::TicketLogin::new(
        scheme, host, binding,
    )))
}

/// A log-in with the user's ticket: not in this build.
///
/// # Errors
/// [`KerberosError::TicketNotBuilt`], always.
#[cfg(not(any(feature = "ticket", windows)))]
pub fn login(
    _scheme: Scheme,
    _host: &str,
    _binding: Option<&[u8]>,
) -> Result<Box<dyn Mechanism>, AuthError> {
    Err(KerberosError::TicketNotBuilt.into())
}

/// True when this build can use the user's ticket.
pub const fn is_built_in() -> bool {
    cfg!(any(feature = "ticket", windows))
}

/// What the library's message means. It gives no number through the crate, so its English words are
/// looked at (MIT's and Heimdal's; SSPI's by number), and shown when they are unknown.
#[cfg_attr(not(any(feature = "ticket", windows, test)), expect(dead_code))]
fn explain(message: &str, names: &Names) -> KerberosError {
    let low = message.to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| low.contains(part));
    if says(&[
        "ticket expired",
        "expired on",
        "has expired",
        "have expired",
        "0x8009030f",
    ]) {
        KerberosError::TicketExpired
    } else if says(&[
        "no kerberos credentials",
        "no credentials cache",
        "credentials cache file",
        "no credentials were supplied",
        "credential cache is empty",
        "matching credential not found",
        "0x8009030e",
        "0x8009035d",
    ]) {
        KerberosError::NoTicket
    } else if says(&["not found in kerberos database", "0x80090303"]) {
        if let Some((realm, other)) = no_way(message) {
            KerberosError::NoWay {
                realm: realm.to_owned(),
                other: other.to_owned(),
                spn: names.spn.clone(),
            }
        } else if names.host.parse::<std::net::IpAddr>().is_ok() {
            KerberosError::AddressNotName {
                host: names.host.clone(),
            }
        } else {
            KerberosError::ServerUnknown {
                spn: names.spn.clone(),
                realm: names.realm.clone(),
            }
        }
    } else if says(&["clock skew", "0x80090324"]) {
        KerberosError::ClockSkew {
            away: "how far is not known".to_owned(),
        }
    } else if says(&["cannot find kdc", "0x80090311"]) {
        KerberosError::NoKdc {
            realm: names.realm.clone(),
        }
    } else if says(&["cannot contact any kdc"]) {
        KerberosError::KdcUnreachable {
            realm: names.realm.clone(),
            tried: "the system's library tried them".to_owned(),
        }
    } else if says(&["encryption type", "0x80090342"]) {
        KerberosError::EncryptionType {
            principal: names.spn.clone(),
        }
    } else if says(&["default realm"]) {
        KerberosError::NoRealm {
            user: "that is signed in".to_owned(),
        }
    } else if says(&["mutual authentication"]) {
        KerberosError::ServerNotProven
    } else {
        KerberosError::NotKerberos(message.to_owned())
    }
}

/// From which realm to which other one there is no way, when that is what was not found.
fn no_way(message: &str) -> Option<(&str, &str)> {
    let (_, rest) = message.split_once("krbtgt/")?;
    let (other, rest) = rest.split_once('@')?;
    let realm = rest.split_whitespace().next()?;
    (realm != other).then_some((realm, other))
}

#[cfg(any(feature = "ticket", windows))]
mod with_library {
    use cross_krb5::{ClientCtx, InitiateFlags, K5Ctx, PendingClientCtx, Step};

    use super::super::kdc::Krb5Conf;
    use super::super::kerberos::{not_let_in, spn};
    use super::super::{Sealed, der, principal, wrap};
    use super::*;
    use crate::execute::transport::BoxFuture;

    /// Kerberos with the signed-in user's ticket.
    pub struct TicketLogin {
        scheme: Scheme,
        binding: Option<Vec<u8>>,
        names: Names,
        context: Context,
        sequence: wrap::Sequence,
    }

    enum Context {
        New,
        Pending(PendingClientCtx),
        Made(ClientCtx),
        /// A step failed, or was given up.
        Gone,
    }

    impl TicketLogin {
        pub fn new(scheme: Scheme, host: &str, binding: Option<&[u8]>) -> TicketLogin {
            TicketLogin {
                scheme,
                binding: binding.map(<[u8]>::to_vec),
                names: Names {
                    user: "the signed-in user".to_owned(),
                    realm: String::new(),
                    host: host.to_owned(),
                    spn: spn(host),
                },
                context: Context::New,
                sequence: wrap::Sequence::default(),
            }
        }

        async fn next(&mut self, token: Option<&[u8]>) -> Result<Option<Vec<u8>>, AuthError> {
            // The library asks the KDC and blocks meanwhile.
            let context = std::mem::replace(&mut self.context, Context::Gone);
            let (context, out) = match (context, token) {
                (Context::New, None) => {
                    let default_realm = Krb5Conf::load().await.default_realm;
                    let (target, realm) = self.target(default_realm);
                    self.names.realm = realm;
                    let binding = self.binding.take();
                    let flags = match self.scheme {
                        Scheme::Negotiate => InitiateFlags::NEGOTIATE_TOKEN,
                        Scheme::Kerberos => InitiateFlags::empty(),
                    };
                    blocking(move || {
                        ClientCtx::new(flags, None, &target, binding.as_deref())
                            .map(|(pending, token)| {
                                (Context::Pending(pending), Some(token.to_vec()))
                            })
                            .map_err(|error| format!("{error:#}"))
                    })
                    .await
                }
                (Context::Pending(pending), Some(token)) => {
                    if let Some(refusal) = der::krb_error_within(token) {
                        let now = jiff::Timestamp::now().as_second();
                        return Err(refusal.explain(&self.names, now).into());
                    }
                    let token = token.to_vec();
                    blocking(move || match pending.step(&token) {
                        Ok(Step::Finished((made, token))) => {
                            Ok((Context::Made(made), token.map(|token| token.to_vec())))
                        }
                        Ok(Step::Continue((pending, token))) => {
                            Ok((Context::Pending(pending), Some(token.to_vec())))
                        }
                        Err(error) => Err(format!("{error:#}")),
                    })
                    .await
                }
                (made @ Context::Made(_), _) => {
                    self.context = made;
                    return Ok(None);
                }
                _ => return Err(KerberosError::ServerNotProven.into()),
            }
            .map_err(|message| explain(&message, &self.names))?;
            self.context = context;
            Ok(out)
        }

        /// The principal to ask for, and its realm for messages. GSSAPI puts a name without a realm
        /// into the default realm, and fails without one.
        fn target(&self, default_realm: Option<String>) -> (String, String) {
            let spn = &self.names.spn;
            if cfg!(windows) {
                return (spn.clone(), "of the signed-in user".to_owned());
            }
            match (default_realm, principal::domain_of(&self.names.host)) {
                (Some(realm), _) => (spn.clone(), realm),
                (None, Some(domain)) => {
                    let realm = domain.to_uppercase();
                    (format!("{spn}@{realm}"), realm)
                }
                (None, None) => (spn.clone(), String::new()),
            }
        }
    }

    async fn blocking<T: Send + 'static>(
        work: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<T, String> {
        tokio::task::spawn_blocking(work)
            .await
            .unwrap_or_else(|error| Err(error.to_string()))
    }

    impl Mechanism for TicketLogin {
        fn scheme(&self) -> &'static str {
            self.scheme.word()
        }

        fn step<'a>(
            &'a mut self,
            token: Option<&'a [u8]>,
        ) -> BoxFuture<'a, Result<Option<Vec<u8>>, AuthError>> {
            Box::pin(self.next(token))
        }

        fn is_done(&self) -> bool {
            matches!(self.context, Context::Made(_))
        }

        fn chosen(&self) -> &'static str {
            "Kerberos"
        }

        fn may_be_last(&self) -> bool {
            matches!(self.context, Context::Pending(_) | Context::Made(_))
        }

        fn proved(&self) -> bool {
            // There is no password.
            false
        }

        fn refused(&self) -> Option<AuthError> {
            Some(not_let_in(&self.names))
        }

        fn sealing(&self) -> Option<&'static str> {
            Some(self.scheme.sealing())
        }

        fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError> {
            let Context::Made(context) = &mut self.context else {
                return Err(KerberosError::ServerNotProven.into());
            };
            let token = context
                .wrap(true, plain)
                .map_err(|error| explain(&format!("{error:#}"), &self.names))?
                .to_vec();
            // Tokens of RC4 (RFC 4757) look otherwise; csdeck takes AES only.
            let (header, body) = wrap::to_winrm(token, plain.len()).ok_or_else(|| {
                KerberosError::EncryptionType {
                    principal: self.names.spn.clone(),
                }
            })?;
            Ok(Sealed {
                header,
                body,
                padding: 0,
            })
        }

        fn unseal(&mut self, header: &[u8], body: &[u8]) -> Result<Vec<u8>, AuthError> {
            let Context::Made(context) = &mut self.context else {
                return Err(KerberosError::ServerNotProven.into());
            };
            let token = [header, body].concat();
            let number = wrap::sealed_by_server(&token)?;
            let plain = context
                .unwrap(&token)
                .map_err(|_| KerberosError::Altered("its checksum is wrong"))?;
            self.sequence.take(number)?;
            Ok(plain.to_vec())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_librarys_words_are_understood() {
        let names = Names {
            host: "192.0.2.7".into(),
            ..Names::default()
        };
        let said = |message| explain(message, &names);
        assert_eq!(said("minor: Ticket expired"), KerberosError::TicketExpired);
        assert_eq!(
            said("No Kerberos credentials available (default cache: FILE:/tmp/krb5cc_0)"),
            KerberosError::NoTicket
        );
        assert!(matches!(
            said("Server HTTP/192.0.2.7@A not found in Kerberos database"),
            KerberosError::AddressNotName { .. }
        ));
        assert_eq!(
            said("Server krbtgt/B.LAN@A.LAN not found in Kerberos database"),
            KerberosError::NoWay {
                realm: "A.LAN".into(),
                other: "B.LAN".into(),
                spn: String::new(),
            }
        );
        assert!(matches!(
            said("Clock skew too great"),
            KerberosError::ClockSkew { .. }
        ));
        assert_eq!(
            said("something new"),
            KerberosError::NotKerberos("something new".into())
        );
    }

    #[cfg(not(any(feature = "ticket", windows)))]
    #[test]
    fn a_build_without_says_so() {
        let error = login(Scheme::Kerberos, "fe01.kestrel.lan", None)
            .err()
            .unwrap();
        assert!(error.to_string().contains("feature ticket"), "{error}");
        assert!(!is_built_in());
    }
}
