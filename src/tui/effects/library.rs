//! Reading the library, and again when its files change.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::app::App;
use crate::tui::message::{Message, Why};

/// How often the folders of the library are looked at.
const LIBRARY_INTERVAL: Duration = Duration::from_secs(2);

/// Reads the library with what the console needs of it.
pub fn read(app: &App, reads: &AtomicU64, why: Why) -> Message {
    let read = reads.fetch_add(1, Ordering::SeqCst) + 1;
    let library = app.library();
    // Made here, the index of a large one is no pause of the console.
    library.index();
    let ranks = app.usage().ranks(&library, Timestamp::now());
    Message::Library {
        library,
        read,
        ranks,
        why,
    }
}

/// Reads the library, and again whenever its files changed. A folder that takes long to look at (many
/// files, a slow share) is looked at less often: at most a fiftieth of the time goes into it.
pub async fn watch(app: Arc<App>, reads: Arc<AtomicU64>, messages: mpsc::Sender<Message>) {
    let look = |app: Arc<App>| {
        tokio::task::spawn_blocking(move || {
            let begin = std::time::Instant::now();
            let stamps = (
                app.library_stamp(),
                app.engagement_stamp(),
                app.targets_stamp(),
            );
            (stamps, begin.elapsed())
        })
    };
    // The folders may be large or slow: the first screen does not wait for them.
    let (first, begin) = ((app.clone(), reads.clone()), look(app.clone()).await);
    let read = move || self::read(&first.0, &first.1, Why::Start);
    let Ok(message) = tokio::task::spawn_blocking(read).await else {
        return;
    };
    if messages.send(message).await.is_err() {
        return;
    }
    let Ok((mut known, mut took)) = begin else {
        return;
    };
    loop {
        tokio::time::sleep(LIBRARY_INTERVAL.max(took * 50)).await;
        let Ok((stamp, time)) = look(app.clone()).await else {
            return;
        };
        took = time;
        let before = std::mem::replace(&mut known, stamp);
        if before.1 != known.1 {
            let reader = app.clone();
            let read = move || reader.engagement().map(Box::new).map_err(|e| e.to_string());
            let Ok(engagement) = tokio::task::spawn_blocking(read).await else {
                return;
            };
            if messages
                .send(Message::EngagementChanged(engagement))
                .await
                .is_err()
            {
                return;
            }
        }
        if before.2 != known.2 {
            let reader = app.clone();
            let read = move || reader.read_targets().map_err(|e| e.to_string());
            let Ok(targets) = tokio::task::spawn_blocking(read).await else {
                return;
            };
            if messages
                .send(Message::TargetsChanged(targets))
                .await
                .is_err()
            {
                return;
            }
        }
        if before.0 == known.0 {
            continue;
        }
        let (app, reads) = (app.clone(), reads.clone());
        let read = move || self::read(&app, &reads, Why::Changed);
        let Ok(message) = tokio::task::spawn_blocking(read).await else {
            return;
        };
        if messages.send(message).await.is_err() {
            return;
        }
    }
}
