//! The WinRM server that other tests use, looked at by itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/winrm.rs"]
mod winrm;

use winrm::Lab;

#[test]
fn it_starts_and_is_asked_over_its_own_listener() {
    let lab = Lab::start(&["--https"]);
    assert!(lab.url().starts_with("https://127.0.0.1:"), "{}", lab.url());
    assert!(lab.ca_pem().is_file());
    assert_eq!(lab.cert_sha256().len(), 64);
    lab.fault("http_503", 2);
    assert_eq!(lab.faults()["http_503"], 2);
    assert!(lab.shells().is_empty() && lab.log().is_empty() && lab.unknown().is_empty());
}
