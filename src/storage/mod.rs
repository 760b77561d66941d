//! Where spans are kept: the embedded in-memory store.
