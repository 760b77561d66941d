//! Where spans arrive: receivers, their limits, and what they answer.
