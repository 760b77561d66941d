//! The words that tell where somebody stands, written and read: flags of a command line, lines of
//! a session.

use crate::analysis::Weight;
use crate::model::Nanos;
use crate::text::parse_duration;
use crate::tui::screen::trace::{Colouring, JsonForm, View, is_column};

use super::folds::folds;
use super::{Hits, Pane, Standing, StandingError, Within};

/// Words of a closed list, each with what it stands for.
type Names<T> = [(&'static str, T)];

const HITS: &Names<Hits> = &[
    ("marked", Hits::Marked),
    ("only", Hits::Only),
    ("unfolded", Hits::Unfolded),
];
const WEIGHTS: &Names<Weight> = &[
    ("total", Weight::Total),
    ("own", Weight::Own),
    ("critical", Weight::Critical),
];
const COLOURINGS: &Names<Colouring> = &[
    ("service", Colouring::Service),
    ("total", Colouring::Total),
    ("own", Colouring::Own),
];
const FORMS: &Names<JsonForm> = &[("explained", JsonForm::Explained), ("otlp", JsonForm::Otlp)];
/// Words that take no value.
const SWITCHES: [&str; 6] = [
    "upside-down",
    "no-detail",
    "in-detail",
    "critical-only",
    "squeeze",
    "adjust-skew",
];

pub(super) fn named<T: Copy>(names: &Names<T>, name: &str) -> Option<T> {
    let found = names.iter().find(|(other, _)| *other == name);
    found.map(|(_, value)| *value)
}

pub(super) fn name_of<T: Copy + PartialEq>(names: &Names<T>, value: T) -> &'static str {
    let found = names.iter().find(|(_, other)| *other == value);
    found.map_or("", |(name, _)| name)
}

/// A word with its value; none for what is as it is at first.
fn word<T: Copy + PartialEq + Default>(
    key: &'static str,
    names: &Names<T>,
    value: T,
) -> Option<(&'static str, String)> {
    (value != T::default()).then(|| (key, name_of(names, value).to_owned()))
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
        if self.within.set(key, value)? || self.pane.set(key, value)? {
            return Ok(());
        }
        match key {
            "view" => {
                let view = View::ALL.into_iter().find(|view| view.title() == value);
                self.view = Some(view.ok_or_else(|| wrong("view", VIEWS, value))?);
            }
            "span" => self.span = Some(read("span", "the id of a span", value)?),
            "above" => self.above = Some(read("above", "a number", value)?),
            "range" => self.range = Some(range(value).ok_or_else(|| wrong("range", RANGE, value))?),
            "folds" => self.folds = Some(folds(value).ok_or_else(|| wrong("folds", FOLDS, value))?),
            "find" => value.clone_into(&mut self.find),
            "hits" => self.hits = one_of("hits", HITS, value)?,
            "without" => self.without.push(value.to_owned()),
            "around" => self.around.push(value.to_owned()),
            "without-operation" => {
                let pair = value.split_once('/');
                let (service, operation) =
                    pair.ok_or_else(|| wrong("without-operation", "SERVICE/OPERATION", value))?;
                self.operations
                    .push((unescape(service), operation.to_owned()));
            }
            "shorter" => {
                let least = parse_duration(value).map(Nanos);
                self.shorter = Some(least.map_err(|_| wrong("shorter", "a duration", value))?);
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
        words.extend(self.above.map(|rows| ("above", rows.to_string())));
        self.within.tell(&mut words);
        self.pane.tell(&mut words);
        let range = self.range;
        words.extend(range.map(|(from, to)| ("range", format!("{}..{}", exact(from), exact(to)))));
        let folds = self.folds.as_ref();
        words.extend(folds.map(|folds| ("folds", folds.to_string())));
        let find = Some(&self.find).filter(|find| !find.is_empty());
        words.extend(find.map(|find| ("find", find.clone())));
        words.extend(word("hits", HITS, self.hits));
        words.extend(self.without.iter().map(|name| ("without", name.clone())));
        words.extend(self.around.iter().map(|name| ("around", name.clone())));
        words.extend(self.operations.iter().map(|(service, operation)| {
            let service = escape(service);
            ("without-operation", format!("{service}/{operation}"))
        }));
        words.extend(self.shorter.map(|least| ("shorter", exact(least))));
        let switches = [
            ("critical-only", self.critical),
            ("squeeze", self.squeeze),
            ("adjust-skew", self.skew),
        ];
        words.extend(on(&switches));
        words
    }

    /// The same as flags, each one word of a command line.
    pub fn flags(&self) -> Vec<String> {
        // One word even where the value is empty or begins with a dash.
        let flag = |(key, value): (&str, String)| match key {
            key if SWITCHES.contains(&key) => format!("--{key}"),
            key => format!("--{key}={value}"),
        };
        self.words().into_iter().map(flag).collect()
    }
}

impl Within {
    /// Reads one word. False if it tells something else.
    fn set(&mut self, key: &str, value: &str) -> Result<bool, StandingError> {
        match key {
            "row" => self.row = Some(read("row", "a number", value)?),
            "by" => self.by.push(value.to_owned()),
            "sort" => self.sort = Some(sort(value).ok_or_else(|| wrong("sort", SORT, value))?),
            "weight" => self.weight = one_of("weight", WEIGHTS, value)?,
            "upside-down" => self.upside_down = true,
            "zoom" => self.zoom = Some(read("zoom", "the id of a span", value)?),
            "colouring" => self.colouring = one_of("colouring", COLOURINGS, value)?,
            "form" => self.form = one_of("form", FORMS, value)?,
            "opened" => self.opened.push(read("opened", "the id of a span", value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn tell(&self, words: &mut Vec<(&'static str, String)>) {
        words.extend(self.row.map(|row| ("row", row.to_string())));
        words.extend(self.by.iter().map(|word| ("by", word.clone())));
        let sort = self.sort.as_ref();
        words.extend(sort.map(|(column, least)| {
            let order = if *least { "" } else { "-" };
            ("sort", format!("{order}{column}"))
        }));
        words.extend(word("weight", WEIGHTS, self.weight));
        words.extend(on(&[("upside-down", self.upside_down)]));
        words.extend(self.zoom.map(|id| ("zoom", id.to_string())));
        words.extend(word("colouring", COLOURINGS, self.colouring));
        words.extend(word("form", FORMS, self.form));
        words.extend(self.opened.iter().map(|id| ("opened", id.to_string())));
    }
}

impl Pane {
    /// Reads one word. False if it tells something else.
    fn set(&mut self, key: &str, value: &str) -> Result<bool, StandingError> {
        match key {
            "no-detail" => self.hidden = true,
            "in-detail" => self.focused = true,
            "detail-find" => value.clone_into(&mut self.find),
            "detail-line" => self.line = Some(read("detail-line", "a number", value)?),
            "section" => self.sections.push(value.to_owned()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn tell(&self, words: &mut Vec<(&'static str, String)>) {
        words.extend(on(&[
            ("no-detail", self.hidden),
            ("in-detail", self.focused),
        ]));
        let find = Some(&self.find).filter(|find| !find.is_empty());
        words.extend(find.map(|find| ("detail-find", find.clone())));
        words.extend(self.line.map(|line| ("detail-line", line.to_string())));
        let sections = self.sections.iter();
        words.extend(sections.map(|title| ("section", title.clone())));
    }
}

/// The switches that are on.
fn on(switches: &[(&'static str, bool)]) -> impl Iterator<Item = (&'static str, String)> {
    let on = switches.iter().filter(|(_, on)| *on);
    on.map(|(key, _)| (*key, String::new()))
}

fn wrong(key: &'static str, takes: &str, value: &str) -> StandingError {
    StandingError::Value {
        key,
        takes: takes.to_owned(),
        value: value.to_owned(),
    }
}

/// A value that reads itself.
fn read<T: std::str::FromStr>(
    key: &'static str,
    takes: &str,
    value: &str,
) -> Result<T, StandingError> {
    value.parse().map_err(|_| wrong(key, takes, value))
}

/// One of a closed list.
fn one_of<T: Copy>(key: &'static str, names: &Names<T>, value: &str) -> Result<T, StandingError> {
    let all = || names.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    named(names, value).ok_or_else(|| wrong(key, &all().join(", "), value))
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
    use super::super::{Folds, Most};
    use super::*;
    use crate::model::SpanId;

    fn everything() -> Standing {
        Standing {
            view: Some(View::Flame),
            span: Some(SpanId(0xabc).into()),
            above: Some(3),
            within: Within {
                row: Some(12),
                by: vec!["service".to_owned(), "http.route".to_owned()],
                sort: Some(("duration".to_owned(), false)),
                weight: Weight::Own,
                upside_down: true,
                zoom: Some(SpanId(5).into()),
                colouring: Colouring::Total,
                form: JsonForm::Otlp,
                opened: vec![SpanId(6).into(), "7.2".parse().unwrap()],
            },
            pane: Pane {
                hidden: true,
                focused: true,
                find: "sql".to_owned(),
                line: Some(4),
                sections: vec!["linked from".to_owned()],
            },
            range: Some((Nanos(310_000_000), Nanos(355_000_001))),
            folds: Some(Folds {
                most: Most::Telling,
                spans: vec![SpanId(1).into(), SpanId(2).into()],
                runs: vec![SpanId(3).into()],
                chains: vec![SpanId(4).into()],
            }),
            find: "-x = it's".to_owned(),
            hits: Hits::Only,
            without: vec!["a b".to_owned()],
            around: vec![String::new(), "c".to_owned()],
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
        assert!(flags.contains(&"--around=".to_owned()), "of no name");
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
        assert_eq!((read.span, read.view), (Some(SpanId(7).into()), None));
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
