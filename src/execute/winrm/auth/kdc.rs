//! The way to the KDC (Key Distribution Center, on a domain controller): which ones a realm has, and one
//! question over TCP (RFC 4120 7.2.2).
//!
//! A realm's KDCs are looked for in this order: the variables `SSPI_KDC_URL_<REALM>` and `SSPI_KDC_URL`,
//! `[realms]` of krb5.conf (`KRB5_CONFIG`; on Windows the registry), DNS SRV records. The first and the
//! last are done by sspi.

use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::words::KerberosError;

/// How long one KDC may take to accept a connection, and then to answer.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(7);
/// How long DNS may take for the SRV records.
const LOOK_UP: Duration = Duration::from_secs(20);
/// More than any ticket: with 64 KB of groups a reply stays below 200 KB.
const MAX_REPLY: u32 = 1024 * 1024;
/// As many KDCs are tried.
const MAX_KDCS: usize = 6;
const PORT: u16 = 88;

/// One KDC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kdc {
    /// Name or address.
    pub host: String,
    /// TCP port, 88 as a rule.
    pub port: u16,
}

impl std::fmt::Display for Kdc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl Kdc {
    /// Reads `host`, `host:port`, `[v6]:port`, with `tcp/`, `udp/`, `tcp://` or `udp://` before it as
    /// krb5.conf and sspi write it. UDP is asked over TCP, too: each KDC answers there. `Err` with the
    /// text for a KDC proxy over HTTPS, `Ok(None)` for what is no address.
    pub fn parse(text: &str) -> Result<Option<Kdc>, KerberosError> {
        let mut rest = text.trim().trim_end_matches('/');
        if rest.starts_with("https:") || rest.starts_with("http:") {
            return Err(KerberosError::Proxy(rest.to_owned()));
        }
        for prefix in ["tcp://", "udp://", "tcp/", "udp/"] {
            rest = rest.strip_prefix(prefix).unwrap_or(rest);
        }
        let (host, port) = if let Some(v6) = rest.strip_prefix('[') {
            let Some((host, after)) = v6.split_once(']') else {
                return Ok(None);
            };
            (host, after.strip_prefix(':'))
        } else if rest.matches(':').count() > 1 {
            (rest, None)
        } else {
            match rest.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            }
        };
        let port = match port.map(str::parse) {
            None => PORT,
            Some(Ok(port)) => port,
            Some(Err(_)) => return Ok(None),
        };
        let fits = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c == '/');
        Ok(fits.then(|| Kdc {
            host: host.to_owned(),
            port,
        }))
    }
}

/// What csdeck uses of krb5.conf.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Krb5Conf {
    /// `default_realm` of `[libdefaults]`.
    pub default_realm: Option<String>,
    /// `kdc` lines of `[realms]`, with their realm, in order.
    pub kdcs: Vec<(String, String)>,
    /// `dns_lookup_kdc` of `[libdefaults]`.
    pub dns: Option<bool>,
}

impl Krb5Conf {
    /// The files of `KRB5_CONFIG` (separated by `:`), or the usual ones. Files that cannot be read
    /// count as empty, as MIT's library does; `include` is not followed.
    pub fn from_system() -> Krb5Conf {
        let mut conf = Krb5Conf::default();
        for path in config_paths() {
            // A configuration, not a disk image.
            if let Ok(meta) = std::fs::metadata(&path)
                && meta.is_file()
                && meta.len() <= 1024 * 1024
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                conf.add(&text);
            }
        }
        conf
    }

    /// [`Krb5Conf::from_system`] where it holds nobody up.
    pub async fn load() -> Krb5Conf {
        let read = tokio::task::spawn_blocking(Krb5Conf::from_system);
        read.await.unwrap_or_default()
    }

    /// Adds the text of one file; what was there first wins.
    pub fn add(&mut self, text: &str) {
        let (mut section, mut realm) = (String::new(), None::<String>);
        for line in text.lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(['*', ']']).trim().to_lowercase();
                realm = None;
            } else if line.starts_with('}') {
                realm = None;
            } else if let Some((key, value)) = line.split_once('=') {
                let (key, value) = (key.trim().trim_end_matches('*'), value.trim());
                match (section.as_str(), &realm) {
                    ("libdefaults", _) if key.eq_ignore_ascii_case("default_realm") => {
                        self.default_realm.get_or_insert_with(|| value.to_owned());
                    }
                    ("libdefaults", _) if key.eq_ignore_ascii_case("dns_lookup_kdc") => {
                        self.dns.get_or_insert(!is_no(value));
                    }
                    ("realms", None) if value.starts_with('{') => realm = Some(key.to_owned()),
                    ("realms", Some(name)) if key.eq_ignore_ascii_case("kdc") => {
                        self.kdcs.push((name.clone(), value.to_owned()));
                    }
                    _ => {}
                }
            }
        }
    }

    /// The KDCs of a realm. An error when there is only a KDC proxy.
    pub fn kdcs_of(&self, realm: &str) -> Result<Vec<Kdc>, KerberosError> {
        let (mut found, mut proxy) = (Vec::new(), None);
        for (_, value) in self
            .kdcs
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(realm))
        {
            match Kdc::parse(value) {
                Ok(kdc) => found.extend(kdc),
                Err(error) => proxy = Some(error),
            }
        }
        found.truncate(MAX_KDCS);
        match proxy {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(found),
        }
    }
}

/// MIT's words for it; each other one is a yes here.
fn is_no(value: &str) -> bool {
    ["n", "no", "false", "f", "nil", "0", "off"]
        .iter()
        .any(|no| value.eq_ignore_ascii_case(no))
}

fn config_paths() -> Vec<PathBuf> {
    match std::env::var_os("KRB5_CONFIG") {
        Some(paths) => std::env::split_paths(&paths).collect(),
        None if cfg!(windows) => Vec::new(),
        None => vec!["/etc/krb5.conf".into(), "/usr/local/etc/krb5.conf".into()],
    }
}

/// The KDCs of a realm as this computer knows them. Asks DNS when no file tells.
///
/// # Errors
/// [`KerberosError::NoKdc`], [`KerberosError::Proxy`].
pub async fn find(realm: &str) -> Result<Vec<Kdc>, KerberosError> {
    let none = || KerberosError::NoKdc {
        realm: realm.to_owned(),
    };
    let asked = realm.to_owned();
    // Files and DNS block; sspi gives one KDC only, so krb5.conf is read here to have them all.
    let work = tokio::task::spawn_blocking(move || {
        let by_variable = std::env::var_os(format!("SSPI_KDC_URL_{asked}")).is_some()
            || std::env::var_os("SSPI_KDC_URL").is_some();
        if !by_variable {
            let conf = Krb5Conf::from_system();
            let found = conf.kdcs_of(&asked)?;
            if !found.is_empty() || conf.dns == Some(false) {
                return Ok(found);
            }
        }
        match sspi::detect_kdc_host(&asked) {
            Some(url) => Ok(Kdc::parse(&url)?.into_iter().collect()),
            None => Ok(Vec::new()),
        }
    });
    match timeout(LOOK_UP, work).await {
        Ok(Ok(Ok(found))) if !found.is_empty() => Ok(found),
        Ok(Ok(Err(error))) => Err(error),
        _ => Err(none()),
    }
}

/// Asks the KDCs in turn until one answers. `message` begins with its length in four bytes, as does the
/// reply.
///
/// # Errors
/// [`KerberosError::KdcUnreachable`] with what happened at each.
pub async fn ask(kdcs: &[Kdc], realm: &str, message: &[u8]) -> Result<Vec<u8>, KerberosError> {
    let mut tried = Vec::new();
    for kdc in kdcs.iter().take(MAX_KDCS) {
        match ask_one(kdc, message).await {
            Ok(reply) => return Ok(reply),
            // It may be judging the password at this moment: another KDC would count it again.
            Err((reason, true)) if proves(message) => {
                return Err(KerberosError::KdcSilent {
                    kdc: kdc.to_string(),
                    reason,
                });
            }
            Err((reason, _)) => tried.push(format!("{kdc}: {reason}")),
        }
    }
    Err(KerberosError::KdcUnreachable {
        realm: realm.to_owned(),
        tried: tried.join("; "),
    })
}

/// True for an AS-REQ with an encrypted timestamp (RFC 4120 5.2.7.2), which proves the password.
fn proves(message: &[u8]) -> bool {
    const AS_REQ: u8 = 0x6a;
    /// `padata-type [1] 2`, PA-ENC-TIMESTAMP.
    const TIMESTAMP: [u8; 5] = [0xa1, 0x03, 0x02, 0x01, 0x02];
    // Behind the length that TCP puts in front.
    message.get(4) == Some(&AS_REQ) && memchr::memmem::find(message, &TIMESTAMP).is_some()
}

/// Its answer; or why there is none, and whether it may have got the question.
async fn ask_one(kdc: &Kdc, message: &[u8]) -> Result<Vec<u8>, (String, bool)> {
    let late = |what: &str, time: Duration| format!("{what} within {} s", time.as_secs());
    let connect = TcpStream::connect((kdc.host.as_str(), kdc.port));
    let mut stream = timeout(CONNECT, connect)
        .await
        .map_err(|_| (late("no connection", CONNECT), false))?
        .map_err(|error| (error.to_string(), false))?;
    let exchange = async {
        stream.write_all(message).await?;
        let length = stream.read_u32().await?;
        if length > MAX_REPLY {
            return Err(std::io::Error::other("the answer is too long for a KDC"));
        }
        let mut reply = length.to_be_bytes().to_vec();
        stream
            .take(u64::from(length))
            .read_to_end(&mut reply)
            .await?;
        if reply.len() as u64 != u64::from(length) + 4 {
            return Err(std::io::Error::other("the answer is cut off"));
        }
        Ok(reply)
    };
    timeout(ANSWER, exchange)
        .await
        .map_err(|_| (late("no answer", ANSWER), true))?
        .map_err(|error| (error.to_string(), true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kdc(host: &str, port: u16) -> Kdc {
        Kdc {
            host: host.into(),
            port,
        }
    }

    #[test]
    fn addresses_are_read_in_each_form() {
        for (text, want) in [
            ("dc1.kestrel.lan", Some(kdc("dc1.kestrel.lan", 88))),
            ("dc1.kestrel.lan:750", Some(kdc("dc1.kestrel.lan", 750))),
            ("tcp/dc1:88", Some(kdc("dc1", 88))),
            ("udp://dc1:88", Some(kdc("dc1", 88))),
            ("tcp://dc1:88/", Some(kdc("dc1", 88))),
            ("[2001:db8::1]:750", Some(kdc("2001:db8::1", 750))),
            ("2001:db8::1", Some(kdc("2001:db8::1", 88))),
            ("dc1:http", None),
            ("", None),
            ("[::1", None),
        ] {
            assert_eq!(Kdc::parse(text).unwrap(), want, "{text}");
        }
        assert!(matches!(
            Kdc::parse("https://gw.kestrel.lan/KdcProxy"),
            Err(KerberosError::Proxy(_))
        ));
    }

    #[test]
    fn all_kdcs_of_a_realm_are_found() {
        let mut conf = Krb5Conf::default();
        conf.add(
            "# c\n[libdefaults]\n default_realm = KESTREL.LAN\n dns_lookup_kdc = False\n[realms]\n KESTREL.LAN = {\n  kdc = dc1.kestrel.lan\n  kdc = dc2.kestrel.lan:88\n  admin_server = dc1\n }\n OTHER.LAN = {\n kdc = https://gw/KdcProxy\n}\n[domain_realm]\n kdc = no\n",
        );
        assert_eq!(conf.default_realm.as_deref(), Some("KESTREL.LAN"));
        assert_eq!(conf.dns, Some(false));
        assert_eq!(
            conf.kdcs_of("kestrel.lan").unwrap(),
            [kdc("dc1.kestrel.lan", 88), kdc("dc2.kestrel.lan", 88)]
        );
        assert!(conf.kdcs_of("OTHER.LAN").is_err());
        assert_eq!(conf.kdcs_of("NONE.LAN").unwrap(), []);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "[\\[\\]{}=#a-z\\n :.*/]{0,120}") {
            let mut conf = Krb5Conf::default();
            conf.add(&text);
            let _ = conf.kdcs_of("a");
            let _ = Kdc::parse(&text);
        }

        #[test]
        fn an_address_reads_back(host in "[a-z][a-z0-9.-]{0,20}|[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}", port in 1u16..) {
            let kdc = kdc(&host, port);
            prop_assert_eq!(Kdc::parse(&kdc.to_string()).unwrap(), Some(kdc));
        }
    }

    #[tokio::test]
    async fn the_next_kdc_is_asked_when_one_is_down() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let up = kdc("127.0.0.1", listener.local_addr().unwrap().port());
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let down = kdc("127.0.0.1", closed.local_addr().unwrap().port());
        drop(closed);
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = [0; 6];
            stream.read_exact(&mut heard).await.unwrap();
            stream.write_all(b"\0\0\0\x03abc").await.unwrap();
            heard
        });
        let reply = ask(&[down.clone(), up], "KESTREL.LAN", b"\0\0\0\x02hi")
            .await
            .unwrap();
        assert_eq!(reply, b"\0\0\0\x03abc");
        assert_eq!(&server.await.unwrap(), b"\0\0\0\x02hi");
        let error = ask(std::slice::from_ref(&down), "KESTREL.LAN", b"\0\0\0\0")
            .await
            .unwrap_err();
        assert!(error.to_string().contains(&down.to_string()), "{error}");
    }

    #[tokio::test]
    async fn the_proof_of_a_password_goes_to_one_kdc() {
        use tokio::io::AsyncReadExt;
        use tokio::net::TcpListener;

        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let second = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let kdcs: Vec<Kdc> = [&silent, &second]
            .map(|l| kdc("127.0.0.1", l.local_addr().unwrap().port()))
            .into();
        let takes = tokio::spawn(async move {
            let (mut stream, _) = silent.accept().await.unwrap();
            let _ = stream.read(&mut [0; 64]).await;
        });
        let message = b"\0\0\0\x0b\x6a\x09\x30\x07\xa1\x03\x02\x01\x02\xa2\x00";
        let error = ask(&kdcs, "KESTREL.LAN", message).await.unwrap_err();
        assert!(matches!(error, KerberosError::KdcSilent { .. }), "{error}");
        takes.await.unwrap();
        let asked = tokio::time::timeout(Duration::from_millis(50), second.accept()).await;
        assert!(asked.is_err(), "the second one was asked");
    }
}
