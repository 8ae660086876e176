//! A target being filled in.

use crate::execute::target::Auth;
use crate::execute::target::keys::Key;
use crate::execute::{Target, TransportKind};
use crate::tui::key::{Code, Key as Pressed};
use crate::tui::widget::input::LineInput;

/// The keys of a target being filled in. Shown are those that its transport has a use for.
#[derive(Debug)]
pub struct TargetForm {
    /// The target as the file has it; none for a new one.
    pub before: Option<Target>,
    /// A line for each of [`Key::ALL`].
    pub inputs: Vec<LineInput>,
    /// The line with the cursor.
    pub focus: usize,
    /// What is wrong, after an attempt to keep it.
    pub problem: Option<String>,
}

impl TargetForm {
    /// A form that holds this target.
    pub fn new(before: Option<Target>, shown: &Target) -> TargetForm {
        TargetForm {
            before,
            inputs: Key::ALL
                .iter()
                .map(|key| LineInput::new(&key.get(shown)))
                .collect(),
            focus: 0,
            problem: None,
        }
    }

    /// The key with the cursor.
    pub fn key(&self) -> Key {
        Key::ALL.get(self.focus).copied().unwrap_or(Key::Name)
    }

    /// The places of the lines that are shown.
    pub fn shown(&self) -> Vec<usize> {
        let (transport, auth) = self.way();
        let used = |n: &usize| Key::ALL[*n].is_for(transport, auth);
        (0..Key::ALL.len()).filter(used).collect()
    }

    /// The transport and the log-in that are chosen.
    fn way(&self) -> (TransportKind, Auth) {
        let mut target = Target {
            transport: TransportKind::Ssh,
            ..Target::lab()
        };
        for (key, input) in Key::ALL.iter().zip(&self.inputs) {
            if matches!(key, Key::Transport | Key::Auth) {
                // Both are chosen from words that are there.
                let _ = key.set(&mut target, input.text());
            }
        }
        (target.transport, target.auth)
    }

    /// Goes to another line; behind the last one comes the first.
    pub fn step(&mut self, forward: bool) {
        let shown = self.shown();
        let count = shown.len().max(1);
        let by = if forward { 1 } else { count - 1 };
        let at = shown.iter().position(|n| *n == self.focus).unwrap_or(0);
        self.focus = shown.get((at + by) % count).copied().unwrap_or(0);
    }

    /// Puts the next (or the last) of a key's choices into its line.
    pub fn choose(&mut self, forward: bool) {
        let (at, count) = (self.chosen(), self.key().choices().len());
        let next = match (at, forward) {
            (None, _) => 0,
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
        };
        self.put(next);
    }

    /// A key that is no action. In a line with choices it chooses: the arrows and the space bar go on
    /// to the next one, a letter to the next that begins with it, Backspace back to the first.
    pub fn press(&mut self, key: Pressed) {
        self.problem = None;
        let choices = self.key().choices();
        if choices.is_empty() {
            if let Some(input) = self.inputs.get_mut(self.focus) {
                input.key(key);
            }
            return;
        }
        match (key.code, key.text()) {
            (Code::Left, _) => self.choose(false),
            (Code::Right, _) | (_, Some(' ')) => self.choose(true),
            (Code::Backspace | Code::Delete, _) => self.put(0),
            (_, Some(letter)) => {
                let from = self.chosen().map_or(0, |at| at + 1);
                let count = choices.len();
                let begins = |n: &usize| {
                    let first = choices.get(*n).and_then(|c| c.chars().next());
                    first.is_some_and(|first| first.eq_ignore_ascii_case(&letter))
                };
                let next = (from..from + count).map(|n| n % count).find(begins);
                if let Some(next) = next {
                    self.put(next);
                }
            }
            _ => {}
        }
    }

    /// Pasted text; in a line with choices it has to be one of them.
    pub fn paste(&mut self, text: &str) {
        self.problem = None;
        let choices = self.key().choices();
        if choices.is_empty() {
            if let Some(input) = self.inputs.get_mut(self.focus) {
                input.paste(text);
            }
            return;
        }
        let text = text.trim();
        if let Some(at) = choices.iter().position(|c| c.eq_ignore_ascii_case(text)) {
            self.put(at);
        }
    }

    /// The choice that the line with the cursor holds.
    fn chosen(&self) -> Option<usize> {
        let text = self.inputs.get(self.focus)?.text();
        let mut choices = self.key().choices().iter();
        choices.position(|c| *c == text.trim())
    }

    fn put(&mut self, choice: usize) {
        let choices = self.key().choices();
        if let (Some(choice), Some(input)) = (choices.get(choice), self.inputs.get_mut(self.focus))
        {
            input.set(choice);
            self.problem = None;
        }
    }

    /// Says what is wrong, with the cursor in the line that it is about: the first that it names.
    pub fn complain(&mut self, why: String) {
        let names = |n: &usize| {
            let word = Key::ALL.get(*n)?.word();
            // The target's own name stands in front, and "name" and "user" are words of many.
            let place = why.match_indices(word).find(|(at, _)| {
                let around = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                let (before, behind) = (why.get(..*at), why.get(at + word.len()..));
                !around(before.and_then(|t| t.chars().next_back()))
                    && !around(behind.and_then(|t| t.chars().next()))
            });
            Some((place?.0, *n))
        };
        let shown = self.shown();
        let of = |n: &&usize| !matches!(Key::ALL.get(**n), Some(Key::Name | Key::User));
        if let Some((_, n)) = shown.iter().filter(of).filter_map(names).min() {
            self.focus = n;
        }
        self.problem = Some(why);
    }

    /// The target that was filled in. What cannot be is told, and gets the cursor. What is not shown is
    /// left out, unless the file has it and its transport stays.
    pub fn target(&mut self) -> Option<Target> {
        let mut target = self.before.clone().unwrap_or_else(Target::lab);
        let shown = self.shown();
        let stays = self
            .before
            .as_ref()
            .is_some_and(|b| b.transport == self.way().0);
        for (n, (key, input)) in Key::ALL.iter().zip(&self.inputs).enumerate() {
            let text = match shown.contains(&n) {
                true => input.text(),
                // A log-in without a certificate has no files for one.
                false if !stays || matches!(key, Key::CertificateFile | Key::KeyFile) => "",
                false => continue,
            };
            // A key that nobody touched stays, also where its text would say less.
            if self.before.as_ref().is_some_and(|b| key.get(b) == text) {
                continue;
            }
            if let Err(why) = key.set(&mut target, text) {
                self.problem = Some(why);
                self.focus = n;
                return None;
            }
        }
        Some(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(form: &mut TargetForm, key: Key) {
        form.focus = Key::ALL.iter().position(|k| *k == key).unwrap();
    }

    fn press(form: &mut TargetForm, keys: &str) -> String {
        for name in keys.split(' ') {
            form.press(Pressed::parse(name).expect(name));
        }
        form.inputs[form.focus].text().to_owned()
    }

    fn words(form: &TargetForm) -> Vec<&'static str> {
        form.shown().iter().map(|n| Key::ALL[*n].word()).collect()
    }

    fn new() -> TargetForm {
        let empty = Target {
            name: String::new(),
            transport: TransportKind::Ssh,
            ..Target::lab()
        };
        TargetForm::new(None, &empty)
    }

    #[test]
    fn a_choice_is_chosen_and_not_typed() {
        let mut form = new();
        at(&mut form, Key::Transport);
        assert_eq!(press(&mut form, "w"), "winrm");
        assert_eq!(press(&mut form, "w i n"), "winrm", "it never grows");
        assert_eq!(press(&mut form, "l"), "lab");
        assert_eq!(press(&mut form, "l"), "local");
        assert_eq!(press(&mut form, "left"), "ssh");
        assert_eq!(press(&mut form, "right space"), "winrm");
        assert_eq!(press(&mut form, "backspace"), "ssh");
        form.paste("WINRM\n");
        form.paste("telnet");
        assert_eq!(form.inputs[form.focus].text(), "winrm");
        // One that may be left out.
        at(&mut form, Key::Tls);
        assert_eq!(press(&mut form, "t"), "true");
        assert_eq!(press(&mut form, "right right"), "");
        assert_eq!(press(&mut form, "f backspace"), "");
    }

    #[test]
    fn only_what_the_transport_has_is_shown() {
        let mut form = new();
        assert!(words(&form).contains(&"jump") && !words(&form).contains(&"auth"));
        at(&mut form, Key::Transport);
        press(&mut form, "w");
        let winrm = words(&form);
        assert!(winrm.contains(&"auth") && !winrm.contains(&"jump"));
        assert!(!winrm.contains(&"key_file"));
        at(&mut form, Key::Auth);
        press(&mut form, "c c");
        assert!(words(&form).contains(&"key_file"));
        at(&mut form, Key::Transport);
        press(&mut form, "l");
        assert!(!words(&form).contains(&"address"));
        // Every line that is shown is reached, and no other.
        let shown = form.shown();
        let mut seen: Vec<usize> = Vec::new();
        for _ in 0..shown.len() {
            seen.push(form.focus);
            form.step(true);
        }
        seen.sort_unstable();
        assert_eq!(seen, shown);
    }

    #[test]
    fn the_cursor_goes_where_the_problem_is() {
        let mut form = new();
        form.complain("target jump: address \"\" names no host".into());
        // Known by the name of the target only, which is called like a key.
        assert!(matches!(form.key(), Key::Address | Key::Jump));
        form.complain("target x: address \"\" names no host".into());
        assert_eq!(form.key(), Key::Address);
        form.complain("target x: two targets are called \"x\"".into());
        assert_eq!(form.key(), Key::Address, "it stays where nothing is named");
        let mut form = new();
        at(&mut form, Key::Transport);
        press(&mut form, "w");
        form.complain(
            "target x: auth = \"certificate\" needs certificate_file and key_file".into(),
        );
        assert_eq!(form.key(), Key::Auth);
    }

    #[test]
    fn what_the_old_transport_had_goes_with_it() {
        let ssh = Target {
            name: "fe01".into(),
            transport: TransportKind::Ssh,
            address: "fe01.kestrel.lan".into(),
            jump: Some("gw".into()),
            ..Target::lab()
        };
        let mut form = TargetForm::new(Some(ssh.clone()), &ssh);
        assert_eq!(form.target(), Some(ssh.clone()));
        at(&mut form, Key::Transport);
        press(&mut form, "w");
        let winrm = form.target().expect("a target");
        assert_eq!((winrm.jump.as_deref(), winrm.problem()), (None, None));
        // What the file has and the form does not show stays.
        let local = Target {
            transport: TransportKind::Local,
            ..ssh
        };
        let mut form = TargetForm::new(Some(local.clone()), &local);
        assert_eq!(form.target(), Some(local));
    }
}
