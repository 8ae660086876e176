//! The wire to a WinRM server and the log-in on it, against the lab's server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/winrm.rs"]
mod winrm;

use std::sync::Arc;
use std::time::Duration;

use csdeck::execute::winrm::auth::AuthChoice;
use csdeck::execute::winrm::wire::{Client, Reply, Scheme, Settings, Trust, WireError};
use csdeck::store::secret::Secret;
use winrm::{Lab, PASSWORD, USER};

/// The smallest request there is (DSP0226 section 11).
const IDENTIFY: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>"#;

const LIMIT: Duration = Duration::from_secs(20);

fn settings(lab: &Lab, auth: AuthChoice) -> Settings {
    let secret = Some(Secret::new(PASSWORD.to_owned()));
    let scheme = match lab.url().starts_with("https") {
        true => Scheme::Https,
        false => Scheme::Http,
    };
    let mut settings = Settings::new(scheme, "127.0.0.1", lab.port(), USER, secret);
    settings.auth = auth;
    if scheme == Scheme::Https {
        settings.trust = Trust::CaFile(lab.ca_pem());
    }
    settings
}

async fn identify(client: &mut Client) -> Result<Reply, WireError> {
    client.post(IDENTIFY.into(), LIMIT, false).await
}

#[tokio::test]
async fn ntlm_over_http_is_sealed() {
    let lab = Lab::start(&[]);
    let mut client = Client::new(Arc::new(settings(&lab, AuthChoice::Negotiate)));
    for _ in 0..3 {
        let reply = identify(&mut client)
            .await
            .unwrap_or_else(|e| panic!("{e}\n{}", lab.complaints()));
        assert_eq!(reply.status, 200);
        assert!(String::from_utf8_lossy(&reply.body).contains("IdentifyResponse"));
    }
    println!("{:?}", client.facts());
    println!("{:#?}", lab.log());
}
