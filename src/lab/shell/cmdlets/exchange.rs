//! Certificates and unified messaging of the simulated Exchange server.

use sha2::{Digest, Sha256};

use crate::lab::shell::call::{Call, Cmdlet, Result, changing, plain};
use crate::lab::shell::value::{Object, Value, View};
use crate::lab::state::{Certificate, same};

pub const CMDLETS: &[Cmdlet] = &[
    changing(
        "New-ExchangeCertificate",
        "Microsoft.Exchange.Management.SystemConfigurationTasks.NewExchangeCertificate",
        &[
            "Services* DomainController DomainName* Force? FriendlyName IncludeAcceptedDomains? IncludeAutoDiscover? IncludeServerFQDN? IncludeServerNetBIOSName? Instance~ KeySize# PrivateKeyExportable= Server SubjectKeyIdentifier SubjectName",
            "GenerateRequest? BinaryEncoded? RequestFile DomainController DomainName* Force? FriendlyName IncludeAcceptedDomains? IncludeAutoDiscover? IncludeServerFQDN? IncludeServerNetBIOSName? Instance~ KeySize# PrivateKeyExportable= Server SubjectKeyIdentifier SubjectName",
        ],
        new_certificate,
    ),
    plain(
        "Get-ExchangeCertificate",
        "Microsoft.Exchange.Management.SystemConfigurationTasks.GetExchangeCertificate",
        &["Thumbprint@0 DomainController DomainName* Server"],
        get_certificate,
    ),
];

/// The Exchange server of the deployment.
const SERVER: &str = "sgex01.kestrel.lan";

fn new_certificate(call: &mut Call<'_, '_>) -> Result {
    let now = call.now();
    let key_size = call.args.int("KeySize").unwrap_or(2048);
    if ![1024, 2048, 4096].contains(&key_size) {
        let message = format!(
            "The KeySize value {key_size} is invalid. Valid values are 1024, 2048 and 4096."
        );
        return Err(call
            .failed(
                message,
                "InvalidArgument,ArgumentException",
                "InvalidKeySize",
            )
            .into());
    }
    let server = call
        .args
        .text("Server")
        .unwrap_or_else(|| SERVER.to_owned());
    if !same(&server, SERVER)
        && !SERVER
            .split('.')
            .next()
            .is_some_and(|host| same(&server, host))
    {
        let message = format!(
            "The operation couldn't be performed because object '{server}' couldn't be found on 'sgdc01.kestrel.lan'."
        );
        return Err(call
            .failed(
                message,
                "InvalidData,ManagementObjectNotFoundException",
                "ObjectNotFound",
            )
            .into());
    }
    let domains: Vec<String> = call
        .args
        .list("DomainName")
        .iter()
        .map(|d| d.trim().to_owned())
        .collect();
    if let Some(bad) = domains.iter().find(|d| !is_domain(d)) {
        let message = format!(
            "Cannot process argument transformation on parameter 'DomainName'. Cannot convert value \"{bad}\" to type \"Microsoft.Exchange.Data.SmtpDomainWithSubdomains\". Error: \"{bad} isn't a valid SMTP domain.\""
        );
        return Err(call
            .failed(
                message,
                "InvalidData,ParameterBindingArgumentTransformationException",
                "ParameterArgumentTransformationError",
            )
            .into());
    }
    let subject = call
        .args
        .text("SubjectName")
        .unwrap_or_else(|| format!("CN={}", domains.first().map_or(SERVER, String::as_str)));
    if !subject.split(',').all(|part| {
        part.trim()
            .split_once('=')
            .is_some_and(|(k, v)| !k.trim().is_empty() && !v.trim().is_empty())
    }) {
        let message =
            format!("The subject name \"{subject}\" isn't a valid X.500 distinguished name.");
        return Err(call
            .failed(
                message,
                "InvalidArgument,ArgumentException",
                "InvalidSubjectName",
            )
            .into());
    }
    let services = services(call)?;
    if call.args.on("GenerateRequest") {
        if call.should(&format!("a certificate request for {subject} on {server}"))? {
            return Ok(vec![Value::from(request(&subject))]);
        }
        return Ok(Vec::new());
    }
    if !call.should(&format!(
        "a self-signed certificate for {subject} on {server}"
    ))? {
        return Ok(Vec::new());
    }
    let digest = Sha256::digest(format!("{now} {subject} {server}"));
    let certificate = Certificate {
        at: now,
        thumbprint: digest.iter().take(20).map(|b| format!("{b:02X}")).collect(),
        subject,
        friendly_name: call
            .args
            .text("FriendlyName")
            .unwrap_or_else(|| "Microsoft Exchange".to_owned()),
        services: services.join(", "),
        domains,
        server,
    };
    let row = row(&certificate);
    call.update(|state| {
        state.certificates.push(certificate);
        Ok(vec![row])
    })
}

fn is_domain(name: &str) -> bool {
    let name = name.strip_prefix("*.").unwrap_or(name);
    !name.is_empty()
        && name
            .split('.')
            .all(|l| !l.is_empty() && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
}

/// `-Services` takes a list and one string with commas alike.
fn services(call: &Call<'_, '_>) -> Result<Vec<String>> {
    const KNOWN: [&str; 7] = [
        "IMAP",
        "POP",
        "SMTP",
        "IIS",
        "UM",
        "UMCallRouter",
        "Federation",
    ];
    let given = call.args.list("Services");
    if given.is_empty() {
        return Ok(KNOWN.iter().take(3).map(|s| (*s).to_owned()).collect());
    }
    let mut all = Vec::new();
    for name in given.iter().flat_map(|s| s.split(',')).map(str::trim) {
        match KNOWN.iter().find(|known| same(known, name)) {
            Some(known) => all.push((*known).to_owned()),
            None => {
                let message = format!(
                    "Cannot bind parameter 'Services'. Cannot convert value \"{name}\" to type \"Microsoft.Exchange.Management.SystemConfigurationTasks.AllowedServices\". Error: \"Unable to match the identifier name {name} to a valid enumerator name. Specify one of the following enumerator names and try again: None, {}\"",
                    KNOWN.join(", ")
                );
                return Err(call
                    .failed(
                        message,
                        "InvalidArgument,ParameterBindingException",
                        "CannotConvertArgumentNoMessage",
                    )
                    .into());
            }
        }
    }
    Ok(all)
}

fn row(certificate: &Certificate) -> Value {
    Object::new()
        .with("Thumbprint", certificate.thumbprint.as_str())
        .with("Services", letters(&certificate.services))
        .with("Subject", certificate.subject.as_str())
        .with("FriendlyName", certificate.friendly_name.as_str())
        .with("CertificateDomains", certificate.domains.clone())
        .with("NotBefore", certificate.at)
        .with(
            "NotAfter",
            crate::lab::timeline::after(certificate.at, 5.0 * 365.0 * 86_400.0, 1.0),
        )
        .with("IsSelfSigned", true)
        .shown(View::Table(&[
            ("Thumbprint", 40),
            ("Services", 9),
            ("Subject", 0),
        ]))
        .into()
}

/// The services as the table shows them: one letter each, a dot for those not assigned.
fn letters(services: &str) -> String {
    let has = |name: &str| services.split(", ").any(|s| s == name);
    let of = |letter: &'static str, name: &str| if has(name) { letter } else { "." };
    [
        of("I", "IMAP"),
        of("P", "POP"),
        of("U", "UM"),
        of("W", "IIS"),
        of("S", "SMTP"),
        of("F", "Federation"),
        of("R", "UMCallRouter"),
    ]
    .concat()
}

fn request(subject: &str) -> String {
    use base64::Engine;
    let body = base64::engine::general_purpose::STANDARD
        .encode(format!("csdeck lab: a simulated request for {subject}"));
    format!(
        "-----BEGIN NEW CERTIFICATE REQUEST-----\n{body}\n-----END NEW CERTIFICATE REQUEST-----"
    )
}

fn get_certificate(call: &mut Call<'_, '_>) -> Result {
    let wanted = call.args.text("Thumbprint");
    let state = call.state()?;
    let found: Vec<Value> = state
        .certificates
        .iter()
        .filter(|c| wanted.as_deref().is_none_or(|w| same(w, &c.thumbprint)))
        .map(row)
        .collect();
    if let (Some(thumbprint), true) = (&wanted, found.is_empty()) {
        let message = format!("The certificate with thumbprint {thumbprint} was not found.");
        return Err(call
            .failed(
                message,
                "InvalidArgument,ArgumentException",
                "CertificateNotFound",
            )
            .into());
    }
    Ok(found)
}
