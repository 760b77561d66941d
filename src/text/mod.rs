//! What may reach a terminal: escaping, width, truncation, durations, counts.
