//! Text that leads to a page, for terminals that open it (OSC 8, as
//! <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda> has it).

use std::io::{self, Write};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Brush;

/// An address is not written if it is longer: terminals cut it off anywhere.
const LONGEST: usize = 2_000;

/// A row of cells, and the page that it leads to.
pub type Link = (Rect, String);

/// Whether an address can be written to a terminal: printable ASCII, and a page of the web.
pub fn is_safe(url: &str) -> bool {
    let web = url.starts_with("https://") || url.starts_with("http://");
    web && url.len() <= LONGEST && url.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The links that have to be written: new ones, and those whose text is.
pub fn due<'l>(
    links: &'l [Link],
    known: &'l [Link],
    (front, frame): (&'l Buffer, &'l Buffer),
) -> impl Iterator<Item = &'l Link> {
    let is_new = move |area: Rect| {
        let mut cells = area.positions();
        cells.any(|at| front.cell(at) != frame.cell(at))
    };
    let safe = links.iter().filter(|(_, url)| is_safe(url));
    safe.filter(move |link| !known.contains(link) || is_new(link.0))
}

impl<W: Write> Brush<'_, W> {
    /// Writes the cells of a link as one.
    pub fn link(&mut self, frame: &Buffer, (area, url): &Link) -> io::Result<()> {
        let area = area.intersection(frame.area);
        let mut x = area.x;
        self.at = None;
        self.go(frame, x, area.y)?;
        write!(self.writer, "\x1b]8;;{url}\x1b\\")?;
        while x < area.right() {
            let Some(cell) = frame.cell((x, area.y)) else {
                break;
            };
            self.put(cell, (x, area.y))?;
            x += crate::text::width(cell.symbol()).max(1) as u16;
        }
        self.writer.write_all(b"\x1b]8;;\x1b\\")
    }
}
