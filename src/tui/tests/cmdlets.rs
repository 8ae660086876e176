//! Any cmdlet as a form: find it, choose its set, fill it in, keep it.

use super::{Deck, hides, shows, snapshot};
use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, Message};

/// The lab, what the words find, and the first row opened.
fn open(words: &str) -> Deck {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in(words);
    deck.keys("enter enter");
    deck
}

#[test]
fn cmdlets_are_found_behind_the_snippets_and_explained() {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in("new csvoiceroute");
    shows(&deck.screen(), "Snippets 0, cmdlets");
    shows(
        &deck.screen(),
        "change      New-CsVoiceRoute  cmdlet  L2010 L2013 S2015 S2019",
    );
    deck.keys("enter f1");
    snapshot("cmdlet-explained", deck.screen());
    deck.keys("esc esc");
    // Without words only the snippets are there.
    shows(&deck.screen(), "Snippets 18 ");
    hides(&deck.screen(), "cmdlet ");
}

#[test]
fn a_cmdlet_with_several_sets_asks_which_one() {
    let mut deck = open("install-csmirrordatabase");
    assert!(
        matches!(deck.model.dialog, Some(Dialog::Sets { .. })),
        "{}",
        deck.screen()
    );
    deck.keys("esc");
    let mut deck = open("install-csdatabase");
    // The shipped snippets call it and stand in front of it.
    deck.keys("esc");
    deck.model.snippets.selected = deck.model.snippets.snippets();
    deck.keys("enter");
    snapshot("cmdlet-sets", deck.screen());
    deck.keys("enter");
    shows(
        &deck.screen(),
        "Install-CsDatabase, parameter set ByCMS (F4: 4 sets)",
    );
    snapshot("cmdlet-form", deck.screen());
    deck.type_in("sql01.kestrel.lan");
    shows(
        &deck.screen(),
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sql01.",
    );
    // To another set: what is filled in goes along.
    deck.keys("f4 down down enter");
    shows(&deck.screen(), "parameter set ByConfigured");
    shows(
        &deck.screen(),
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn 'sql01.",
    );
}

#[test]
fn what_is_not_required_is_folded_away_until_asked_for() {
    let mut deck = open("enable-csuser");
    shows(&deck.screen(), "! Identity");
    shows(
        &deck.screen(),
        "10 more that are not required: F6 shows them",
    );
    hides(&deck.screen(), "SipAddressType");
    deck.type_in("ola");
    deck.keys("f6");
    shows(&deck.screen(), "SipAddressType");
    deck.keys("tab tab");
    // The values that the reference names are choices.
    deck.keys("ctrl-n");
    shows(&deck.screen(), "-SipAddressType 'FirstLastName'");
    // Filled in, it stays in sight.
    deck.keys("f6");
    shows(&deck.screen(), "SipAddressType");
    hides(&deck.screen(), "HostingProviderProxyFqdn");
    deck.keys("f1");
    shows(&deck.screen(), "-SipAddressType of Enable-CsUser");
    shows(&deck.screen(), "FirstLastName, EmailAddress");
}

#[test]
fn a_form_says_what_the_reference_has_against_it() {
    let mut deck = open("enable-csuser");
    deck.type_in("ola");
    deck.keys("f6 tab tab");
    deck.type_in("Frist");
    shows(&deck.screen(), "Command: change, 1 finding");
    shows(
        &deck.screen(),
        "error: \"Frist\" is no value of -SipAddressType",
    );
}

#[test]
fn a_form_is_kept_as_a_snippet_of_ones_own() {
    let mut deck = open("enable-csuser");
    deck.type_in("ola");
    deck.keys("f2");
    shows(&deck.screen(), "cmdlet/enable-csuser");
    // A name that is none keeps the question open.
    deck.keys("ctrl-a ctrl-k");
    deck.type_in("../x");
    assert!(deck.keys("enter").is_empty());
    shows(&deck.screen(), "is no snippet's name");
    deck.keys("ctrl-a ctrl-k");
    deck.type_in("users/Enable-Ola");
    let effects = deck.keys("enter");
    let [Effect::SaveSnippet { id, source }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(id, "users/enable-ola");
    assert!(source.contains("$Identity = 'ola'"), "{source}");
    deck.send(Message::Saved(Err(
        "users/enable-ola is there already".into()
    )));
    shows(&deck.screen(), "is there already");
}
