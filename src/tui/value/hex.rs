//! Bytes as hexadecimal digits, as `hexdump -C` writes them.

use std::fmt::Write as _;

/// Bytes of a line.
const LINE: usize = 16;

/// Sixteen bytes a line: their place, their digits, the characters that they are in ASCII.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(LINE) * 78);
    for (number, line) in bytes.chunks(LINE).enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{:08x} ", number * LINE);
        for at in 0..LINE {
            out.push_str(if at == LINE / 2 { "  " } else { " " });
            match line.get(at) {
                Some(byte) => _ = write!(out, "{byte:02x}"),
                None => out.push_str("  "),
            }
        }
        out.push_str("  |");
        let shown = |byte: &u8| {
            if (0x20..0x7f).contains(byte) {
                char::from(*byte)
            } else {
                '.'
            }
        };
        out.extend(line.iter().map(shown));
        out.push_str("|\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_hexdump_does() {
        assert_eq!(
            hex(b"\x00vizsla the pointer"),
            "00000000  00 76 69 7a 73 6c 61 20  74 68 65 20 70 6f 69 6e  |.vizsla the poin|\n\
             00000010  74 65 72                                          |ter|\n"
        );
        assert_eq!(hex(&[]), "");
    }
}
