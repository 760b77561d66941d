//! The columns of each table.

/// A column: its head, the letter that sorts by it, and how wide it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub title: &'static str,
    pub letter: char,
    /// Columns of the screen; 0 shares what is left with others of width 0.
    pub width: u16,
    pub right: bool,
    /// Where room is short, columns of a higher rank are dropped first.
    pub rank: u8,
}

const fn left(title: &'static str, letter: char, width: u16, rank: u8) -> Column {
    let right = false;
    Column {
        title,
        letter,
        width,
        right,
        rank,
    }
}

const fn right(title: &'static str, letter: char, width: u16, rank: u8) -> Column {
    let right = true;
    Column {
        title,
        letter,
        width,
        right,
        rank,
    }
}

pub const SPANS: &[Column] = &[
    left("SPAN", 'n', 0, 0),
    left("KIND", 'i', 9, 5),
    right("START", 't', 10, 3),
    right("DURATION", 'd', 10, 0),
    right("OWN", 'o', 10, 1),
    right("CRITICAL", 'c', 10, 4),
    left("", 'e', 3, 0),
];

pub const EVENTS: &[Column] = &[
    right("FROM TRACE", 't', 12, 0),
    right("FROM SPAN", 'd', 11, 3),
    left("SPAN", 'n', 0, 1),
    left("EVENT", 'm', 0, 0),
];

pub const GROUPS: &[Column] = &[
    left("GROUP", 'n', 0, 0),
    right("COUNT", 's', 8, 0),
    right("ERR", 'e', 6, 0),
    right("TOTAL", 'd', 9, 2),
    right("AVG", 'a', 9, 4),
    right("MIN", 'i', 9, 8),
    right("P50", 'm', 9, 6),
    right("P95", 'p', 9, 3),
    right("P99", 'h', 9, 7),
    right("MAX", 'x', 9, 5),
    right("OWN", 'o', 9, 0),
    right("OWN AVG", 'v', 9, 9),
    right("OWN MIN", 'w', 9, 11),
    right("OWN MAX", 'y', 9, 10),
    right("% OF PATH", 'c', 11, 0),
    left("", 'c', 10, 1),
];

pub const FINDINGS: &[Column] = &[
    left("WHAT STANDS OUT", 'n', 0, 0),
    right("SPANS", 's', 8, 1),
];

impl Column {
    /// How it is called on a command line.
    pub fn word(&self) -> String {
        match self.title {
            "" => "failed".to_owned(),
            title => title.to_lowercase().replace("% of ", "").replace(' ', "-"),
        }
    }
}

/// Whether a table has a column that is called so on a command line.
pub fn is_column(word: &str) -> bool {
    let all = [SPANS, EVENTS, GROUPS, FINDINGS];
    all.into_iter()
        .flatten()
        .any(|column| column.word() == word)
}
