//! Clients for the wire to the lab's server.

// Each test binary uses another part of it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use csdeck::execute::target::Auth;
use csdeck::execute::winrm::wire::{Client, Reply, Scheme, Settings, Trust, WireError};
use csdeck::store::secret::Secret;

use crate::winrm::{Lab, PASSWORD, USER};

/// The smallest request there is (DSP0226 section 11).
pub const IDENTIFY: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>"#;

/// Longer than anything here takes.
pub const LIMIT: Duration = Duration::from_secs(30);

/// How to log in to the lab as its user; over HTTPS its CA is believed.
pub fn settings(lab: &Lab, auth: Auth) -> Settings {
    let scheme = match lab.url().starts_with("https") {
        true => Scheme::Https,
        false => Scheme::Http,
    };
    let mut settings = plain(lab.port(), auth);
    settings.scheme = scheme;
    if scheme == Scheme::Https {
        settings.trust = Trust::CaFile(lab.ca_pem());
    }
    settings
}

/// How to log in to a port of 127.0.0.1 over HTTP.
pub fn plain(port: u16, auth: Auth) -> Settings {
    let secret = Some(Secret::new(PASSWORD.to_owned()));
    let mut settings = Settings::new(Scheme::Http, "127.0.0.1", port, USER, secret);
    settings.auth = auth;
    settings.connect_timeout = LIMIT;
    settings.login_timeout = LIMIT;
    settings
}

/// A client with these settings.
pub fn client(settings: Settings) -> Client {
    Client::new(Arc::new(settings))
}

/// One request.
pub async fn identify(client: &mut Client) -> Result<Reply, WireError> {
    client.post(IDENTIFY.into(), LIMIT).await
}

/// One request, and its answer is the right one.
pub async fn identified(client: &mut Client, lab: &Lab) {
    let reply = identify(client)
        .await
        .unwrap_or_else(|e| panic!("{e}\n{}", lab.complaints()));
    let text = String::from_utf8_lossy(&reply.body);
    assert_eq!(reply.status, 200);
    assert!(text.contains("IdentifyResponse"), "{text}");
}
