//! How much of an input is believed before it is called an attack.

/// Limits of reading. The defaults suit a file that somebody chose to open; a collector passes
/// tighter ones for bodies of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that one input may expand to, over all its containers and entries.
    pub expanded_bytes: u64,
    /// How many times its size a compressed input may expand to ...
    pub ratio: u64,
    /// ... once it has expanded to this many bytes: small files compress as well as they like.
    pub ratio_from: u64,
    /// Containers within containers.
    pub container_depth: u32,
    /// Largest back-reference window of zstd, as a power of two; also bounds the dictionary of xz.
    pub window_log: u32,
    /// Bytes of one document or message that has to be held at once.
    pub message_bytes: u64,
    /// Bytes that are read ahead to find what explains the spans at hand, and at least as much of
    /// these is held meanwhile.
    pub ahead_bytes: usize,
    /// Spans after which a block is handed over, where the format allows a cut.
    pub block_spans: usize,
    /// Bytes after which it is, however few spans it has.
    pub block_bytes: usize,
}

impl Limits {
    /// Limits of reading into so many bytes: what is on its way takes a small part of them.
    #[must_use]
    pub fn within(budget: usize) -> Self {
        let share = (budget / 8).clamp(8 << 20, 1 << 30);
        Self {
            message_bytes: share as u64,
            ahead_bytes: share,
            block_bytes: (budget / 64).clamp(1 << 20, 64 << 20),
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            expanded_bytes: 16 << 30,
            ratio: 200,
            ratio_from: 64 << 20,
            container_depth: 8,
            window_log: 27,
            message_bytes: 1 << 30,
            ahead_bytes: 64 << 20,
            block_spans: 16 << 10,
            block_bytes: 64 << 20,
        }
    }
}
