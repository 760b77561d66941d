//! A row of small columns: how a number went.

use super::Charset;

/// Columns as high as numbers are, of at most `columns` characters: where there are more numbers,
/// the greatest of those that share a character. `top` fills a character; nothing (NaN) and less
/// is blank, and anything above zero shows.
pub fn spark(values: &[f64], top: f64, columns: usize, charset: Charset) -> String {
    const UNICODE: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const ASCII: [char; 9] = [' ', '.', '.', ':', ':', '+', '+', '#', '#'];
    let heights = match charset {
        Charset::Unicode => UNICODE,
        Charset::Ascii => ASCII,
    };
    let columns = columns.clamp(1, values.len().max(1));
    let column = |at: usize| {
        let (from, to) = (
            at * values.len() / columns,
            (at + 1) * values.len() / columns,
        );
        let shared = values.get(from..to).unwrap_or_default().iter();
        let greatest = shared.copied().filter(|value| !value.is_nan());
        let height = match greatest.reduce(f64::max) {
            Some(value) if value > 0.0 && top > 0.0 => (value / top * 8.0).ceil().clamp(1.0, 8.0),
            _ => 0.0,
        };
        heights[height as usize]
    };
    (0..columns).map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_high_as_numbers() {
        let values = [0.0, 1.0, f64::NAN, 4.0, 8.0, 0.01];
        assert_eq!(spark(&values, 8.0, 9, Charset::Unicode), " ▁ ▄█▁");
        assert_eq!(spark(&values, 8.0, 3, Charset::Ascii), ".:#");
        assert_eq!(spark(&[], 0.0, 5, Charset::Ascii), " ");
    }
}
