//! RFC 4180: exact figures, names as heads, CRLF only within quotes as it came.

use std::io::{self, Write};

use crate::text::Shown;

use super::{Column, Look};

pub(super) fn write<R>(
    out: &mut dyn Write,
    look: &Look,
    columns: &[Column<R>],
    rows: &[R],
) -> io::Result<()> {
    let heads: Vec<_> = columns
        .iter()
        .map(|column| column.key.to_string())
        .collect();
    line(out, look.tty, &heads)?;
    for row in rows {
        let cells: Vec<_> = columns
            .iter()
            .map(|column| (column.cell)(row, look).exact)
            .collect();
        line(out, look.tty, &cells)?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, tty: bool, cells: &[String]) -> io::Result<()> {
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            out.write_all(b",")?;
        }
        // A file keeps what was sent; a terminal must not be told what to do by it.
        let safe = if tty {
            Shown::new(cell).into_inner()
        } else {
            cell.into()
        };
        out.write_all(quoted(&safe).as_bytes())?;
    }
    out.write_all(b"\n")
}

/// In quotes where it must be. A text that a spreadsheet would compute gets a quote mark
/// before it; a figure does not.
fn quoted(cell: &str) -> String {
    let computes =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    let guard = if computes { "'" } else { "" };
    if computes || cell.contains([',', '"', '\n', '\r']) {
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_only_where_they_must_be() {
        assert_eq!(quoted("SQL SELECT"), "SQL SELECT");
        assert_eq!(quoted("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
        assert_eq!(quoted("=cmd()"), "\"'=cmd()\"");
        assert_eq!(quoted("-1.5"), "-1.5");
    }
}
