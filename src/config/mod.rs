//! Files, environment and flags, merged, with the origin of each value.
