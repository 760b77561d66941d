//! Head, tail and adaptive sampling.
