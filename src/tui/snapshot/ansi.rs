//! Text with SGR sequences (ECMA-48, ISO 8613-6): `cat` shows the frame again.

use ratatui::buffer::Buffer;

use crate::tui::canvas::sgr::Pen;

/// The frame, a line break and a reset behind each row.
pub fn write(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let mut out = String::new();
    for row in buffer.content.chunks(width) {
        let mut before = None;
        let mut hidden = 0_usize;
        for cell in row {
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            let look = Pen::of(cell);
            if before != Some(look) {
                out.push_str(&look.whole());
                before = Some(look);
            }
            out.push_str(cell.symbol());
            hidden = crate::text::width(cell.symbol()).saturating_sub(1);
        }
        out.push_str("\x1b[0m\n");
    }
    out
}
