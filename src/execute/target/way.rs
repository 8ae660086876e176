//! What a target is for the texts that run on it.

use super::{Auth, LoginMethod, PROBE, Target, TransportKind};
use crate::cmdlet::hop::{self, About, Behind, KEY, Note, Onward, Way};
use crate::execute::winrm::commands;
use crate::execute::winrm::endpoint::{Endpoint, EndpointKind};
use crate::gate::{self, Assessment, Denied};
use crate::powershell;

/// What a test runs where there is no language: every such session has it.
const RESTRICTED_PROBE: &str = "Get-Command -Name Get-Command";

impl Target {
    /// True when there is no language behind the target: it takes commands with parameters, no
    /// scripts.
    pub fn is_restricted(&self) -> bool {
        self.transport == TransportKind::Winrm
            && Endpoint::of(self).is_ok_and(|endpoint| endpoint.restricted)
    }

    /// What a test of this target runs: it only looks, and is there.
    pub fn probe(&self) -> &'static str {
        match self.is_restricted() {
            true => RESTRICTED_PROBE,
            false => PROBE,
        }
    }

    /// How a text gets to the machine that runs it.
    pub fn way(&self) -> Way {
        match self.transport {
            TransportKind::Local | TransportKind::Lab => Way::default(),
            TransportKind::Ssh => Way {
                machine: self.host_and_port().ok().map(|(host, _)| host),
                onward: ssh_onward(&self.login),
                behind: Behind::Own,
            },
            TransportKind::Winrm => {
                let endpoint = Endpoint::of(self).ok();
                Way {
                    onward: match self.auth {
                        auth if auth.goes_onward() => Onward::Goes,
                        Auth::Kerberos => Onward::Stops("Kerberos"),
                        Auth::Ntlm => Onward::Stops("NTLM"),
                        Auth::Certificate => Onward::Stops("a certificate"),
                        _ => Onward::Stops("Kerberos or NTLM"),
                    },
                    behind: match endpoint.as_ref().map(|e| e.kind) {
                        Some(EndpointKind::Lync) => Behind::LyncRoles,
                        Some(EndpointKind::Exchange) => Behind::ExchangeRoles,
                        _ => Behind::Own,
                    },
                    machine: endpoint.map(|e| e.host),
                }
            }
        }
    }

    /// Judges a text for this target: the gate's word, and where there is no language whether the
    /// text can be sent at all. Connects to nothing.
    pub fn assess(&self, text: &str) -> Result<Assessment, Denied> {
        let mut assessment = gate::assess_over(text, &self.name, self.guard(), &self.way())?;
        if self.is_restricted() {
            let sent = commands::commands(assessment.script(), text)
                .map_err(|why| Denied::Elsewhere(format!("{}: {why}", self.name)))?;
            if !sent.unusual.is_empty() {
                assessment.note(Note {
                    about: About::Missing,
                    text: format!(
                        "{}: not of the product, and sessions without a language usually have only Select-Object and Measure-Object besides",
                        sent.unusual.join(", ")
                    ),
                });
            }
        }
        Ok(assessment)
    }
}

impl Target {
    /// Why this text cannot be sent to this target whatever is confirmed: for what is shown while a
    /// text is being written. What is wrong with the text itself is not said here.
    pub fn refuses(&self, text: &str) -> Option<String> {
        let over_network = matches!(self.transport, TransportKind::Ssh | TransportKind::Winrm);
        if !over_network || text.trim().is_empty() || text.len() > LONGEST {
            return None;
        }
        let script = powershell::parse(text).ok()?;
        if let Some(why) = hop::refusal(&script, &self.way()) {
            return Some(why);
        }
        let sent = self
            .is_restricted()
            .then(|| commands::commands(&script, text));
        Some(format!("not on {}: {}", self.name, sent?.err()?))
    }
}

/// A longer text is looked at when it is to run, in bytes.
const LONGEST: usize = 8 << 10;

/// Keys are tried first, unless the target says otherwise.
fn ssh_onward(login: &[LoginMethod]) -> Onward {
    let is_key = |m: &LoginMethod| matches!(m, LoginMethod::Agent | LoginMethod::Key);
    match login {
        [] => Onward::MayStop(KEY),
        all if all.iter().all(is_key) => Onward::Stops(KEY),
        all if all.iter().any(is_key) => Onward::MayStop(KEY),
        _ => Onward::Goes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn winrm(address: &str, auth: Auth) -> Target {
        Target {
            name: "there".into(),
            transport: TransportKind::Winrm,
            address: address.into(),
            auth,
            ..Target::lab()
        }
    }

    fn about(target: &Target, text: &str) -> Vec<About> {
        let assessed = target.assess(text).expect(text);
        assessed.notes().iter().map(|n| n.about).collect()
    }

    #[test]
    fn the_way_decides_what_is_said() {
        let kerberos = winrm("fe01.kestrel.lan", Auth::Kerberos);
        assert_eq!(about(&kerberos, "Get-CsTopology"), [About::SecondHop]);
        assert_eq!(about(&kerberos, "Test-CsReplica"), [About::Machine]);
        assert_eq!(about(&kerberos, "Get-Date"), []);
        let credssp = winrm("fe01.kestrel.lan", Auth::CredSsp);
        assert_eq!(about(&credssp, "Get-CsTopology"), []);
        let pool = winrm("https://pool01.kestrel.lan/OcsPowershell", Auth::Negotiate);
        assert_eq!(about(&pool, "Get-CsUser -Identity a"), []);
        assert_eq!(
            about(&pool, "Get-CsUser a | Sort-Object SipAddress"),
            [About::Missing]
        );
        let ssh = |login: &[LoginMethod]| Target {
            transport: TransportKind::Ssh,
            login: login.to_vec(),
            ..winrm("fe01:2222", Auth::Negotiate)
        };
        use LoginMethod::{Key, Password};
        assert_eq!(about(&ssh(&[Key]), "Get-CsTopology"), [About::SecondHop]);
        assert_eq!(about(&ssh(&[]), "Get-CsTopology"), [About::SecondHop]);
        assert_eq!(about(&ssh(&[Password]), "Get-CsTopology"), []);
        assert_eq!(about(&Target::lab(), "Get-CsTopology"), []);
        assert_eq!(ssh(&[]).way().machine.as_deref(), Some("fe01"));
    }

    #[test]
    fn what_cannot_be_sent_is_refused_before_anything_connects() {
        let pool = winrm("https://pool01.kestrel.lan/OcsPowershell", Auth::Negotiate);
        let denied = pool.assess("Get-CsUser | Where-Object { $_.Enabled }");
        assert!(
            matches!(&denied, Err(Denied::Elsewhere(why)) if why.contains("column 27")),
            "{denied:?}"
        );
        let moves = "Move-CsManagementServer";
        for target in [pool.clone(), winrm("fe01", Auth::CredSsp)] {
            assert!(matches!(target.assess(moves), Err(Denied::Elsewhere(_))));
        }
        assert!(
            pool.refuses("Get-CsPool; $x = 1")
                .is_some_and(|why| why.contains("not on there: line 1"))
        );
        assert_eq!(pool.refuses("Get-CsPool"), None);
        assert_eq!(pool.refuses("Get-CsPool ("), None);
        let here = Target {
            transport: TransportKind::Local,
            ..Target::lab()
        };
        assert!(here.assess(moves).is_ok());
        assert!(
            pool.assess(pool.probe())
                .is_ok_and(|a| a.notes().is_empty())
        );
        assert_eq!(winrm("fe01", Auth::Ntlm).probe(), PROBE);
    }
}
