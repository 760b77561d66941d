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
    /// Bytes of one zip archive, which has to be held (its directory is at its end).
    pub archive_bytes: u64,
    /// Bytes of one document or message that has to be held at once.
    pub message_bytes: u64,
    /// Spans after which a block is handed over, where the format allows a cut.
    pub block_spans: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            expanded_bytes: 16 << 30,
            ratio: 200,
            ratio_from: 64 << 20,
            container_depth: 8,
            window_log: 27,
            archive_bytes: 1 << 30,
            message_bytes: 1 << 30,
            block_spans: 16 << 10,
        }
    }
}
