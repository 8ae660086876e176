//! What the way to a target means is said before a text runs.

use super::{Deck, hides, shows, snapshot};
use crate::tui::dialog::Dialog;

fn deck(target: &str) -> Deck {
    let targets = format!("[[target]]\nname = \"there\"\ntransport = \"winrm\"\n{target}\n");
    Deck::open("", &targets, false, false)
}

#[test]
fn the_second_hop_and_the_machine_stand_in_the_question() {
    let mut deck = deck("address = \"fe01.kestrel.lan\"\nauth = \"kerberos\"");
    deck.keys("4 n");
    deck.type_in("Get-CsTopology; Test-CsReplica");
    deck.keys("enter");
    assert!(matches!(deck.model.dialog, Some(Dialog::Confirm(_))));
    snapshot("confirm-second-hop", deck.screen());
}

#[test]
fn what_a_session_without_a_language_does_not_take_is_said_while_it_is_written() {
    let mut deck = deck("address = \"https://pool01.kestrel.lan/OcsPowershell\"");
    deck.keys("4 n");
    deck.type_in("Get-CsUser -Identity $u");
    shows(
        &deck.screen(),
        "not on there: line 1, column 22: $u is a variable",
    );
    deck.keys("enter");
    shows(&deck.screen(), "Not run: not over this way");
    // A form says it as well, and one that goes says nothing.
    deck.keys("esc 2 /");
    deck.type_in("Get-CsTrunk");
    deck.keys("enter enter");
    hides(&deck.screen(), "not on there");
}

#[test]
fn the_store_is_moved_in_the_own_console_only() {
    let mut deck = deck("address = \"fe01.kestrel.lan\"\nauth = \"credssp\"");
    deck.keys("4 n");
    deck.type_in("Move-CsManagementServer");
    shows(&deck.screen(), "works only in the own console");
    deck.keys("enter");
    snapshot("move-not-run", deck.screen());
}

#[test]
fn a_question_on_several_targets_says_whose_way_it_is() {
    let targets = "[[target]]\nname = \"pool01\"\ntransport = \"winrm\"\naddress = \"https://pool01.kestrel.lan/OcsPowershell\"\n\
        [[target]]\nname = \"fe01\"\ntransport = \"winrm\"\naddress = \"fe01.kestrel.lan\"\n";
    let mut deck = Deck::open("", targets, false, false);
    deck.keys("4 n");
    deck.type_in("Get-CsPool");
    deck.keys("enter space space enter");
    assert!(matches!(deck.model.dialog, Some(Dialog::Several(_))));
    shows(&deck.screen(), "fe01: Get-CsPool: ANONYMOUS LOGON");
}
