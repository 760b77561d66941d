//! What outlives the program: history, theme, hues, habits.

use serde::{Deserialize, Serialize};

/// How many queries the history keeps.
const HISTORY: usize = 500;

/// Kept in the state folder as JSON. Unknown fields of other versions are ignored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Queries, oldest first.
    pub history: Vec<String>,
    /// The theme chosen in the program.
    pub theme: Option<String>,
    /// Services and their hues.
    pub hues: Vec<(String, u8)>,
    /// How often the program was started: the first times teach more keys.
    pub launches: u32,
    /// Whether the search shows its plot.
    pub no_strip: bool,
    /// Whether that plot is a heatmap.
    pub heatmap: bool,
}

impl Session {
    /// Adds a query to the history, as its newest.
    pub fn remember(&mut self, query: &str) {
        if query.trim().is_empty() {
            return;
        }
        self.history.retain(|old| old != query);
        self.history.push(query.to_owned());
        let excess = self.history.len().saturating_sub(HISTORY);
        self.history.drain(..excess);
    }
}
