//! Where a reader stands in a trace, in words that outlive the program: view, span, range of time,
//! folds, what is found and what is left out.
//!
//! The same words are flags of a command line (`yc` copies one that opens exactly this) and lines
//! of the session. What they mean for a trace is said in `screen/trace/stand.rs`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::analysis::Weight;
use crate::model::{Nanos, SpanId};
use crate::text::parse_duration;

use super::screen::trace::{View, is_column};

/// How many spans are named that differ from the folds of all others.
pub const MOST_FOLDS: usize = 200;

/// Where a reader stands in a trace. The default is where one stands who has just opened it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, not a state"
)]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<(String, String)>", from = "Vec<(String, String)>")]
pub struct Standing {
    /// The view, if it is not the waterfall.
    pub view: Option<View>,
    /// The span under the cursor.
    pub span: Option<SpanId>,
    /// The row of a view in which a span has several.
    pub row: Option<usize>,
    /// What statistics are grouped by, in words, if not as usual.
    pub by: Vec<String>,
    /// The column that a table is sorted by, and whether the least comes first.
    pub sort: Option<(String, bool)>,
    /// What the widths of a flame graph stand for.
    pub weight: Weight,
    /// Callees stand above their callers in it.
    pub upside_down: bool,
    /// The part of the trace's time that is shown, from its start.
    pub range: Option<(Nanos, Nanos)>,
    /// What is folded, if that is not as it was opened.
    pub folds: Option<Folds>,
    /// The find line.
    pub find: String,
    /// How hits stand among the other spans.
    pub hits: Hits,
    /// Services left out with all below them.
    pub without: Vec<String>,
    /// Services left out alone.
    pub around: Vec<String>,
    /// Operations left out, each of its service.
    pub operations: Vec<(String, String)>,
    /// Spans left out that are shorter.
    pub shorter: Option<Nanos>,
    /// Only work on the critical path is drawn.
    pub critical: bool,
    /// Idle time is squeezed.
    pub squeeze: bool,
    /// Clocks are corrected.
    pub skew: bool,
}

/// How hits stand among the other spans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hits {
    /// Marked among all.
    #[default]
    Marked,
    /// Alone, with the spans that lead to them.
    Only,
    /// All that holds none of them is folded.
    Unfolded,
}

/// What is folded: most of it alike, and some that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folds {
    /// What holds for most.
    pub most: Most,
    /// Spans that differ.
    pub spans: Vec<SpanId>,
    /// First spans of runs of alike siblings that differ.
    pub runs: Vec<SpanId>,
    /// First spans of chains that differ.
    pub chains: Vec<SpanId>,
}

/// What holds for most folds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Most {
    /// Spans are open, alike ones and chains share a row.
    #[default]
    Open,
    /// All is open.
    All,
    /// All is folded.
    Closed,
    /// What has neither a failure nor a part of the critical path in it is folded.
    Telling,
}

/// Why a word tells no standing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StandingError {
    /// No such word.
    #[error("no part of a trace's view is called {0}")]
    Key(String),
    /// It does not take this value.
    #[error("{key} takes {takes}, not {value}")]
    Value {
        /// The word.
        key: &'static str,
        /// What it takes.
        takes: &'static str,
        /// What it was given.
        value: String,
    },
}

const HITS: [(&str, Hits); 3] = [
    ("marked", Hits::Marked),
    ("only", Hits::Only),
    ("unfolded", Hits::Unfolded),
];
const WEIGHTS: [(&str, Weight); 3] = [
    ("total", Weight::Total),
    ("own", Weight::Own),
    ("critical", Weight::Critical),
];
const MOST: [(&str, Most); 4] = [
    ("open", Most::Open),
    ("all", Most::All),
    ("closed", Most::Closed),
    ("telling", Most::Telling),
];

fn named<T: Copy>(names: &[(&str, T)], name: &str) -> Option<T> {
    names
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, value)| *value)
}

fn name_of<T: Copy + PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names
        .iter()
        .find(|(_, v)| *v == value)
        .map_or("", |(name, _)| name)
}

impl Standing {
    /// The names of the views.
    pub fn views() -> [&'static str; 8] {
        View::ALL.map(View::title)
    }

    /// Reads one word: a key and its value.
    ///
    /// # Errors
    /// A key that is none, or a value that it does not take.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), StandingError> {
        let wrong = |key, takes| StandingError::Value {
            key,
            takes,
            value: value.to_owned(),
        };
        match key {
            "view" => self.view = Some(view(value).ok_or_else(|| wrong("view", VIEWS))?),
            "span" => {
                let id = value.parse();
                self.span = Some(id.map_err(|_| wrong("span", "the id of a span"))?);
            }
            "row" => {
                let row = value.parse();
                self.row = Some(row.map_err(|_| wrong("row", "a number"))?);
            }
            "by" => self.by.push(value.to_owned()),
            "sort" => self.sort = Some(sort(value).ok_or_else(|| wrong("sort", SORT))?),
            "weight" => {
                let weight = named(&WEIGHTS, value);
                self.weight = weight.ok_or_else(|| wrong("weight", "total, own, critical"))?;
            }
            "upside-down" => self.upside_down = true,
            "range" => self.range = Some(range(value).ok_or_else(|| wrong("range", RANGE))?),
            "folds" => self.folds = Some(folds(value).ok_or_else(|| wrong("folds", FOLDS))?),
            "find" => value.clone_into(&mut self.find),
            "hits" => {
                let hits = named(&HITS, value);
                self.hits = hits.ok_or_else(|| wrong("hits", "marked, only, unfolded"))?;
            }
            "without" => self.without.push(value.to_owned()),
            "around" => self.around.push(value.to_owned()),
            "without-operation" => {
                let pair = value.split_once('/');
                let (service, operation) =
                    pair.ok_or_else(|| wrong("without-operation", "SERVICE/OPERATION"))?;
                self.operations
                    .push((unescape(service), operation.to_owned()));
            }
            "shorter" => {
                let least = parse_duration(value).map(Nanos);
                self.shorter = Some(least.map_err(|_| wrong("shorter", "a duration"))?);
            }
            "critical-only" => self.critical = true,
            "squeeze" => self.squeeze = true,
            "adjust-skew" => self.skew = true,
            _ => return Err(StandingError::Key(key.to_owned())),
        }
        Ok(())
    }

    /// The words that tell it: keys and values, those of switches empty.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let mut words: Vec<(&'static str, String)> = Vec::new();
        let view = self.view.filter(|&view| view != View::Waterfall);
        words.extend(view.map(|view| ("view", view.title().to_owned())));
        words.extend(self.span.map(|id| ("span", id.to_string())));
        words.extend(self.row.map(|row| ("row", row.to_string())));
        words.extend(self.by.iter().map(|word| ("by", word.clone())));
        let sort = self.sort.as_ref();
        words.extend(sort.map(|(column, least)| {
            let order = if *least { "" } else { "-" };
            ("sort", format!("{order}{column}"))
        }));
        if self.weight != Weight::Total {
            words.push(("weight", name_of(&WEIGHTS, self.weight).to_owned()));
        }
        let range = self
            .range
            .map(|(from, to)| format!("{}..{}", exact(from), exact(to)));
        words.extend(range.map(|range| ("range", range)));
        words.extend(
            self.folds
                .as_ref()
                .map(|folds| ("folds", folds.to_string())),
        );
        let find = Some(&self.find).filter(|find| !find.is_empty());
        words.extend(find.map(|find| ("find", find.clone())));
        if self.hits != Hits::Marked {
            words.push(("hits", name_of(&HITS, self.hits).to_owned()));
        }
        words.extend(self.without.iter().map(|name| ("without", name.clone())));
        words.extend(self.around.iter().map(|name| ("around", name.clone())));
        words.extend(self.operations.iter().map(|(service, operation)| {
            (
                "without-operation",
                format!("{}/{operation}", escape(service)),
            )
        }));
        words.extend(self.shorter.map(|least| ("shorter", exact(least))));
        let switches = [
            ("upside-down", self.upside_down),
            ("critical-only", self.critical),
            ("squeeze", self.squeeze),
            ("adjust-skew", self.skew),
        ];
        let on = switches.into_iter().filter(|(_, on)| *on);
        words.extend(on.map(|(key, _)| (key, String::new())));
        words
    }

    /// The same as flags, each one or two words of a command line.
    pub fn flags(&self) -> Vec<String> {
        let flag = |(key, value): (&str, String)| match value.as_str() {
            "" => format!("--{key}"),
            // One word even where the value begins with a dash.
            _ => format!("--{key}={value}"),
        };
        self.words().into_iter().map(flag).collect()
    }
}

impl From<Standing> for Vec<(String, String)> {
    fn from(standing: Standing) -> Self {
        let words = standing.words().into_iter();
        words.map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

impl From<Vec<(String, String)>> for Standing {
    /// Words that another version wrote are left out: the rest still leads near.
    fn from(words: Vec<(String, String)>) -> Self {
        let mut standing = Self::default();
        for (key, value) in words {
            let _ = standing.set(&key, &value);
        }
        standing
    }
}

const VIEWS: &str = "waterfall, graph, flame, statistics, table, events, json, findings";
const SORT: &str = "a column of a table as duration, or -duration for the greatest first";
const RANGE: &str = "two times since the start, as 310ms..355ms";
const FOLDS: &str = "open, all, closed or telling, and after commas the ids of spans that differ";

fn view(name: &str) -> Option<View> {
    View::ALL.into_iter().find(|view| view.title() == name)
}

fn sort(text: &str) -> Option<(String, bool)> {
    let column = text.strip_prefix('-').unwrap_or(text);
    is_column(column).then(|| (column.to_owned(), column == text))
}

fn range(text: &str) -> Option<(Nanos, Nanos)> {
    let (from, to) = text.split_once("..")?;
    let time = |text| parse_duration(text).ok().map(Nanos);
    let (from, to) = (time(from)?, time(to)?);
    (from < to).then_some((from, to))
}

fn folds(text: &str) -> Option<Folds> {
    let mut words = text.split(',');
    let mut folds = Folds {
        most: named(&MOST, words.next()?)?,
        ..Folds::default()
    };
    for word in words {
        let (list, id) = match (word.strip_prefix('@'), word.strip_prefix('/')) {
            (Some(id), _) => (&mut folds.runs, id),
            (_, Some(id)) => (&mut folds.chains, id),
            _ => (&mut folds.spans, word),
        };
        list.push(id.parse().ok()?);
    }
    Some(folds)
}

/// The name of what holds for most, then what differs: spans by their ids, runs behind `@`, chains
/// behind `/`.
impl fmt::Display for Folds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_of(&MOST, self.most))?;
        self.spans.iter().try_for_each(|id| write!(f, ",{id}"))?;
        self.runs.iter().try_for_each(|id| write!(f, ",@{id}"))?;
        self.chains.iter().try_for_each(|id| write!(f, ",/{id}"))
    }
}

/// A duration to the nanosecond, in the largest unit that divides it.
fn exact(Nanos(nanos): Nanos) -> String {
    let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")];
    let fits = |&(unit, _): &(u64, &str)| nanos > 0 && nanos.is_multiple_of(unit);
    let (unit, name) = units.into_iter().find(fits).unwrap_or((1, "ns"));
    format!("{}{name}", nanos / unit)
}

/// A service's name without the sign that parts it from an operation.
fn escape(service: &str) -> String {
    service.replace('%', "%25").replace('/', "%2F")
}

fn unescape(service: &str) -> String {
    service.replace("%2F", "/").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> Standing {
        Standing {
            view: Some(View::Flame),
            span: Some(SpanId(0xabc)),
            row: Some(12),
            by: vec!["service".to_owned(), "http.route".to_owned()],
            sort: Some(("duration".to_owned(), false)),
            weight: Weight::Own,
            upside_down: true,
            range: Some((Nanos(310_000_000), Nanos(355_000_001))),
            folds: Some(Folds {
                most: Most::Telling,
                spans: vec![SpanId(1), SpanId(2)],
                runs: vec![SpanId(3)],
                chains: vec![SpanId(4)],
            }),
            find: "-x = it's".to_owned(),
            hits: Hits::Only,
            without: vec!["a b".to_owned()],
            around: vec!["c".to_owned()],
            operations: vec![("d%/e".to_owned(), "GET /f".to_owned())],
            shorter: Some(Nanos(1_500)),
            critical: true,
            squeeze: true,
            skew: true,
        }
    }

    #[test]
    fn words_tell_all_of_it_and_read_back() {
        let standing = everything();
        let mut read = Standing::default();
        for (key, value) in standing.words() {
            read.set(key, &value).unwrap();
        }
        assert_eq!(read, standing);
        assert!(Standing::default().words().is_empty());
        let flags = standing.flags();
        assert!(
            flags.contains(&"--range=310ms..355000001ns".to_owned()),
            "{flags:?}"
        );
        assert!(flags.contains(&"--critical-only".to_owned()));
    }

    #[test]
    fn it_outlives_the_program_and_what_is_unknown_costs_only_itself() {
        let json = serde_json::to_string(&everything()).unwrap();
        assert_eq!(
            serde_json::from_str::<Standing>(&json).unwrap(),
            everything()
        );
        let newer = r#"[["span","7"],["hologram","x"],["view","smell"]]"#;
        let read: Standing = serde_json::from_str(newer).unwrap();
        assert_eq!((read.span, read.view), (Some(SpanId(7)), None));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_would_be_right() {
        let said = |key, value| Standing::default().set(key, value).unwrap_err().to_string();
        assert_eq!(
            said("hits", "all"),
            "hits takes marked, only, unfolded, not all"
        );
        assert!(said("range", "5ms..2ms").contains("310ms..355ms"));
        assert!(said("folds", "open,zz").contains("telling"));
    }
}
