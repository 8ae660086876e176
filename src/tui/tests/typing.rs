//! Typing and pasting: what gives way, what is mended, what is said.

use super::choosing::{go_to, text_of};
use super::{Deck, hides, shows, snapshot};
use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, Message};
use crate::tui::pane::{Pane, snippets};

#[test]
fn a_paste_is_mended_and_says_what_was_changed() {
    let mut deck = Deck::form("certificates assign");
    go_to(&mut deck, "Thumbprint");
    deck.send(Message::Paste(
        "\u{200e}01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67\n".into(),
    ));
    assert_eq!(
        text_of(&deck, "Thumbprint"),
        "0123456789abcdef0123456789abcdef01234567"
    );
    let screen = deck.screen_at(140, 24);
    shows(
        &screen,
        "invisible and control characters were left out; separators between",
    );
    let mut deck = Deck::form("users/move");
    deck.send(Message::Paste("sip:ada\u{1b}[31m\nx".into()));
    shows(
        &deck.screen(),
        "line ends and tabs became blanks; invisible and control",
    );
}

#[test]
fn a_paste_on_another_pane_becomes_a_form_too() {
    let mut deck = Deck::lab();
    deck.send(Message::Paste("Get-CsUser -Identity 'ada'".into()));
    assert_eq!(deck.model.pane, Pane::Snippets);
    assert_eq!(text_of(&deck, "Identity"), "ada");
    let mut deck = Deck::lab();
    deck.send(Message::Paste("good morning".into()));
    assert_eq!(deck.model.pane, Pane::Topology);
    shows(&deck.screen(), "nothing here takes a paste");
}

#[test]
fn a_refused_paste_can_be_mended() {
    let mut deck = Deck::lab();
    deck.keys("2");
    deck.send(Message::Paste("Move-CsUsr -Identity 'ada'".into()));
    deck.keys("enter");
    let open = deck.model.dialog.as_ref();
    assert!(
        matches!(open, Some(Dialog::PasteCommand(input)) if input.text().starts_with("Move-CsUsr")),
        "{}",
        deck.screen()
    );
}

#[test]
fn a_slip_in_a_name_is_one_key_away_from_what_was_meant() {
    let mut deck = Deck::lab();
    deck.send(Message::Paste(
        "Set-CsUser –Identity ada -EnterpriseVoiceEnabeld $true".into(),
    ));
    snapshot("paste-slip", deck.screen());
    deck.keys("f8");
    assert!(deck.model.dialog.is_none());
    shows(
        &deck.screen(),
        "-EnterpriseVoiceEnabeld is -EnterpriseVoiceEnabled",
    );
    assert_eq!(text_of(&deck, "EnterpriseVoiceEnabled"), "true");
    let effects = deck.keys("f3");
    assert!(
        matches!(&effects[..], [Effect::Copy(text), ..] if text == "Set-CsUser -Identity 'ada' -EnterpriseVoiceEnabled $true"),
        "{effects:?}"
    );
    // A slip in the cmdlet, on another pane; the question to mend it by hand goes too.
    let mut deck = Deck::lab();
    deck.send(Message::Paste("Move-CsUsr -Identity 'ada'".into()));
    shows(&deck.screen(), "F8 takes Move-CsUser. Enter or Esc closes.");
    deck.keys("ctrl-n");
    assert!(deck.model.dialog.is_none(), "{}", deck.screen());
    assert_eq!(text_of(&deck, "Identity"), "ada");
    // Behind a pipe, where no field is.
    let mut deck = Deck::lab();
    deck.send(Message::Paste(
        "Get-CsUser | Move-CsUser -Taregt pool01.kestrel.lan".into(),
    ));
    shows(
        &deck.screen(),
        "-Taregt does not exist. Did you mean -Target?",
    );
    deck.keys("f8 f3");
    shows(&deck.screen(), "| Move-CsUser -Target pool01.kestrel.lan");
    // Where nothing was meant, the key does nothing.
    let mut deck = Deck::lab();
    deck.send(Message::Paste("Get-CsUser –Identity 'ada'".into()));
    deck.keys("f8");
    assert!(matches!(deck.model.dialog, Some(Dialog::Notice { .. })));
}

#[test]
fn the_notice_of_a_paste_lets_the_copy_through() {
    let mut deck = Deck::lab();
    deck.keys("2");
    deck.send(Message::Paste("Get-CsUser –Identity 'ada'".into()));
    assert!(matches!(deck.model.dialog, Some(Dialog::Notice { .. })));
    let effects = deck.keys("f3");
    assert!(
        matches!(&effects[..], [Effect::Copy(text), ..] if text == "Get-CsUser -Identity 'ada'"),
        "{effects:?}"
    );
}

#[test]
fn a_new_search_begins_empty() {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in("database");
    deck.keys("enter /");
    shows(&deck.screen(), "/_");
    deck.type_in("users ctrl");
    deck.keys("ctrl-u");
    shows(&deck.screen(), "Snippets 132");
}

#[test]
fn a_cmdlet_that_was_named_is_no_slip() {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in("new-csvoicepolicy");
    hides(&deck.screen(), "taken for");
    let first = deck.model.snippets.row(0);
    assert!(
        matches!(first, Some(snippets::Row::Cmdlet(c)) if c.name == "New-CsVoicePolicy"),
        "{}",
        deck.screen()
    );
}

#[test]
fn what_nobody_typed_gives_way_to_what_is_typed() {
    let mut deck = Deck::form("install-cms-database");
    go_to(&mut deck, "SqlInstanceName");
    deck.type_in("lync");
    assert_eq!(text_of(&deck, "SqlInstanceName"), "lync");
    // An arrow keeps it, and what was typed once is the user's.
    deck.keys("ctrl-u");
    let form = deck.model.snippets.form.as_mut().expect("a form");
    form.put("SqlInstanceName", "rtc");
    deck.keys("tab shift-tab left");
    deck.type_in("x");
    assert_eq!(text_of(&deck, "SqlInstanceName"), "rtxc");
}

#[test]
fn a_form_starts_anew_when_asked() {
    let mut deck = Deck::form("install-cms-database");
    deck.type_in("sql01.kestrel.lan");
    deck.keys("f10");
    deck.type_in("reset");
    deck.keys("enter");
    assert_eq!(text_of(&deck, "SqlServerFqdn"), "");
    assert_eq!(text_of(&deck, "SqlInstanceName"), "rtc");
}
