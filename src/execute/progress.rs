//! What a job is at: the activities whose progress it tells, one inside the other.

use super::event::Progress;

/// Activities that are held; of a command that begins more the newest are not shown.
const MOST: usize = 64;

/// Bytes of each text of an activity that are held.
const CLIP: usize = 512;

/// The activities of one job that go on, in the order in which they began.
#[derive(Debug, Default)]
pub struct Activities {
    list: Vec<Progress>,
}

impl Activities {
    /// Takes a record in: a new activity, how one stands, or its end, which ends those inside it.
    /// True when that changed anything.
    pub fn push(&mut self, record: &Progress) -> bool {
        if record.done {
            let at = self.list.iter().position(|p| p.id == record.id);
            if let Some(at) = at {
                self.end(at);
            }
            return at.is_some();
        }
        let record = clipped(record);
        if let Some(held) = self.list.iter_mut().find(|p| p.id == record.id) {
            let changed = *held != record;
            *held = record;
            return changed;
        }
        let fits = self.list.len() < MOST;
        if fits {
            self.list.push(record);
        }
        fits
    }

    fn end(&mut self, at: usize) {
        let mut ended = vec![self.list.remove(at).id];
        while let Some(id) = ended.pop() {
            // An activity that says to be inside itself went with itself.
            let (inside, rest) = std::mem::take(&mut self.list)
                .into_iter()
                .partition(|p| p.parent == Some(id));
            self.list = rest;
            ended.extend(inside.iter().map(|p: &Progress| p.id));
        }
    }

    /// The job ended, and with it all that it did.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// True when nothing is going on.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many activities go on.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The activities with their depth, each one before those inside it.
    pub fn nested(&self) -> Vec<(usize, &Progress)> {
        let mut out = Vec::new();
        let mut left: Vec<&Progress> = self.list.iter().collect();
        let known = |parent: i32| self.list.iter().any(|p| p.id == parent);
        while !left.is_empty() {
            // Those that are inside each other have none outside: the first of them counts as it.
            let outer = left
                .iter()
                .position(|p| p.parent.is_none_or(|id| id == p.id || !known(id)));
            let outer = left.remove(outer.unwrap_or(0));
            let mut open = vec![(0, outer)];
            while let Some((depth, activity)) = open.pop() {
                out.push((depth, activity));
                let (inside, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut left)
                    .into_iter()
                    .partition(|p| p.parent == Some(activity.id));
                left = rest;
                open.extend(inside.into_iter().rev().map(|p| (depth + 1, p)));
            }
        }
        out
    }

    /// How far the outermost activity is that tells it.
    pub fn percent(&self) -> Option<u8> {
        self.nested().iter().find_map(|(_, p)| p.percent)
    }
}

/// A record of bounded size.
fn clipped(record: &Progress) -> Progress {
    let clip = |text: &str| text[..text.floor_char_boundary(CLIP)].to_owned();
    Progress {
        activity: clip(&record.activity),
        status: clip(&record.status),
        operation: clip(&record.operation),
        ..*record
    }
}

/// Time to go in minutes and seconds, from an hour on with hours: `0:12`, `1:00:05`.
pub fn clock(seconds: u64) -> String {
    match seconds {
        0..3600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        _ => format!(
            "{}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(id: i32, parent: Option<i32>, percent: u8) -> Progress {
        Progress {
            id,
            parent,
            percent: Some(percent),
            ..Progress::text(format!("activity {id}"))
        }
    }

    fn done(id: i32) -> Progress {
        Progress {
            done: true,
            ..record(id, None, 100)
        }
    }

    fn ids(activities: &Activities) -> Vec<(usize, i32)> {
        let nested = activities.nested();
        nested.iter().map(|(depth, p)| (*depth, p.id)).collect()
    }

    #[test]
    fn activities_replace_nest_and_end() {
        let mut activities = Activities::default();
        assert!(activities.push(&record(1, None, 10)));
        assert!(activities.push(&record(3, Some(2), 1)));
        assert!(activities.push(&record(2, Some(1), 50)));
        assert!(activities.push(&record(9, None, 5)));
        assert_eq!(ids(&activities), [(0, 1), (1, 2), (2, 3), (0, 9)]);
        // The same again is no news.
        assert!(!activities.push(&record(1, None, 10)));
        assert!(activities.push(&record(1, None, 20)));
        assert_eq!((activities.len(), activities.percent()), (4, Some(20)));
        assert!(activities.push(&done(1)));
        assert_eq!(ids(&activities), [(0, 9)]);
        assert!(!activities.push(&done(1)));
        activities.clear();
        assert!(activities.is_empty() && activities.percent().is_none());
    }

    #[test]
    fn time_is_short() {
        assert_eq!(
            [12, 3599, 3605].map(clock),
            ["0:12", "59:59", "1:00:05"].map(str::to_owned)
        );
    }

    proptest! {
        #[test]
        fn whatever_a_command_tells_each_stands_once(
            records in prop::collection::vec((0i32..80, prop::option::of(0i32..80), any::<bool>()), 0..200),
        ) {
            let mut activities = Activities::default();
            for (id, parent, done) in records {
                activities.push(&Progress { done, ..record(id, parent, 1) });
                let nested = ids(&activities);
                prop_assert_eq!(nested.len(), activities.len());
                let mut once: Vec<i32> = nested.iter().map(|(_, id)| *id).collect();
                once.sort_unstable();
                once.dedup();
                prop_assert_eq!(once.len(), activities.len());
                prop_assert!(activities.len() <= MOST);
                // A cycle has no end; depth does.
                prop_assert!(nested.iter().all(|(depth, _)| *depth < MOST));
            }
        }
    }
}
