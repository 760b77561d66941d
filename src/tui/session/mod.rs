//! What outlives the program: history, theme, hues, habits; and where the reader stands: in the
//! program when it ends ([`left`]), at places to go back to ([`place`]), in a trace ([`standing`]).

pub mod left;
pub mod place;
pub mod standing;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::left::Left;

/// How many lines a history keeps.
const HISTORY: usize = 500;

/// Kept in the state folder as JSON. Unknown fields of other versions are ignored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Queries, oldest first.
    pub history: Vec<String>,
    /// What was looked for in traces, oldest first.
    pub finds: Vec<String>,
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
    /// Which times stand on the ruler of a trace.
    pub ruler: Ruler,
    /// How wide and high the parts of a trace are, by class of size.
    pub splits: [Splits; 3],
    /// Where each source was left, the newest last.
    pub left: Vec<Left>,
    /// Columns of the waterfall, by name.
    pub columns: Vec<String>,
    /// Where the detail of a span stands.
    pub pane: PaneForm,
    /// Places in traces that have a letter.
    pub marks: Vec<Bookmark>,
}

/// A place in a trace that has a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The letter.
    pub letter: char,
    /// The trace's id.
    pub trace: String,
    /// The span's.
    pub span: String,
}

/// What the reader made of the parts of a screen, in per cent; none where nothing was moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Splits {
    /// The names of a waterfall, beside its bars.
    pub names: Option<u8>,
    /// The second pane.
    pub detail: Option<u8>,
}

/// Which times stand on a ruler.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruler {
    /// Since the start of the trace.
    #[default]
    Since,
    /// Of the clock, in the zone of the machine.
    Local,
    /// Of the clock, in UTC.
    Utc,
}

/// Where the detail of a span stands, room permitting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaneForm {
    /// Beside what it is about on wide screens, else below it.
    #[default]
    Fitting,
    Beside,
    Below,
    /// In its place, while it has the focus.
    Alone,
}

impl Session {
    /// Reads what was kept. What another version wrote otherwise costs only itself.
    pub fn read(text: &str) -> Self {
        let Ok(Value::Object(fields)) = serde_json::from_str(text) else {
            return Self::default();
        };
        let readable = |field: &(String, Value)| {
            let alone = Value::Object([field.clone()].into_iter().collect());
            serde_json::from_value::<Self>(alone).is_ok()
        };
        let kept = Value::Object(fields.into_iter().filter(readable).collect());
        serde_json::from_value(kept).unwrap_or_default()
    }

    /// Adds a query to the history, as its newest.
    pub fn remember(&mut self, query: &str) {
        add(&mut self.history, query);
    }

    /// The same with a find line.
    pub fn remember_find(&mut self, line: &str) {
        add(&mut self.finds, line);
    }
}

/// Adds a line to a history, as its newest.
fn add(history: &mut Vec<String>, line: &str) {
    if line.trim().is_empty() {
        return;
    }
    history.retain(|old| old != line);
    history.push(line.to_owned());
    let excess = history.len().saturating_sub(HISTORY);
    history.drain(..excess);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_version_wrote_costs_only_itself() {
        let text = r#"{"history":["{ }"],"ruler":"sundial","columns":7,"launches":9,"new":{}}"#;
        let session = Session::read(text);
        assert_eq!((session.history.len(), session.launches), (1, 9));
        assert_eq!((session.ruler, session.columns.len()), (Ruler::Since, 0));
        assert_eq!(Session::read("{\"history\":[\"cut of"), Session::default());
    }
}
