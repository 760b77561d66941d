//! The glyphs of the screens, in Unicode and in ASCII. Screens take them from here and hold none
//! of their own, so that `--ascii` is complete by construction.

use crate::text::Charset;

macro_rules! glyphs {
    ($($name:ident $unicode:literal $ascii:literal $doc:literal;)*) => {
        /// One glyph for each meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Glyphs {
            /// Which of the two tables this is.
            pub charset: Charset,
            $(#[doc = $doc] pub $name: &'static str,)*
        }

        /// Box drawing, blocks and braille.
        pub const UNICODE: Glyphs = Glyphs { charset: Charset::Unicode, $($name: $unicode,)* };
        /// Seven bits.
        pub const ASCII: Glyphs = Glyphs { charset: Charset::Ascii, $($name: $ascii,)* };
    };
}

glyphs! {
    own_critical "█" "#" "own work on the critical path; eighths end it";
    own "▄" "=" "own work off the critical path; a half ends it";
    own_half "▖" "=" "the half that ends own work off the critical path";
    waiting "─" "-" "waiting for children";
    event "◇" ":" "an event on a bar";
    goes_left "‹" "<" "the bar goes on outside the view";
    goes_right "›" ">" "the bar goes on outside the view";
    failed "✗" "!" "failed";
    slow "▲" "^" "slow for its kind";
    faster "▼" "v" "faster";
    doubt "?" "?" "doubtful";
    added "+" "+" "only in B, or new";
    removed "-" "-" "only in A, or gone";
    cursor "▌" ">" "the cursor's row";
    marked "◆" "*" "a marked row";
    pinned "▪" "P" "pinned";
    open "▾" "-" "open";
    folded "▸" "+" "folded";
    link_out "»" "->" "a link to another span";
    link_in "«" "<-" "a link from another span";
    note "¶" "n" "a note on the span";
    http "/" "/" "a call by HTTP";
    rpc "⇄" "~" "a remote procedure call";
    database "≡" "%" "a database is asked";
    messaging "⇢" "@" "a message is sent or received";
    model "✦" "*" "a model is asked, or a tool that it uses";
    function "λ" "f" "a function in a cloud";
    answered "━" "~" "the time of who answers a folded call";
    edge "─" "-" "an edge, or a rule";
    heavy "━" "=" "an edge with much traffic";
    arrow "►" ">" "an edge's head";
    vertical "│" "|" "a vertical rule";
    guide "┊" ":" "where the cursor's span begins";
    range_from "▕" "[" "what the bars show begins here";
    range_to "▏" "]" "what the bars show ends here";
    squeezed "≈" "~" "idle time squeezed";
    corner_nw "┌" "+" "corner";
    corner_ne "┐" "+" "corner";
    corner_sw "└" "+" "corner";
    corner_se "┘" "+" "corner";
    tee_w "┤" "|" "axis with a label on its left";
    tick "┬" "+" "a tick on a horizontal axis";
    origin "┼" "+" "where two axes meet";
    crumb "›" ">" "between breadcrumbs";
    between "·" "." "between facts";
    live "●" "*" "receiving";
    enter "⏎" "Enter" "the Enter key";
    up "↑" "^" "upwards, newer";
    down "↓" "v" "downwards";
    left "←" "<-" "leftwards";
    right "→" "->" "rightwards, or before and after";
    at_least "≥" ">=" "at least";
    at_most "≤" "<=" "at most";
    times "×" "x" "so many times";
    ellipsis "…" "..." "cut";
    caret "▏" "_" "where text is typed, in pictures";
    dot_small "·" "." "one point of few spans";
    dot_large "•" "o" "one point of many spans";
    bar_left "▕" "[" "before a progress bar";
    bar_right "▏" "]" "after a progress bar";
}

impl Glyphs {
    /// The table for a character set.
    pub const fn of(charset: Charset) -> &'static Self {
        match charset {
            Charset::Unicode => &UNICODE,
            Charset::Ascii => &ASCII,
        }
    }

    /// The sign of a family of semantic conventions, if it has one.
    pub fn family(&self, family: &str) -> Option<&'static str> {
        Some(match family {
            "http" => self.http,
            "rpc" => self.rpc,
            "database" => self.database,
            "messaging" => self.messaging,
            "model" => self.model,
            "function" => self.function,
            _ => return None,
        })
    }

    /// A bar of own work that ends after `eighths` eighths of its last cell, 1 to 7; whole cells
    /// are [`Glyphs::own_critical`].
    pub fn eighth(&self, eighths: u8) -> &'static str {
        const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        match self.charset {
            Charset::Unicode => EIGHTHS.get(usize::from(eighths)).copied().unwrap_or(""),
            Charset::Ascii if eighths >= 4 => "#",
            Charset::Ascii => "",
        }
    }

    /// The height of a column in a density row, 0 to 8.
    pub fn column(&self, eighths: u8) -> &'static str {
        const UNICODE: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
        const ASCII: [&str; 9] = [" ", ".", ".", ":", ":", "+", "+", "#", "#"];
        let table = if self.charset == Charset::Unicode {
            &UNICODE
        } else {
            &ASCII
        };
        table.get(usize::from(eighths)).copied().unwrap_or("#")
    }

    /// The shade of a heat step, 0 to 7.
    pub fn heat(&self, step: u8) -> &'static str {
        const UNICODE: [&str; 8] = [" ", "·", "░", "░", "▒", "▒", "▓", "█"];
        const ASCII: [&str; 8] = [" ", ".", ":", "-", "=", "+", "%", "#"];
        let table = if self.charset == Charset::Unicode {
            &UNICODE
        } else {
            &ASCII
        };
        table.get(usize::from(step)).copied().unwrap_or("#")
    }

    /// A picture of the spinner, which turns four times a second.
    pub fn spinner(&self, quarter: u64) -> &'static str {
        const UNICODE: [&str; 8] = ["⠹", "⠼", "⠶", "⠧", "⠏", "⠛", "⠻", "⠽"];
        const ASCII: [&str; 4] = ["|", "/", "-", "\\"];
        match self.charset {
            Charset::Unicode => UNICODE[(quarter % 8) as usize],
            Charset::Ascii => ASCII[(quarter % 4) as usize],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ascii_table_is_ascii() {
        let written = format!("{ASCII:?}");
        assert!(written.is_ascii(), "{written}");
        let drawn: String = (0..9)
            .flat_map(|i| {
                [
                    ASCII.eighth(i),
                    ASCII.column(i),
                    ASCII.heat(i),
                    ASCII.spinner(i.into()),
                ]
            })
            .collect();
        assert!(drawn.is_ascii());
    }

    #[test]
    fn single_glyphs_take_one_cell() {
        for glyph in [
            UNICODE.cursor,
            UNICODE.marked,
            UNICODE.failed,
            UNICODE.slow,
            UNICODE.enter,
            UNICODE.live,
        ] {
            assert_eq!(crate::text::width(glyph), 1, "{glyph}");
        }
    }
}
