//! How a winrm target logs in and whom it trusts, and what of it does not go together.

use serde::{Deserialize, Serialize};

use super::{Target, TransportKind};
use crate::execute::winrm::endpoint::Endpoint;

/// How to log in over WinRM (MS-WSMV 2.2.9.1; about_Remote_Troubleshooting).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// Kerberos where there is a domain, else NTLM.
    #[default]
    Negotiate,
    /// Kerberos and nothing else.
    Kerberos,
    /// NTLM and nothing else.
    Ntlm,
    /// The account goes on to further servers from there (MS-CSSP).
    CredSsp,
    /// A certificate that the server maps to an account.
    Certificate,
    /// The password as it is, inside TLS.
    Basic,
}

impl Auth {
    /// All ways, in the order they are offered.
    pub const ALL: [Auth; 6] = [
        Auth::Negotiate,
        Auth::Kerberos,
        Auth::Ntlm,
        Auth::CredSsp,
        Auth::Certificate,
        Auth::Basic,
    ];

    /// Their words.
    pub const WORDS: [&'static str; 6] = {
        let mut words = [""; 6];
        let mut at = 0;
        while at < words.len() {
            words[at] = Auth::ALL[at].word();
            at += 1;
        }
        words
    };

    /// The word used in files and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Auth::Negotiate => "negotiate",
            Auth::Kerberos => "kerberos",
            Auth::Ntlm => "ntlm",
            Auth::CredSsp => "credssp",
            Auth::Certificate => "certificate",
            Auth::Basic => "basic",
        }
    }

    /// True when the server has the account's password and can log in to further servers with it.
    pub fn goes_onward(self) -> bool {
        matches!(self, Auth::CredSsp | Auth::Basic)
    }

    /// True for the ways that protect nothing by themselves: they are used over TLS only.
    pub fn needs_tls(self) -> bool {
        matches!(self, Auth::Certificate | Auth::Basic)
    }

    pub(super) fn is_negotiate(&self) -> bool {
        *self == Auth::Negotiate
    }
}

impl std::fmt::Display for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// The digest of a pinned certificate: 64 hexadecimal digits, with or without colons between them, and
/// with or without `sha256:` or openssl's `sha256 Fingerprint=` in front. The error says what is
/// wanted.
pub fn fingerprint(text: &str) -> Result<[u8; 32], String> {
    let wanted = "Wanted are the 64 digits of SHA-256; `openssl x509 -noout -fingerprint -sha256` says them of a certificate";
    let text = text.trim();
    let digits = HEADS.iter().find_map(|head| {
        let (front, rest) = text.split_at_checked(head.len())?;
        front.eq_ignore_ascii_case(head).then_some(rest)
    });
    let digits = digits.unwrap_or(text);
    let plain: String = digits.chars().filter(|c| *c != ':').collect();
    let hex = plain.bytes().all(|b| b.is_ascii_hexdigit());
    if hex && plain.len() == 40 {
        return Err(format!(
            "{text:?} is a SHA-1 thumbprint, as Windows shows it, and no longer safe. {wanted}"
        ));
    }
    if !hex || plain.len() != 64 {
        return Err(format!(
            "{text:?} is not the fingerprint of a certificate. {wanted}"
        ));
    }
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(plain.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).unwrap_or("");
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wanted.to_owned())?;
    }
    Ok(digest)
}

/// What may stand in front of a fingerprint.
const HEADS: [&str; 2] = ["sha256:", "sha256 Fingerprint="];

/// What is wrong with the settings of a winrm target, if anything.
pub(super) fn problem(target: &Target) -> Option<String> {
    let says = |text: &str| Some(format!("target {}: {text}", target.name));
    let endpoint = match Endpoint::of(target) {
        Ok(endpoint) => endpoint,
        Err(error) => return says(&error.to_string()),
    };
    if !endpoint.tls {
        match target.auth {
            Auth::Basic => {
                return says(
                    "auth = \"basic\" sends the password as it is: it is there inside TLS only. Use https, port 5986 or tls = true, or another auth",
                );
            }
            Auth::Certificate => {
                return says(
                    "auth = \"certificate\" is a log-in of TLS: use https, port 5986 or tls = true",
                );
            }
            _ => {}
        }
        if target.ca_file.is_some() || target.fingerprint.is_some() {
            return says(
                "ca_file and fingerprint are about the server's certificate, and without TLS there is none: use https, port 5986 or tls = true",
            );
        }
    }
    if target.ca_file.is_some() && target.fingerprint.is_some() {
        return says("ca_file and fingerprint do not go together: one of them says whom to trust");
    }
    if let Some(Err(why)) = target.fingerprint.as_deref().map(fingerprint) {
        return says(&format!("fingerprint: {why}"));
    }
    let files = [&target.certificate_file, &target.key_file];
    let given = files.iter().filter(|f| f.is_some()).count();
    match target.auth {
        Auth::Certificate if given < 2 => says(
            "auth = \"certificate\" needs certificate_file and key_file, two PEM files (a .pfx: `openssl pkcs12 -in ops.pfx -nodes` takes it apart)",
        ),
        Auth::Certificate => None,
        _ if given > 0 => {
            says("certificate_file and key_file are there for auth = \"certificate\" only")
        }
        _ => None,
    }
}

impl Target {
    /// A key that is set and that this transport has no use for.
    pub(super) fn stray_key(&self) -> Option<String> {
        let says = |key: &str, whose: &str| {
            Some(format!(
                "target {}: {key} is there for {whose} only",
                self.name
            ))
        };
        let winrm = [
            ("auth", self.auth != Auth::default()),
            ("tls", self.tls.is_some()),
            ("ca_file", self.ca_file.is_some()),
            ("fingerprint", self.fingerprint.is_some()),
            ("certificate_file", self.certificate_file.is_some()),
            ("key_file", self.key_file.is_some()),
            ("configuration", self.configuration.is_some()),
        ];
        let ssh = [
            ("identity_file", self.identity_file.is_some()),
            ("known_hosts", self.known_hosts.is_some()),
            ("jump", self.jump.is_some()),
            ("login", !self.login.is_empty()),
        ];
        let set = |keys: &[(&'static str, bool)]| keys.iter().find(|k| k.1).map(|k| k.0);
        match self.transport {
            TransportKind::Winrm if self.powershell.is_some() => {
                says("powershell", "ssh and local")
            }
            TransportKind::Winrm => set(&ssh).and_then(|key| says(key, "ssh")),
            _ => set(&winrm).and_then(|key| says(key, "winrm")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn winrm(address: &str) -> Target {
        Target {
            name: "fe01".into(),
            transport: TransportKind::Winrm,
            address: address.into(),
            ..Target::lab()
        }
    }

    #[test]
    fn words_are_those_of_the_file() {
        for word in Auth::WORDS {
            let read: Auth = toml::Value::from(word).try_into().expect(word);
            assert_eq!(read.word(), word);
        }
    }

    #[test]
    fn a_fingerprint_is_32_bytes_however_it_is_written() {
        let plain = "0aF1".repeat(16);
        let colons: Vec<String> = ["0A", "f1"]
            .repeat(16)
            .iter()
            .map(|p| (*p).into())
            .collect();
        let digest = fingerprint(&format!("sha256:{plain}")).expect("reads");
        assert_eq!((digest[0], digest[31]), (0x0a, 0xf1));
        assert_eq!(
            fingerprint(&format!("SHA256:{}", colons.join(":"))),
            Ok(digest)
        );
        // As openssl prints it, and as it is copied from there.
        let printed = format!("sha256 Fingerprint={}", colons.join(":"));
        for text in [plain.as_str(), &colons.join(":"), &printed] {
            assert_eq!(fingerprint(text), Ok(digest), "{text}");
        }
        let sha1 = fingerprint(&"0a".repeat(20)).expect_err("too short");
        assert!(sha1.contains("thumbprint"), "{sha1}");
        let doubled = format!("sha256:sha256:{plain}");
        for wrong in [
            "",
            "sha256:",
            &plain[1..],
            "sha256:0g",
            "sha1:00",
            "sha256:é",
            &doubled,
        ] {
            assert!(fingerprint(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_does_not_go_together_is_told() {
        let good = |t: Target| assert_eq!(t.problem(), None);
        let bad = |t: Target, words: &str| {
            let text = t.problem().expect(words);
            assert!(text.contains(words), "{text}");
        };
        good(winrm("fe01.kestrel.lan"));
        bad(winrm(""), "names no host");
        let with = |address: &str, auth: Auth| Target {
            auth,
            ..winrm(address)
        };
        bad(with("fe01", Auth::Basic), "inside TLS only");
        good(with("fe01:5986", Auth::Basic));
        bad(with("http://fe01/wsman", Auth::Certificate), "of TLS");
        bad(with("https://fe01/wsman", Auth::Certificate), "key_file");
        good(Target {
            certificate_file: Some("c.pem".into()),
            key_file: Some("c.key".into()),
            ..with("https://fe01/wsman", Auth::Certificate)
        });
        bad(
            Target {
                key_file: Some("c.key".into()),
                ..winrm("fe01:5986")
            },
            "only",
        );
        good(Target {
            keepalive: Some(std::time::Duration::from_secs(20)),
            ..winrm("fe01")
        });
        let pinned = |address: &str| Target {
            fingerprint: Some(format!("sha256:{}", "00".repeat(32))),
            ..winrm(address)
        };
        good(pinned("fe01:5986"));
        bad(pinned("fe01"), "without TLS there is none");
        bad(
            Target {
                ca_file: Some("ca.pem".into()),
                ..pinned("fe01:443")
            },
            "do not go together",
        );
        bad(
            Target {
                fingerprint: Some("sha256:00".into()),
                ..winrm("fe01:5986")
            },
            "64 digits",
        );
        bad(
            Target {
                identity_file: Some("k".into()),
                ..winrm("fe01")
            },
            "identity_file is there for ssh only",
        );
        bad(
            Target {
                transport: TransportKind::Ssh,
                ..with("fe01", Auth::Kerberos)
            },
            "auth is there for winrm only",
        );
    }
}
