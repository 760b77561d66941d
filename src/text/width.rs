//! Columns: how wide text is, and how it is cut and padded to fit.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{Charset, Shown};

/// The columns that text takes on a terminal: the sum over its grapheme clusters, so that
/// what is measured whole and what is drawn cluster by cluster agree.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The byte length of the longest beginning of `text` that fits, and its width.
fn fitting(text: &str, columns: usize) -> (usize, usize) {
    fitting_clusters(text.graphemes(true), columns)
}

/// The byte length of the longest end of `text` that fits, and its width.
fn fitting_end(text: &str, columns: usize) -> (usize, usize) {
    fitting_clusters(text.graphemes(true).rev(), columns)
}

fn fitting_clusters<'t>(clusters: impl Iterator<Item = &'t str>, columns: usize) -> (usize, usize) {
    let (mut bytes, mut used) = (0, 0);
    for cluster in clusters {
        let next = used + cluster.width();
        if next > columns {
            break;
        }
        bytes += cluster.len();
        used = next;
    }
    (bytes, used)
}

impl Shown<'_> {
    /// The columns it takes.
    pub fn width(&self) -> usize {
        width(self.as_str())
    }

    /// At most `columns` wide, cut at the end: `HTTP GET /disp…`. For names.
    #[must_use]
    pub fn cut(self, columns: usize, charset: Charset) -> Self {
        if self.width() <= columns {
            return self;
        }
        let ellipsis = charset.ellipsis();
        let Some(room) = columns.checked_sub(width(ellipsis)) else {
            return self.first_columns(columns);
        };
        let (end, _) = fitting(self.as_str(), room);
        Self::trusted(Cow::Owned(format!("{}{ellipsis}", &self.as_str()[..end])))
    }

    /// At most `columns` wide, cut in the middle: `7f1c…a90e`. For ids and paths, whose
    /// ends tell them apart.
    #[must_use]
    pub fn cut_middle(self, columns: usize, charset: Charset) -> Self {
        if self.width() <= columns {
            return self;
        }
        let ellipsis = charset.ellipsis();
        let Some(room) = columns.checked_sub(width(ellipsis)) else {
            return self.first_columns(columns);
        };
        let text = self.as_str();
        let (head, used) = fitting(text, room.div_ceil(2));
        let (tail, _) = fitting_end(text, room - used);
        let tail = &text[text.len() - tail..];
        Self::trusted(Cow::Owned(format!("{}{ellipsis}{tail}", &text[..head])))
    }

    /// The columns `from .. from + columns`, for a view that scrolls sideways. A wide
    /// character on either edge becomes spaces, so that nothing shifts.
    #[must_use]
    pub fn columns(&self, from: usize, columns: usize) -> Shown<'static> {
        let (mut out, mut at) = (String::new(), 0);
        let end = from.saturating_add(columns);
        for cluster in self.as_str().graphemes(true) {
            let next = at + cluster.width();
            if at >= from && next <= end {
                out.push_str(cluster);
            } else {
                let seen = next.min(end).saturating_sub(at.max(from));
                out.extend(std::iter::repeat_n(' ', seen));
            }
            at = next;
            if at >= end {
                break;
            }
        }
        Shown::trusted(Cow::Owned(out))
    }

    /// Exactly as wide as it is or `columns`, spaces after it. For names.
    #[must_use]
    pub fn pad_end(self, columns: usize) -> Self {
        let missing = columns.saturating_sub(self.width());
        if missing == 0 {
            return self;
        }
        let mut text = self.into_inner().into_owned();
        text.extend(std::iter::repeat_n(' ', missing));
        Self::trusted(Cow::Owned(text))
    }

    /// Exactly as wide as it is or `columns`, spaces before it. For numbers.
    #[must_use]
    pub fn pad_start(self, columns: usize) -> Self {
        let missing = columns.saturating_sub(self.width());
        if missing == 0 {
            return self;
        }
        Self::trusted(Cow::Owned(format!("{}{self}", " ".repeat(missing))))
    }

    /// Lines of at most `columns`, broken at spaces where there are any.
    pub fn wrap(&self, columns: usize) -> Vec<Shown<'static>> {
        let (mut lines, mut rest) = (Vec::new(), self.as_str());
        while width(rest) > columns.max(2) {
            let end = match fitting(rest, columns.max(2)) {
                // One cluster wider than the line is parted: a character has two columns at most.
                (0, _) => rest.chars().next().map_or(rest.len(), char::len_utf8),
                (end, _) => end,
            };
            let space = rest[..end].rfind(' ').filter(|&space| space > 0);
            let at = if rest[end..].starts_with(' ') {
                end
            } else {
                space.unwrap_or(end)
            };
            lines.push(Shown::trusted(Cow::Owned(rest[..at].to_owned())));
            rest = rest[at..].trim_start_matches(' ');
        }
        lines.push(Shown::trusted(Cow::Owned(rest.to_owned())));
        lines
    }

    fn first_columns(self, columns: usize) -> Self {
        let (end, _) = fitting(self.as_str(), columns);
        Self::trusted(Cow::Owned(self.as_str()[..end].to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str, columns: usize) -> String {
        Shown::new(text).cut(columns, Charset::Unicode).to_string()
    }

    #[test]
    fn names_are_cut_at_the_end_and_ids_in_the_middle() {
        assert_eq!(cut("HTTP GET /dispatch", 15), "HTTP GET /disp…");
        assert_eq!(cut("HTTP GET", 8), "HTTP GET");
        assert_eq!(
            Shown::new("HTTP GET").cut(6, Charset::Ascii).as_str(),
            "HTT..."
        );
        assert_eq!(Shown::new("HTTP GET").cut(2, Charset::Ascii).as_str(), "HT");
        let id = Shown::new("7f1c00112233445566778899aabba90e");
        assert_eq!(id.cut_middle(9, Charset::Unicode).as_str(), "7f1c…a90e");
    }

    #[test]
    fn wide_characters_count_two() {
        assert_eq!(width("注文"), 4);
        assert_eq!(cut("注文注文", 4), "注…");
        let shown = Shown::new("a注文b");
        assert_eq!(shown.columns(2, 3).as_str(), " 文");
        assert_eq!(shown.columns(0, 2).as_str(), "a ");
        assert_eq!(Shown::new("注").pad_start(4).as_str(), "  注");
        assert_eq!(Shown::new("注").pad_end(4).as_str(), "注  ");
    }

    #[test]
    fn long_text_wraps_at_spaces() {
        let lines = Shown::new("Waiting for lock behind 3 transactions").wrap(16);
        let lines: Vec<_> = lines.iter().map(Shown::as_str).collect();
        assert_eq!(lines, ["Waiting for lock", "behind 3", "transactions"]);
        assert_eq!(Shown::new("abcdef").wrap(4).len(), 2);
    }

    #[test]
    fn a_cluster_wider_than_the_line_is_parted() {
        let cluster = "क्".repeat(8) + "क";
        assert_eq!(cluster.graphemes(true).count(), 1);
        assert!(Shown::new(&cluster).width() > 4);
        assert!(Shown::new(&cluster).wrap(4).len() > 1);
    }

    proptest! {
        #[test]
        fn what_is_cut_fits(raw in any::<String>(), columns in 0_usize..40, ascii: bool) {
            let charset = if ascii { Charset::Ascii } else { Charset::Unicode };
            let shown = Shown::new(&raw);
            prop_assert!(shown.clone().cut(columns, charset).width() <= columns);
            prop_assert!(shown.clone().cut_middle(columns, charset).width() <= columns);
            prop_assert!(shown.columns(3, columns).width() <= columns);
            prop_assert!(shown.clone().pad_end(columns).width() >= columns);
            for line in shown.wrap(columns) {
                prop_assert!(line.width() <= columns.max(2));
            }
        }
    }
}
