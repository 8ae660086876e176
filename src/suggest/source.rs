//! The command that lists what a field can be filled with.

use crate::cmdlet::Risk;
use crate::cmdlet::{Cmdlet, Parameter, catalogue, effect_of};
use crate::snippet::Meaning;

/// Parameters whose values another noun's cmdlet lists.
const LISTED_BY: &[(Meaning, &str, &str)] = &[
    (Meaning::Pool, "Get-CsPool", "Identity"),
    (Meaning::Computer, "Get-CsComputer", "Identity"),
    (
        Meaning::Replica,
        "Get-CsManagementStoreReplicationStatus",
        "ReplicaFqdn",
    ),
    (Meaning::User, "Get-CsUser", "SipAddress"),
    (Meaning::SipAddress, "Get-CsUser", "SipAddress"),
    (Meaning::SipDomain, "Get-CsSipDomain", "Identity"),
    (Meaning::Site, "Get-CsSite", "Identity"),
    (Meaning::Thumbprint, "Get-CsCertificate", "Thumbprint"),
];

/// A command that only reads and whose answer holds values for the field; `None` when there is
/// none. It prints one property, so that the answer stays small, and in the form that
/// [`super::Capture`] reads.
pub fn source_command(
    meaning: Meaning,
    passed_to: Option<(&Cmdlet, &Parameter)>,
) -> Option<String> {
    let listed = LISTED_BY.iter().find(|(m, _, _)| *m == meaning);
    let (command, property) = match (listed, passed_to) {
        (Some((_, command, property)), _) => ((*command).to_owned(), *property),
        (None, Some((cmdlet, parameter))) => {
            let named = ["Identity", "PolicyName"];
            if !named.iter().any(|n| parameter.name.eq_ignore_ascii_case(n)) {
                return None;
            }
            let (_, noun) = cmdlet.name.split_once('-')?;
            let get = format!("Get-{noun}");
            // Something that is yet to be made is in no list.
            if cmdlet.verb().eq_ignore_ascii_case("New") {
                return None;
            }
            (catalogue().get(&get)?.name.to_owned(), "Identity")
        }
        (None, None) => return None,
    };
    let reads = effect_of(&command).risk() == Risk::Read;
    reads.then(|| format!("{command} | Format-List -Property {property}"))
}
