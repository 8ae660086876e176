use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::execute::ask::Nobody;
use crate::powershell::clixml::Value;

fn who() -> Who {
    Who {
        target: "fe01".into(),
        user: "kestrel\\ops".into(),
        address: "fe01.kestrel.lan:5985".into(),
        asker: Arc::new(Nobody),
    }
}

fn field(name: &str, type_name: &str) -> PromptField {
    PromptField {
        name: name.into(),
        label: String::new(),
        type_name: type_name.into(),
        help: String::new(),
        default: None,
        mandatory: true,
    }
}

fn fields(fields: Vec<PromptField>) -> HostPrompt {
    HostPrompt::Prompt {
        caption: " cmdlet X ".into(),
        message: "Supply values:".into(),
        fields,
    }
}

fn credential(user: Option<&str>, user_is_fixed: bool) -> HostPrompt {
    HostPrompt::PromptForCredential {
        caption: "Log in".into(),
        message: String::new(),
        user: user.map(str::to_owned),
        user_is_fixed,
        target: "sql01".into(),
    }
}

fn services() -> Vec<psrp::Choice> {
    ["&Registrar", "&Edge", "Mediation"]
        .map(|label| psrp::Choice {
            label: label.into(),
            help: String::new(),
        })
        .to_vec()
}

fn several() -> HostPrompt {
    HostPrompt::PromptForChoices {
        caption: String::new(),
        message: "Which?".into(),
        choices: services(),
        defaults: vec![2],
    }
}

fn given(lines: &[&str]) -> Given {
    Given::Lines(lines.iter().map(|l| Secret::new((*l).into())).collect())
}

fn lines_of(prompt: &HostPrompt) -> Question {
    match asked(&who(), prompt) {
        Asked::Lines(question) => question,
        Asked::Choice(..) => panic!("{prompt:?} is a choice"),
    }
}

fn prompts(question: &Question) -> Vec<(&str, bool)> {
    let shown = question.prompts.iter();
    shown.map(|p| (p.text.as_str(), p.echo)).collect()
}

#[test]
fn a_line_is_asked_in_the_words_of_the_text() {
    let Asked::Lines(question) = line(&who(), " The PIN: ", false) else {
        panic!("a choice");
    };
    assert_eq!(prompts(&question), [("The PIN:", false)]);
    assert_eq!(
        (question.asks, &*question.user),
        (Asks::Command, "kestrel\\ops")
    );
    assert_eq!(question.address, "fe01.kestrel.lan:5985");
    let bare = lines_of(&HostPrompt::ReadLineAsSecureString);
    assert_eq!(prompts(&bare), [("a value:", false)]);
    assert_eq!(asked(&who(), &HostPrompt::ReadLine).about(), "a value");
    assert_eq!(line(&who(), "The PIN", false).about(), "The PIN");
}

#[test]
fn fields_have_their_labels_and_secrets_do_not_echo() {
    let mut pin = field("Pin", "System.Security.SecureString");
    pin.label = "&Pin code".into();
    let credential = field("Account", "System.Management.Automation.PSCredential");
    let prompt = fields(vec![field("Identity", "System.String"), pin, credential]);
    let question = lines_of(&prompt);
    assert_eq!(question.instructions, "cmdlet X\nSupply values:");
    assert_eq!(
        prompts(&question),
        [
            ("Identity:", true),
            ("Pin code:", false),
            ("Account, user:", true),
            ("Account, password:", false),
        ]
    );
    assert_eq!(asked(&who(), &prompt).about(), "cmdlet X Supply values");
    let answer = given(&["ann", "1", " bob ", "2"]).answer(&prompt);
    let Answer::Fields(answers) = answer else {
        panic!("{answer:?}");
    };
    assert!(
        matches!(&answers[0], (name, FieldAnswer::Text(text)) if name == "Identity" && text == "ann")
    );
    assert!(
        matches!(&answers[1], (name, FieldAnswer::Secret(pin)) if name == "Pin" && pin.expose() == "1")
    );
    assert!(
        matches!(&answers[2], (name, FieldAnswer::Credential { user, password }) if name == "Account" && user == "bob" && password.expose() == "2")
    );
    // A line too few is no answer.
    let short = given(&["ann", "1", "bob"]).answer(&prompt);
    assert!(matches!(short, Answer::Refused(_)), "{short:?}");
}

#[test]
fn nothing_typed_leaves_a_default() {
    let mut count = field("Count", "System.Int32");
    count.default = Some(Value::I32(7));
    let prompt = fields(vec![count, field("Name", "System.String")]);
    let Answer::Fields(answers) = given(&["", ""]).answer(&prompt) else {
        panic!("no fields");
    };
    assert!(matches!(answers[0].1, FieldAnswer::Value(Value::I32(7))));
    assert!(matches!(&answers[1].1, FieldAnswer::Text(text) if text.is_empty()));
    let Answer::Fields(answers) = given(&["8", "x"]).answer(&prompt) else {
        panic!("no fields");
    };
    assert!(matches!(&answers[0].1, FieldAnswer::Text(text) if text == "8"));
}

#[test]
fn a_fixed_user_is_told_and_not_asked() {
    let open = lines_of(&credential(Some("ann"), false));
    assert_eq!(open.prompts[0].initial, "ann");
    assert_eq!(prompts(&open), [("User:", true), ("Password:", false)]);
    let fixed = credential(Some("ann"), true);
    let question = lines_of(&fixed);
    assert_eq!(question.instructions, "Log in\nUser: ann\nFor: sql01");
    assert_eq!(prompts(&question), [("Password:", false)]);
    let answer = given(&["x"]).answer(&fixed);
    assert!(
        matches!(&answer, Answer::Credential { user, password } if user == "ann" && password.expose() == "x")
    );
    // Fixed, but nobody said to whom.
    assert_eq!(lines_of(&credential(None, true)).prompts.len(), 2);
    let answer = given(&[" bob ", "x"]).answer(&credential(None, true));
    assert!(matches!(&answer, Answer::Credential { user, .. } if user == "bob"));
}

#[test]
fn one_of_several_and_several_of_several() {
    let one = HostPrompt::PromptForChoice {
        caption: "Confirm".into(),
        message: "Sure?".into(),
        choices: services(),
        default: Some(1),
    };
    let asked_one = asked(&who(), &one);
    let Asked::Choice(_, choice) = &asked_one else {
        panic!("lines");
    };
    assert_eq!(
        choice.line(),
        "[R] Registrar  [E] Edge  Mediation  [?] Help (default is \"E\"):"
    );
    assert_eq!(asked_one.about(), "Sure?");
    assert!(matches!(Given::Choice(2).answer(&one), Answer::Choice(2)));
    assert!(matches!(given(&["E"]).answer(&one), Answer::Refused(_)));

    let about = asked(&who(), &several()).about();
    assert!(about.starts_with("Which? [R] Registrar"), "{about}");
    let question = lines_of(&several());
    assert_eq!(
        question.instructions,
        "Which?\n[R] Registrar  [E] Edge  Mediation"
    );
    assert_eq!(
        prompts(&question),
        [("Any of them, with commas; Enter takes Mediation:", true)]
    );
    for (typed, chosen) in [
        (" ", Some(vec![2])),
        ("r", Some(vec![0])),
        ("e, mediation", Some(vec![1, 2])),
        ("E,E", Some(vec![1, 1])),
        ("r,x", None),
        ("r,", None),
    ] {
        match (given(&[typed]).answer(&several()), chosen) {
            (Answer::Choices(got), Some(chosen)) => assert_eq!(got, chosen, "{typed}"),
            (Answer::Refused(_), None) => {}
            (other, _) => panic!("{typed}: {other:?}"),
        }
    }
}

proptest! {
    /// However much a server asks, the question stays small, and every answer fits what was asked.
    #[test]
    fn a_question_is_bounded_and_answers_fit(
        names in prop::collection::vec("(?s).{0,9}", 0..50), long in 0usize..3000, kind in 0usize..3,
        typed in "(?s).{0,5}",
    ) {
        let kinds = ["System.String", "System.Security.SecureString", "System.Management.Automation.PSCredential"];
        let all = names.iter().map(|n| field(&n.repeat(long / 9 + 1), kinds[kind])).collect();
        let prompt = fields(all);
        let question = lines_of(&prompt);
        prop_assert!(question.prompts.len() <= 2 * MOST);
        let most = question.prompts.iter().map(|p| p.text.chars().count()).max();
        prop_assert!(most.unwrap_or(0) <= LONGEST + 20);
        let lines = vec![typed.as_str(); question.prompts.len()];
        let answer = given(&lines).answer(&prompt);
        prop_assert!(matches!(&answer, Answer::Fields(given) if given.len() == names.len().min(MOST)));
    }
}
