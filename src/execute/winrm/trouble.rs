//! What the user hears of a network that comes and goes while a command runs.

use std::time::Duration;

/// What became of a connection while an answer was waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// It broke; the reason.
    Lost(String),
    /// The first attempt to get it back failed too; the reason.
    Away(String),
    /// It is there again.
    Back,
}

/// The troubles of one command: told when they begin and when they are over. Where connections break
/// again and again and are there at once, that is told the first time and counted after that.
#[derive(Debug)]
pub struct Trouble {
    again: Duration,
    broke: u32,
    /// True while the user knows that nothing comes.
    told: bool,
}

impl Trouble {
    /// None so far; a lost connection is tried again for so long.
    pub fn new(again: Duration) -> Trouble {
        Trouble {
            again,
            broke: 0,
            told: false,
        }
    }

    /// What the user is to hear of it.
    pub fn hear(&mut self, notice: Notice) -> Option<String> {
        match notice {
            Notice::Lost(why) => {
                self.broke = self.broke.saturating_add(1);
                (self.broke == 1).then(|| self.tell(&why))
            }
            Notice::Away(why) => (!self.told).then(|| self.tell(&why)),
            Notice::Back => std::mem::take(&mut self.told).then(|| "connected again".to_owned()),
        }
    }

    fn tell(&mut self, why: &str) -> String {
        self.told = true;
        format!(
            "nothing comes from the server: {why}. It is tried again for {} s; the command goes on there",
            self.again.as_secs()
        )
    }

    /// What is to be said at the end, when there was more than was told.
    pub fn sum(&self) -> Option<String> {
        let times = self.broke;
        (times > 1).then(|| format!("the connection broke {times} times while the command ran"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(notices: &[Notice]) -> Vec<String> {
        let mut trouble = Trouble::new(Duration::from_secs(240));
        let told = notices.iter().cloned();
        let mut told: Vec<String> = told.filter_map(|n| trouble.hear(n)).collect();
        told.extend(trouble.sum());
        told
    }

    #[test]
    fn a_loss_is_told_and_so_is_its_end() {
        let lost = || Notice::Lost("reset".into());
        let away = || Notice::Away("no route".into());
        let told = heard(&[lost(), away(), Notice::Back]);
        let [first, back] = &told[..] else {
            panic!("{told:?}");
        };
        assert!(
            first.contains("reset") && first.contains("240 s"),
            "{first}"
        );
        assert_eq!(back, "connected again");
        assert!(heard(&[Notice::Back]).is_empty());
    }

    #[test]
    fn losses_that_mend_at_once_are_counted() {
        let mut many = Vec::new();
        for _ in 0..50 {
            many.extend([Notice::Lost("reset".into()), Notice::Back]);
        }
        let told = heard(&many);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[2].contains("50 times"), "{told:?}");
        // One that lasts is told anew.
        many.extend([
            Notice::Lost("reset".into()),
            Notice::Away("no route".into()),
            Notice::Back,
        ]);
        let told = heard(&many);
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(told[2].contains("no route"), "{told:?}");
    }
}
