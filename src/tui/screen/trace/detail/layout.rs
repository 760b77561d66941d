//! Long values laid out in lines: JSON indented, stack traces by frame, SQL by clause, URLs by
//! parameter.

/// Lines of one value at most; the rest is told as a number.
const MOST: usize = 40;
/// Values shorter than this say what they say on one line.
const SHORT: usize = 60;

/// Words of SQL that begin a line.
const CLAUSES: &[&str] = &[
    " FROM ",
    " WHERE ",
    " LEFT JOIN ",
    " INNER JOIN ",
    " JOIN ",
    " GROUP BY ",
    " ORDER BY ",
    " HAVING ",
    " LIMIT ",
    " VALUES ",
    " SET ",
    " UNION ",
    " AND ",
];

/// The lines of a value; none if one line is enough.
pub fn laid_out(key: &str, value: &str) -> Option<Vec<String>> {
    let lines = if value.contains('\n') {
        value.lines().map(str::to_owned).collect()
    } else if value.len() < SHORT {
        return None;
    } else if value.starts_with(['{', '[']) {
        let json: serde_json::Value = serde_json::from_str(value).ok()?;
        let text = serde_json::to_string_pretty(&json).ok()?;
        text.lines().map(str::to_owned).collect()
    } else if matches!(key, "db.query.text" | "db.statement" | "sql.query") {
        clauses(value)
    } else {
        parameters(value)?
    };
    (lines.len() > 1).then(|| capped(lines))
}

fn capped(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(MOST);
    if more > 0 {
        lines.truncate(MOST);
        lines.push(format!("{more} more lines: yv copies all"));
    }
    lines
}

/// SQL, a line for each clause.
fn clauses(sql: &str) -> Vec<String> {
    let upper = sql.to_ascii_uppercase();
    let mut breaks: Vec<usize> = CLAUSES
        .iter()
        .flat_map(|clause| upper.match_indices(clause).map(|(at, _)| at))
        .collect();
    breaks.sort_unstable();
    breaks.dedup();
    let ends = breaks.iter().copied().chain([sql.len()]);
    let starts = std::iter::once(0).chain(breaks.iter().copied());
    starts
        .zip(ends)
        .filter_map(|(from, to)| sql.get(from..to))
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// A URL: what comes before the question mark, then its parameters.
fn parameters(url: &str) -> Option<Vec<String>> {
    let is_url = url.starts_with("http://") || url.starts_with("https://") || url.starts_with('/');
    let (page, query) = url.split_once('?').filter(|_| is_url)?;
    let mut lines = vec![page.to_owned()];
    let marked = query.split('&').enumerate();
    lines.extend(marked.map(|(at, pair)| format!("  {}{pair}", if at == 0 { '?' } else { '&' })));
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_laid_out_by_what_they_are() {
        let lines = |key: &str, value: &str| laid_out(key, value).map(|lines| lines.len());
        assert_eq!(lines("k", "short"), None);
        assert_eq!(lines("exception.stacktrace", "a\n b\n c"), Some(3));
        let sql =
            "SELECT id, name, price FROM product WHERE shop = 7 AND kind = 'dog' ORDER BY name";
        assert_eq!(
            laid_out("db.query.text", sql).map(|l| l[1].clone()),
            Some("FROM product".into())
        );
        let json =
            r#"{"a": [1, 2, 3], "b": {"c": "a value of some length, so that it is worth it"}}"#;
        assert_eq!(lines("k", json), Some(10));
        let url = "https://shop.example/search/results?q=dog&page=7&sort=price&order=descending";
        assert_eq!(lines("url.full", url), Some(5));
        assert_eq!(lines("k", &"x\n".repeat(100)), Some(41));
    }
}
