//! SQL, a line for each clause: the words that begin one, outside of quotes, comments and
//! brackets.

use super::{Ink, Piece};

/// Words that begin a clause, and how far the clause is indented.
const CLAUSES: &[(&str, u16)] = &[
    ("SELECT", 0),
    ("INSERT INTO", 0),
    ("UPDATE", 0),
    ("DELETE FROM", 0),
    ("WITH", 0),
    ("FROM", 0),
    ("WHERE", 0),
    ("GROUP BY", 0),
    ("ORDER BY", 0),
    ("HAVING", 0),
    ("LIMIT", 0),
    ("OFFSET", 0),
    ("VALUES", 0),
    ("SET", 0),
    ("RETURNING", 0),
    ("UNION ALL", 0),
    ("UNION", 0),
    ("ON CONFLICT", 0),
    ("ON DUPLICATE KEY UPDATE", 0),
    ("LEFT OUTER JOIN", 1),
    ("RIGHT OUTER JOIN", 1),
    ("FULL OUTER JOIN", 1),
    ("LEFT JOIN", 1),
    ("RIGHT JOIN", 1),
    ("INNER JOIN", 1),
    ("CROSS JOIN", 1),
    ("JOIN", 1),
    ("AND", 1),
    ("OR", 1),
];

/// The clauses of a statement.
pub fn lines(sql: &str) -> Vec<Piece> {
    let mut heads = heads(sql);
    if heads.first().is_none_or(|(at, ..)| *at > 0) {
        heads.insert(0, (0, 0, 0));
    }
    let ends: Vec<usize> = heads
        .iter()
        .skip(1)
        .map(|(at, ..)| *at)
        .chain([sql.len()])
        .collect();
    let clause = |((from, word, depth), end): ((usize, usize, u16), usize)| {
        let rest = &sql[from + word..end];
        let text = from + word + (rest.len() - rest.trim_start().len());
        Piece {
            depth,
            ink: Ink::Text,
            key: from..from + word,
            text: text..text.max(from + word + rest.trim_end().len()),
            below: 0,
            items: 0,
        }
    };
    let clauses = heads.into_iter().zip(ends).map(clause);
    clauses
        .filter(|piece| !piece.key.is_empty() || !piece.text.is_empty())
        .collect()
}

/// Where clauses begin: place, bytes of the words that begin it, depth.
fn heads(sql: &str) -> Vec<(usize, usize, u16)> {
    let (mut heads, mut at, mut brackets) = (Vec::new(), 0, 0_usize);
    let (mut fresh, mut between) = (true, false);
    let bytes = sql.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        let word = byte.is_ascii_alphabetic() || byte == b'_';
        match byte {
            b'\'' | b'"' | b'`' => at = behind(bytes, at + 1, byte),
            b'-' if bytes.get(at + 1) == Some(&b'-') => at = behind(bytes, at, b'\n'),
            b'(' => brackets += 1,
            b')' => brackets = brackets.saturating_sub(1),
            _ if word && fresh && brackets == 0 => {
                if starts(bytes, at, "BETWEEN").is_some() {
                    between = true;
                } else if let Some((length, depth)) = clause(bytes, at) {
                    // The AND of BETWEEN begins no clause.
                    if !std::mem::take(&mut between) {
                        heads.push((at, length, depth));
                    }
                    at += length - 1;
                }
            }
            _ => {}
        }
        fresh = !(word || byte.is_ascii_digit() || byte == b'.' || !byte.is_ascii());
        at += 1;
    }
    heads
}

/// The place of the byte that ends what began, or the last place.
fn behind(bytes: &[u8], from: usize, end: u8) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let found = rest.iter().position(|byte| *byte == end);
    found.map_or(bytes.len(), |at| from + at)
}

/// The clause that begins here: the bytes of its words, its depth.
fn clause(bytes: &[u8], at: usize) -> Option<(usize, u16)> {
    CLAUSES
        .iter()
        .find_map(|(words, depth)| starts(bytes, at, words).map(|length| (length, *depth)))
}

/// Whether these words stand here, whatever their case and the blanks between them; their bytes.
fn starts(bytes: &[u8], at: usize, words: &str) -> Option<usize> {
    let mut end = at;
    for (number, word) in words.split(' ').enumerate() {
        if number > 0 {
            let blanks = bytes.get(end..)?.iter();
            let blanks = blanks.take_while(|byte| byte.is_ascii_whitespace()).count();
            end += Some(blanks).filter(|&blanks| blanks > 0)?;
        }
        let found = bytes.get(end..end + word.len())?;
        end += found
            .eq_ignore_ascii_case(word.as_bytes())
            .then_some(word.len())?;
    }
    let goes_on = bytes
        .get(end)
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    (!goes_on).then_some(end - at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sql: &str) -> Vec<(&str, &str)> {
        let lines = lines(sql).into_iter();
        lines
            .map(|piece| (&sql[piece.key], &sql[piece.text]))
            .collect()
    }

    #[test]
    fn clauses_have_a_line_each() {
        let sql = "select id, 'x FROM y' FROM product p\n left  join shop s ON s.id = p.shop \
                   WHERE a BETWEEN 1 AND 2 AND b IN (SELECT c FROM d) order by name";
        assert_eq!(
            told(sql),
            [
                ("select", "id, 'x FROM y'"),
                ("FROM", "product p"),
                ("left  join", "shop s ON s.id = p.shop"),
                ("WHERE", "a BETWEEN 1 AND 2"),
                ("AND", "b IN (SELECT c FROM d)"),
                ("order by", "name")
            ]
        );
    }

    #[test]
    fn what_is_broken_is_shown_as_it_is() {
        assert_eq!(told("SELECT 'open"), [("SELECT", "'open")]);
        assert_eq!(told("GET user:1"), [("", "GET user:1")]);
        assert_eq!(told("SELECT ä FROM ö"), [("SELECT", "ä"), ("FROM", "ö")]);
        assert!(told("").is_empty());
    }
}
