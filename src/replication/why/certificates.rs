//! The internal certificate of an Edge, and lists of trusted roots that hold what is no root.

use serde_json::Value;

use super::answer::{Answer, Outcome, time_of, truth, word, words};
use super::check::{Ask, Check, Reading, as_json, on};
use super::finding::{Finding, Next, Proof};
use super::network::no_answer;
use super::plan::{Subject, replicate};

/// The certificate that an Edge has to show on its inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Wanted {
    fqdn: String,
    /// The internal FQDN of its pool: what the store's servers call it.
    pool: String,
}

/// The internal certificate, as the Edge itself knows it. None without a topology: the pool's name
/// is what the certificate has to carry.
pub(super) fn certificate(subject: &Subject<'_>) -> Option<Check> {
    let pool = subject.pool.clone()?;
    let used = "Get-CsCertificate -Type Internal | Select-Object -Property Subject, Issuer, Thumbprint, NotBefore, NotAfter, AlternativeNames";
    let keys = "Get-ChildItem -Path Cert:\\LocalMachine\\My | Select-Object -Property Thumbprint, HasPrivateKey";
    let ask = |text: String| Ask {
        about: subject.fqdn.clone(),
        ways: vec![on(&subject.fqdn, text)],
    };
    Some(Check {
        id: "certificate",
        replica: Some(subject.fqdn.clone()),
        proves: format!(
            "the Edge's internal certificate names {pool}, is in date and has its private key"
        ),
        asks: vec![ask(as_json(used)), ask(as_json(keys))],
        reading: Reading::Certificate(Wanted {
            fqdn: subject.fqdn.clone(),
            pool,
        }),
    })
}

/// The common name of a subject: `CN=sgedge.kestrel.lan, O=...`.
fn common_name(subject: &str) -> Option<&str> {
    let mut parts = subject.split(',').map(str::trim);
    parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case("CN")
            .then(|| value.trim().trim_matches('"'))
    })
}

fn rows(answer: Option<&Answer>, property: &str) -> Option<Vec<Value>> {
    match &answer?.outcome {
        Outcome::Said(reply) => reply.rows_of(property),
        Outcome::Nothing(_) => None,
    }
}

pub(super) fn read(check: &Check, wanted: &Wanted, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let list = || {
        Some(Next {
            snippet: "certificates/list",
            values: Vec::new(),
            on: Some(wanted.fqdn.clone()),
        })
    };
    let Some(answer) = answers.first() else {
        return finding;
    };
    let Some(used) = rows(Some(answer), "Thumbprint") else {
        no_answer(&mut finding, answer);
        return finding;
    };
    let Some(certificate) = used.first() else {
        finding.see(&answer.machine, "no certificate has the use Internal");
        finding.bad(
            format!("{} has no internal certificate", wanted.fqdn),
            "Request one whose subject is the internal FQDN of the Edge pool, and assign it to Internal (certificates/assign) in the Edge's own console.",
            list(),
        );
        return finding;
    };
    let subject = word(certificate, "Subject").unwrap_or_default();
    let issuer = word(certificate, "Issuer").unwrap_or_default();
    let thumbprint = word(certificate, "Thumbprint").unwrap_or_default();
    let (from, until) = (
        time_of(certificate, "NotBefore"),
        time_of(certificate, "NotAfter"),
    );
    let end = until.map_or("?".to_owned(), |at| at.to_string());
    finding.see(
        &answer.machine,
        &format!("subject {subject}, issuer {issuer}, until {end}, thumbprint {thumbprint}"),
    );
    let names = words(certificate, "AlternativeNames");
    let name = common_name(&subject).unwrap_or(&subject).to_owned();
    let is = |text: &str| super::super::same_fqdn(text, &wanted.pool);
    let Outcome::Said(reply) = &answer.outcome else {
        return finding;
    };
    let now = reply.answered_at;
    let key = rows(answers.get(1), "HasPrivateKey").and_then(|keys| {
        let ours = keys.iter().find(|row| {
            word(row, "Thumbprint").is_some_and(|t| t.eq_ignore_ascii_case(&thumbprint))
        });
        match ours {
            Some(row) => truth(row, "HasPrivateKey"),
            // Assigned, and not in the store of the machine.
            None => Some(false),
        }
    });
    if let Some(key) = key {
        let word = if key { "is there" } else { "is not there" };
        finding.see(&answer.machine, &format!("its private key {word}"));
    }
    let assign = "Request one anew and assign it to Internal (certificates/assign) in the Edge's own console; then send its configuration again.";
    if !is(&name) && !names.iter().any(|n| is(n)) {
        finding.bad(
            format!(
                "the internal certificate of {} is for {name}, and the Central Management store's servers call it {}",
                wanted.fqdn, wanted.pool
            ),
            assign,
            list(),
        );
    } else if until.is_some_and(|at| at < now) || from.is_some_and(|at| at > now) {
        finding.bad(
            format!(
                "the internal certificate of {} is not in date: until {end}",
                wanted.fqdn
            ),
            assign,
            list(),
        );
    } else if key == Some(false) {
        finding.bad(
            format!(
                "the internal certificate of {} has no private key there",
                wanted.fqdn
            ),
            assign,
            list(),
        );
    } else if key == Some(true) && until.is_some() {
        finding.proof = Proof::Good;
    }
    finding
}

/// What lies among the trusted roots and is none, on the store's servers and on the Edge: with one
/// of those Windows refuses every client's certificate.
pub(super) fn roots(subject: &Subject<'_>) -> Check {
    let text = as_json(
        "Get-ChildItem -Path Cert:\\LocalMachine\\Root | Where-Object { $_.Issuer -ne $_.Subject } | Select-Object -Property Subject, Issuer",
    );
    let machines = subject.others().chain([subject.fqdn.as_str()]);
    Check {
        id: "trusted-roots",
        replica: Some(subject.fqdn.clone()),
        proves: "no certificate among the Trusted Root ones was issued by another".to_owned(),
        asks: machines
            .map(|machine| Ask {
                about: machine.to_owned(),
                ways: vec![on(machine, text.clone())],
            })
            .collect(),
        reading: Reading::Roots,
    }
}

pub(super) fn read_roots(check: &Check, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let (mut clean, mut bad) = (0, None);
    for answer in answers {
        if matches!(answer.outcome, Outcome::Nothing(_)) {
            continue;
        }
        match rows(Some(answer), "Subject") {
            None => no_answer(&mut finding, answer),
            Some(rows) if rows.is_empty() => {
                clean += 1;
                finding.see(&answer.machine, "all of them issued themselves");
            }
            Some(rows) => {
                let first = rows
                    .first()
                    .and_then(|row| word(row, "Subject"))
                    .unwrap_or_default();
                let words = format!(
                    "{} of them did not issue themselves, such as {first}",
                    rows.len()
                );
                finding.see(&answer.machine, &words);
                bad.get_or_insert((answer.machine.clone(), rows.len()));
            }
        }
    }
    if let Some((machine, count)) = bad {
        finding.bad(
            format!(
                "{count} of the Trusted Root certificates on {machine} were issued by another: Windows then refuses clients' certificates"
            ),
            "Move them to Intermediate Certification Authorities (certlm.msc, or the group policy that puts them there); then send its configuration again.",
            check.replica.as_deref().map(replicate),
        );
    } else if clean > 0 && clean == check.asks.len() {
        finding.proof = Proof::Good;
    }
    finding
}
