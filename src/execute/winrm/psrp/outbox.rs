//! What waits to be sent, and the pieces it is sent in.

use std::collections::VecDeque;

use super::fragment;
use super::guid::Guid;
use super::message::{self, Kind};
use super::pipeline::PipelineId;
use crate::powershell::clixml::{self, Value};

/// Bytes of a piece when nobody said how many: fits into the smallest envelope that WS-Management
/// lets a server insist on.
const LIMIT: usize = 16 * 1024;

/// A part of what is to be sent, whole fragments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The pipeline it is for; `None` for the pool.
    pub pipeline: Option<PipelineId>,
    /// The fragments.
    pub bytes: Vec<u8>,
    /// True for an answer to a host call: the stream `pr` instead of `stdin`.
    pub priority: bool,
    /// True for the piece that creates its pipeline: it goes into the Command envelope.
    pub first: bool,
}

/// Messages on their way out.
#[derive(Debug)]
pub(super) struct Outbox {
    queue: VecDeque<Outgoing>,
    objects: u64,
    limit: usize,
}

#[derive(Debug)]
struct Outgoing {
    object: u64,
    pipeline: Option<PipelineId>,
    priority: bool,
    creates: bool,
    bytes: Vec<u8>,
    sent: usize,
    fragments: u64,
}

impl Default for Outbox {
    fn default() -> Outbox {
        Outbox {
            queue: VecDeque::new(),
            objects: 0,
            limit: LIMIT,
        }
    }
}

impl Outbox {
    /// Sets the most bytes of a piece; fewer than a header and one byte is no limit to work with.
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes.max(fragment::HEADER + 1);
    }

    /// Bytes of messages that wait.
    pub fn waiting(&self) -> usize {
        self.queue
            .iter()
            .map(|out| out.bytes.len() - out.sent)
            .sum()
    }

    /// Answers to host calls that wait.
    pub fn answers(&self) -> usize {
        self.queue.iter().filter(|out| out.priority).count()
    }

    /// Queues a message.
    pub fn push(&mut self, kind: Kind, pool: Guid, pipeline: Option<PipelineId>, data: &Value) {
        self.push_text(kind, pool, pipeline, &clixml::write(data));
    }

    /// Queues a message whose data is written already.
    pub fn push_text(&mut self, kind: Kind, pool: Guid, pipeline: Option<PipelineId>, data: &str) {
        self.objects += 1;
        self.queue.push_back(Outgoing {
            object: self.objects,
            pipeline,
            priority: matches!(
                kind,
                Kind::PipelineHostResponse | Kind::RunspacePoolHostResponse
            ),
            creates: kind == Kind::CreatePipeline,
            bytes: message::write(kind, pool, pipeline.map(PipelineId::guid), data),
            sent: 0,
            fragments: 0,
        });
    }

    /// All that waits for the pool itself, without a limit: what a Create or a Connect envelope
    /// carries.
    pub fn all_of_the_pool(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.queue.retain_mut(|out| {
            if out.pipeline.is_none() {
                out.write(&mut bytes, usize::MAX);
            }
            out.pipeline.is_some()
        });
        bytes
    }

    /// The next piece: answers before the rest, otherwise in the order of queuing. Small messages to
    /// the same place go together.
    pub fn next(&mut self) -> Option<Piece> {
        let at = self.queue.iter().position(|out| out.priority).unwrap_or(0);
        let head = self.queue.get_mut(at)?;
        let first = head.creates && head.sent == 0;
        let (pipeline, priority) = (head.pipeline, head.priority);
        let mut bytes = Vec::with_capacity(self.limit.min(64 * 1024));
        head.write(&mut bytes, self.limit);
        if head.is_sent() {
            self.queue.remove(at);
            // The Command envelope takes one fragment.
            while !first
                && let Some(next) = self.queue.get_mut(at)
                && (next.pipeline, next.priority) == (pipeline, priority)
                && !next.creates
                && bytes.len() + fragment::HEADER < self.limit
            {
                next.write(&mut bytes, self.limit);
                if !next.is_sent() {
                    break;
                }
                self.queue.remove(at);
            }
        }
        Some(Piece {
            pipeline,
            bytes,
            priority,
            first,
        })
    }

    /// Forgets what waits for a pipeline.
    pub fn forget(&mut self, pipeline: PipelineId) {
        self.queue.retain(|out| out.pipeline != Some(pipeline));
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.queue.clear();
    }
}

impl Outgoing {
    /// Writes one fragment behind `out`, which grows to `limit` bytes at most.
    fn write(&mut self, out: &mut Vec<u8>, limit: usize) {
        let room = limit.saturating_sub(out.len() + fragment::HEADER).max(1);
        let rest = &self.bytes[self.sent..];
        let blob = &rest[..room.min(rest.len())];
        let end = blob.len() == rest.len();
        fragment::write(out, self.object, self.fragments, end, blob);
        self.sent += blob.len();
        self.fragments += 1;
    }

    fn is_sent(&self) -> bool {
        self.sent == self.bytes.len()
    }
}
