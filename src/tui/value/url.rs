//! URLs by parameter.

use super::Piece;

/// The page, then a line for each parameter. `None` if there are none.
pub fn lines(url: &str) -> Option<Vec<Piece>> {
    let question = url.find('?')?;
    let fragment = url[question..]
        .find('#')
        .map_or(url.len(), |at| question + at);
    let mut lines = vec![Piece::plain(0..question)];
    let mut from = question;
    while from < fragment {
        let rest = url.get(from + 1..fragment)?;
        let end = rest.find('&').map_or(fragment, |at| from + 1 + at);
        let pair = url.get(from + 1..end)?;
        let value = pair.find('=').map_or(end, |at| from + 2 + at);
        lines.push(Piece {
            depth: 1,
            key: from..value,
            ..Piece::plain(value..end)
        });
        from = end;
    }
    if fragment < url.len() {
        lines.push(Piece {
            depth: 1,
            key: fragment..fragment + 1,
            ..Piece::plain(fragment + 1..url.len())
        });
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_a_line_each() {
        let url = "https://shop.example/search?q=dog&flag&sort=price#top";
        let told: Vec<_> = lines(url)
            .unwrap()
            .into_iter()
            .map(|piece| (&url[piece.key], &url[piece.text]))
            .collect();
        assert_eq!(
            told,
            [
                ("", "https://shop.example/search"),
                ("?q=", "dog"),
                ("&flag", ""),
                ("&sort=", "price"),
                ("#", "top")
            ]
        );
        assert_eq!(lines("https://shop.example"), None);
        assert_eq!(lines("/?").map(|lines| lines.len()), Some(2));
    }
}
