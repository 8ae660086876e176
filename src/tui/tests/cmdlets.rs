//! Any cmdlet as a form: find it, choose its set, fill it in, keep it.

use super::{Deck, hides, shows, snapshot};
use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, Message};

/// The lab, what the words find, and the first cmdlet opened.
fn open(words: &str) -> Deck {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in(words);
    deck.keys("enter");
    deck.model.snippets.selected = deck.model.snippets.snippets();
    deck.keys("enter");
    deck
}

#[test]
fn cmdlets_are_found_behind_the_snippets_and_explained() {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in("new csvoiceroute");
    shows(&deck.screen(), "Snippets 1, cmdlets 1");
    shows(
        &deck.screen(),
        "change      New-CsVoiceRoute  cmdlet  L2010 L2013 S2015 S2019",
    );
    deck.keys("enter down f1");
    snapshot("cmdlet-explained", deck.screen());
    deck.keys("esc esc");
    // Without words only the snippets are there.
    shows(&deck.screen(), "Snippets 132 ");
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
    let [Effect::SaveSnippet { id, source, .. }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(id, "users/enable-ola");
    assert!(source.contains("$Identity = 'ola'"), "{source}");
    deck.send(Message::Saved(Err(
        "users/enable-ola is there already".into()
    )));
    shows(&deck.screen(), "is there already");
}

/// Pastes into the list of the Snippets pane.
fn paste(text: &str) -> Deck {
    let mut deck = Deck::lab();
    deck.keys("2");
    deck.send(Message::Paste(text.into()));
    deck
}

#[test]
fn a_damaged_line_becomes_a_filled_form_and_shows_what_was_mended() {
    let mut deck = paste(
        "Install-CsDatabase -DatabaseType Monitoring -SqlServerFqdn -SqlInstanceName SGLYNCMON -DatabasePaths “I:\\MonitoringLogs”,”H:\\MonitoringData”",
    );
    snapshot("paste-mended", deck.screen());
    deck.keys("enter");
    snapshot("paste-form", deck.screen());
    // The lost one is empty, required, and has the cursor.
    shows(&deck.screen(), "SqlServerFqdn: a value is required");
    deck.type_in("sql01.kestrel.lan");
    shows(
        &deck.screen(),
        "Install-CsDatabase -DatabaseType 'Monitoring' -SqlServerFqdn 'sql01.",
    );
}

#[test]
fn a_line_that_is_fine_is_taken_as_it_is() {
    let deck = paste("Get-CsUser -Identity sip:ola@kestrel.lan -Verbose | Format-List Enabled\n");
    shows(&deck.screen(), "nothing had to be mended");
    shows(
        &deck.screen(),
        "Get-CsUser -Identity 'sip:ola@kestrel.lan' -Verbose | Format-List Enabled",
    );
}

#[test]
fn what_is_computed_stays_and_what_nobody_knows_is_asked_for() {
    let mut deck =
        paste("Set-CsUser -Identity $user -LineUri (Get-Content C:\\line.txt) -Confirm:$false");
    shows(&deck.screen(), "-Identity was $user");
    deck.keys("enter");
    deck.type_in("ola");
    shows(
        &deck.screen(),
        "Set-CsUser -Identity 'ola' -LineURI (Get-Content C:\\line.txt) -Confirm:$fal",
    );
}

#[test]
fn several_commands_open_one_and_keep_the_others() {
    let mut deck = paste("Get-CsPool -Identity pool01.kestrel.lan\nEnable-CsTopology -Verbose");
    shows(&deck.screen(), "Get-CsPool is open");
    deck.keys("enter esc /");
    deck.type_in("enable-cstopology");
    deck.keys("enter end enter");
    shows(&deck.screen(), "Enable-CsTopology -Verbose");
}

#[test]
fn a_text_without_a_cmdlet_says_so_and_opens_nothing() {
    let mut deck = paste("Get-CsPol -Identity x");
    shows(&deck.screen(), "No form for this text");
    shows(&deck.screen(), "Get-CsPool");
    deck.keys("enter");
    assert!(deck.model.snippets.form.is_none());
    let deck = paste("Get-CsPool 'it");
    shows(&deck.screen(), "line 1, column 12");
}

#[test]
fn a_command_can_be_typed_where_nothing_can_be_pasted() {
    let mut deck = Deck::lab();
    deck.keys("2 p");
    shows(&deck.screen(), "Command line from elsewhere");
    deck.type_in("Get–CsPool –Identity ‘pool01’");
    deck.keys("enter");
    shows(&deck.screen(), "+ Get-CsPool -Identity 'pool01'");
    deck.keys("enter");
    shows(&deck.screen(), "Get-CsPool -Identity 'pool01'");
}

#[test]
fn a_dialog_explains_its_cmdlet_and_comes_back() {
    let mut deck = Deck::lab();
    deck.keys("4 n");
    deck.type_in("Enable-CsTopology -WhatIf");
    deck.keys("f1");
    shows(&deck.screen(), "Enable-CsTopology [-");
    deck.keys("enter");
    shows(&deck.screen(), "Enable-CsTopology -WhatIf");
    deck.keys("enter f1");
    shows(&deck.screen(), "Enable-CsTopology [-");
    deck.keys("esc");
    shows(&deck.screen(), "a preview, -WhatIf changes nothing");
    shows(&deck.screen(), "Enter runs exactly this text");
    deck.keys("esc n");
    deck.type_in("hostname");
    deck.keys("f1");
    shows(&deck.screen(), "no cmdlet of the reference");
}

#[test]
fn line_ends_of_a_paste_never_join_two_commands() {
    let two = "Enable-CsUser -Identity a -RegistrarPool p1\rDisable-CsUser -Identity b";
    let mut deck = Deck::lab();
    deck.keys("2 p");
    deck.send(Message::Paste(two.into()));
    shows(&deck.screen(), "Enable-CsUser is open; filled in as well");
    deck.keys("enter");
    shows(&deck.screen(), "-RegistrarPool 'p1'");
    hides(&deck.screen(), "p1Disable");
    let deck = paste("Get-CsPool\r\nRestart-Service REPLICA");
    shows(
        &deck.screen(),
        "not in a form, run it by itself: Restart-Service REPLICA",
    );
}

#[test]
fn a_variable_in_the_rest_of_the_command_opens_no_form() {
    for text in [
        "Get-CsUser -ResultSize 5 | Set-CsUser -Enabled $Identity",
        "Get-CsUser -ResultSize 5 | Move-CsUser -Target $pool",
        "Set-CsUser @params",
        "Get-CsUser -ResultSize 5 -Verbose:$Identity",
    ] {
        let deck = paste(text);
        assert!(deck.model.snippets.form.is_none(), "{text}");
        shows(&deck.screen(), "nobody knows");
    }
    // What PowerShell sets by itself is known.
    for text in [
        "Get-CsUser -Filter {Enabled -eq $true}",
        "Set-CsUser -Identity a -LineUri $null",
        "Get-CsUser | Where-Object { $_.Enabled }",
    ] {
        let deck = paste(text);
        let form = deck.model.snippets.form.as_ref().expect(text);
        assert!(form.result.is_ok(), "{text}");
    }
    let deck = paste("Get-CsPool > C:\\out.txt");
    assert!(deck.model.snippets.form.is_none());
    shows(&deck.screen(), "cannot be made a form");
}

#[test]
fn what_a_field_cannot_hold_is_asked_for() {
    let deck = paste("Set-CsUser -Identity \"a\tb\"");
    shows(&deck.screen(), "-Identity held a line end, a tab");
    assert!(
        deck.model
            .snippets
            .form
            .as_ref()
            .is_some_and(|f| f.result.is_err())
    );
}

#[test]
fn another_set_and_back_loses_nothing() {
    let mut deck = Deck::lab();
    deck.keys("2");
    deck.send(Message::Paste(
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn sql01.kestrel.lan".into(),
    ));
    deck.keys("f4 down down down enter");
    shows(&deck.screen(), "Install-CsDatabase -LocalDatabases");
    deck.keys("f4 up up up enter");
    shows(&deck.screen(), "-SqlServerFqdn 'sql01.kestrel.la");
    // The row opens the set that was left last.
    deck.keys("f4 down down enter esc /");
    deck.type_in("install-csdatabase");
    deck.model.snippets.selected = deck.model.snippets.snippets();
    deck.keys("enter enter");
    shows(&deck.screen(), "parameter set ByConfigured");
}
