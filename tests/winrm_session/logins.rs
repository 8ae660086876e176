//! One run over each way to be trusted and to log in.

use super::*;
use csdeck::execute::target::Auth;

async fn runs(lab: &Lab, target: &Target, scheme: &str) {
    let ended = run(
        &transport_of(target, LIMITS, Arc::new(Nobody)),
        "lab-unicode",
    )
    .await;
    assert_eq!(
        ended.result,
        Ok(0),
        "{scheme}: {:?}\n{}",
        ended.events,
        lab.complaints()
    );
    assert!(ended.output()[0].starts_with("Z\u{fc}rich"), "{scheme}");
    let log = lab.log();
    assert!(
        log.iter()
            .all(|entry| entry["tls"] == true && entry["scheme"] == scheme),
        "{scheme}: {log:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_to_log_in_carries_a_run() {
    for (auth, words, scheme) in [
        (Auth::Negotiate, "negotiate", "Negotiate"),
        (Auth::Ntlm, "ntlm", "Negotiate"),
        (Auth::Basic, "basic", "Basic"),
        (Auth::CredSsp, "credssp", "CredSSP"),
        (Auth::Certificate, "certificate", "Certificate"),
    ] {
        let words = if auth == Auth::Ntlm {
            "negotiate,ntlm"
        } else {
            words
        };
        let lab = Lab::start(&["--https", "--cbt", "strict", "--auth", words]);
        let mut target = target(&lab);
        target.auth = auth;
        if auth == Auth::Certificate {
            let (certificate, key) = lab.client_certificate();
            target.user = None;
            (target.certificate_file, target.key_file) = (Some(certificate), Some(key));
        }
        runs(&lab, &target, scheme).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fingerprint_is_enough_and_another_one_is_not() {
    let lab = Lab::start(&["--https"]);
    let mut pinned = target(&lab);
    pinned.ca_file = None;
    pinned.fingerprint = Some(format!("sha256:{}", lab.cert_sha256()));
    runs(&lab, &pinned, "Negotiate").await;
    pinned.fingerprint = Some(format!("sha256:{}", "0".repeat(64)));
    let refused = run(&transport_of(&pinned, LIMITS, Arc::new(Nobody)), "hostname").await;
    let said = refused
        .result
        .expect_err("it is another certificate")
        .to_string();
    assert!(said.contains(&lab.cert_sha256()), "{said}");
    // Neither does the system know the lab's authority.
    pinned.fingerprint = None;
    let refused = run(&transport_of(&pinned, LIMITS, Arc::new(Nobody)), "hostname").await;
    refused.result.expect_err("nobody vouches for it");
    // The session of the run above may still be ending.
    let mut asked = lab.actions();
    asked.retain(|action| action != "Delete");
    assert_eq!(asked, Vec::<String>::new());
}
