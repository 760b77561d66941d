//! The one table of actions. From it come the keymap, the help, the palette, the hints,
//! `vizsla keys`, the README's key table and the validation of the user's keymap.
//!
//! A row reads: variant, name (for configuration), hint (one word, for the bottom row), sentence
//! (for help and palette), category, then its default keys per context, alternatives parted by a
//! blank. A row is added together with the code that answers to it, never before.

use serde::{Deserialize, Serialize};

use super::context::Context;

/// Under which heading of the help an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// In, out, why, ask, help.
    Levels,
    /// Cursor, panes, scrolling.
    Move,
    /// What stands out, errors, hits.
    Hunt,
    /// What is done with the thing under the cursor.
    This,
    /// Narrowing by exclusion.
    Without,
    /// Marking, sorting, grouping.
    List,
    /// Time and zoom.
    Axis,
    /// Other screens.
    GoTo,
    /// How the screen looks.
    View,
    /// To the clipboard.
    Copy,
    /// Typing.
    Edit,
    /// The program itself.
    Process,
}

impl Category {
    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Levels => "five keys to begin",
            Self::Move => "move",
            Self::Hunt => "hunt",
            Self::This => "this",
            Self::Without => "without",
            Self::List => "lists",
            Self::Axis => "axis",
            Self::GoTo => "go to",
            Self::View => "view",
            Self::Copy => "copy",
            Self::Edit => "typing",
            Self::Process => "program",
        }
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What is done.
    pub action: Action,
    /// Its name in configuration, `snake_case`.
    pub name: &'static str,
    /// One or two words for the hint row.
    pub hint: &'static str,
    /// What it does, for help and palette.
    pub sentence: &'static str,
    /// Its heading.
    pub category: Category,
    /// Default keys: a context, and alternatives parted by a blank.
    pub keys: &'static [(Context, &'static str)],
}

macro_rules! actions {
    ($($variant:ident $name:literal $hint:literal $sentence:literal $category:ident
        { $($context:ident: $keys:literal),* $(,)? })*) => {
        /// Something the user can do by a key, the palette or the mouse.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Action {
            $(#[doc = $sentence] #[serde(rename = $name)] $variant,)*
        }

        /// Every action, in the order of the help.
        pub const TABLE: &[Entry] = &[$(Entry {
            action: Action::$variant,
            name: $name,
            hint: $hint,
            sentence: $sentence,
            category: Category::$category,
            keys: &[$((Context::$context, $keys)),*],
        },)*];
    };
}

actions! {
    // levels
    In "in" "open" "one level in: open what is under the cursor" Levels { Global: "<Enter>" }
    Out "out" "back" "one level out; on the last screen quits" Levels { Global: "q" }
    Why "why" "why" "cursor to what stands out, again to the next finding" Levels { Global: "w ]w" }
    Ask "ask" "query" "ask: the query, find or filter of this screen" Levels { Global: "/" }
    Help "help" "help" "every key that is valid here" Levels { Global: "?" }

    // move
    Down "down" "" "down" Move { Global: "j <Down>", Menu: "j <Down>", Help: "j <Down>" }
    Up "up" "" "up" Move { Global: "k <Up>", Menu: "k <Up>", Help: "k <Up>" }
    Left "left" "" "left, fold, to the parent" Move { Global: "h <Left>" }
    Right "right" "" "right, open, to the child" Move { Global: "l <Right>" }
    Top "top" "" "to the top" Move { Global: "gg <Home>" }
    Bottom "bottom" "" "to the end, or to the row of the count" Move { Global: "G <End>" }
    HalfPageDown "half_page_down" "" "half a page down" Move { Global: "<C-d>" }
    HalfPageUp "half_page_up" "" "half a page up" Move { Global: "<C-u>" }
    PageDown "page_down" "" "a page down" Move { Global: "<PgDn>", Help: "<PgDn>" }
    PageUp "page_up" "" "a page up" Move { Global: "<PgUp>", Help: "<PgUp>" }
    NextPane "next_pane" "" "next pane" Move { Global: "<Tab>" }
    PreviousPane "previous_pane" "" "previous pane" Move { Global: "<S-Tab>" }
    RowToMiddle "row_to_middle" "" "cursor row to the middle" Move { Global: "zz" }
    RowToTop "row_to_top" "" "cursor row to the top" Move { Global: "zt" }
    RowToBottom "row_to_bottom" "" "cursor row to the bottom" Move { Global: "zb" }
    JumpBack "jump_back" "" "back to where the last jump started" Move { Global: "<C-o> [j" }
    JumpForward "jump_forward" "" "forward again" Move { Global: "]j <C-i>" }
    SetMark "set_mark" "" "remember this place under a letter" Move { Global: "m<letter>" }
    GoToMark "go_to_mark" "" "to the place of a letter" Move { Global: "'<letter>" }
    NextMark "next_mark" "" "to the place of the next letter" Move { Global: "]m" }
    PreviousMark "previous_mark" "" "to the place of the letter before" Move { Global: "[m" }
    LastPlace "last_place" "" "to the last place" Move { Global: "''" }

    // hunt
    WhyBack "why_back" "" "cursor to the previous finding" Hunt { Global: "[w" }
    NextError "next_error" "error" "next error" Hunt { Global: "e ]e" }
    PreviousError "previous_error" "" "previous error" Hunt { Global: "E [e" }
    NextHit "next_hit" "" "next hit" Hunt { Global: "n" }
    PreviousHit "previous_hit" "" "previous hit" Hunt { Global: "N" }

    // this
    Keep "keep" "keep" "keep this trace for good, in your archive and in a Jaeger's own; again: no longer" This { SearchList: "P", Trace: "P" }
    Note "note" "note" "a note on this span, or other words for it; kept and written with its trace" This { Trace: "A" }
    MoreLikeThis "more_like_this" "alike" "search for more like this" This { Global: "a" }

    // without
    WithoutService "without_service" "" "without this service" Without { Global: "xs" }
    AroundService "around_service" "" "without this service, what it called stands in its place" Without { Trace: "xS" }
    WithoutValue "without_value" "" "search without this value" Without { Detail: "xv" }
    WithoutNote "without_note" "" "without the note on this span" Without { Trace: "xn" }
    WithoutOperation "without_operation" "" "without this operation" Without { Global: "xo" }
    WithoutShorter "without_shorter" "" "without shorter ones" Without { Global: "xd" }
    ShowAll "show_all" "" "show all again" Without { Global: "xx" }

    // lists
    Mark "mark" "mark" "mark this row and go down" List { List: "<Space>" }
    MarkRange "mark_range" "" "mark from the last mark to here" List { List: "V" }
    UnmarkAll "unmark_all" "" "unmark all" List { List: "U" }
    Group "group" "group" "group by; again: within each group" List { SearchList: ",", Groups: "," }
    Sort "sort" "sort" "sort by; the same letter reverses" List { List: "s" }

    // chart
    StartBox "start_box" "box" "start a box here, or drop it" List { Chart: "<Space>" }

    // axis
    TimeRange "time_range" "time" "which time is searched" Axis { Global: "T" }
    TimeStyle "time_style" "" "times relative, local, UTC" Axis { Global: "t" }

    // go to
    GoSearch "go_search" "" "the search" GoTo { Global: "gs" }
    GoMap "go_map" "map" "the service map" GoTo { Global: "gm" }
    NextTrace "next_trace" "" "next open trace" GoTo { Global: "gt" }
    PreviousTrace "previous_trace" "" "previous open trace" GoTo { Global: "gT" }
    GoMessages "go_messages" "" "all messages so far" GoTo { Global: "gn" }
    GoKept "go_kept" "kept" "traces that are kept, have a mark or notes, or were open" GoTo { Global: "gh" }
    Requests "requests" "" "what the backend was really asked" GoTo { Global: "@" }
    Palette "palette" "command" "commands, screens, names: find anything" GoTo { Global: ":" }
    Backends "backends" "backend" "another backend, by name or URL" GoTo { Global: "b" }
    Themes "themes" "" "another theme, with preview" GoTo {}

    // search
    Form "form" "form" "the query as a form" This { Search: "f" }
    Demo "demo" "demo" "a living example system, here, offline" This { Search: "D" }
    OrderRide "order_ride" "ride" "order a ride from the demo and open its trace" This { Search: "R" }
    ViewScatter "view_scatter" "" "scatter plot of the results" View { Search: "vs" }
    ViewHeatmap "view_heatmap" "heatmap" "heatmap: how many traces of which duration" View { Search: "vh" }
    ViewNoStrip "view_no_strip" "" "no plot, more rows" View { Search: "vn" }

    // trace
    Fold "fold" "fold" "fold or open" View { Trace: "za", Waterfall: "<Space>", Pager: "za <Space>" }
    OpenFold "open_fold" "" "open" View { Trace: "zo", Pager: "zo" }
    CloseFold "close_fold" "" "fold" View { Trace: "zc", Pager: "zc" }
    OpenSubtree "open_subtree" "" "open all below" View { Waterfall: "zO" }
    CloseSubtree "close_subtree" "" "fold all below" View { Waterfall: "zC" }
    OpenAll "open_all" "" "open everything" View { Trace: "zR", Pager: "zR" }
    CloseAll "close_all" "" "fold everything" View { Trace: "zM", Pager: "zM" }
    OpenLevel "open_level" "" "one level more" View { Waterfall: "zr" }
    CloseLevel "close_level" "" "one level less" View { Waterfall: "zm" }
    ToDepth "to_depth" "" "open to this depth" View { Waterfall: "z<digit>" }
    OnlyTelling "only_telling" "" "only errors and critical path open" View { Waterfall: "ze" }
    CriticalOnly "critical_only" "critical" "critical path only, on or off" View { Trace: "c" }
    Skew "skew" "" "correct clocks by the parents' intervals, or not" View { Waterfall: "zk" }
    NextSibling "next_sibling" "" "next sibling" Move { Waterfall: "J" }
    PreviousSibling "previous_sibling" "" "previous sibling" Move { Waterfall: "K" }
    Parent "parent" "" "to the parent, whatever is folded" Hunt { Trace: "[p" }
    FirstChild "first_child" "" "to the first child, opening what hides it" Hunt { Trace: "]p" }
    NextCritical "next_critical" "" "next part of the critical path" Hunt { Trace: "]c" }
    PreviousCritical "previous_critical" "" "previous part of the critical path" Hunt { Trace: "[c" }
    NextOfService "next_of_service" "" "next span of this service" Hunt { Trace: "]s" }
    PreviousOfService "previous_of_service" "" "previous span of this service" Hunt { Trace: "[s" }
    NextOfOperation "next_of_operation" "" "next span of this operation" Hunt { Trace: "]o" }
    PreviousOfOperation "previous_of_operation" "" "previous span of this operation" Hunt { Trace: "[o" }
    NextLongest "next_longest" "" "the span of the longest own time, again to the next" Hunt { Trace: "]l" }
    PreviousLongest "previous_longest" "" "back to the span of longer own time" Hunt { Trace: "[l" }
    FindOperation "find_operation" "" "find this operation" Hunt { Trace: "*" }
    HitsAs "hits_as" "" "hits marked, alone, or all else folded" Hunt { Trace: "&" }
    FoldSiblings "fold_siblings" "" "fold or open this span and its siblings" View { Waterfall: "zj" }
    FoldService "fold_service" "" "fold or open all spans of this service" View { Waterfall: "zs" }
    Squeeze "squeeze" "" "squeeze idle time, or show it all" Axis { Waterfall: "zg" }
    Redo "redo" "" "do again what was undone" View { Trace: "<C-r>" }
    Fit "fit" "fit" "fit the span to the width, with a count so many rows" Axis { Waterfall: "f", Flame: "f" }
    NextSection "next_section" "section" "next section" Move { Detail: "]]" }
    PreviousSection "previous_section" "" "previous section" Move { Detail: "[[" }
    OnLine "on_line" "more" "all that can be done with this line" This { Detail: "<Space>" }
    AddToSearch "add_to_search" "" "narrow the search to this value" This { Detail: "ga" }
    AsColumn "as_column" "column" "this attribute as a column of the waterfall, or no longer" View { Detail: "|" }
    InPager "in_pager" "$PAGER" "the value in $PAGER" View { Detail: "!", Pager: "!" }
    Raw "raw" "as it came" "laid out, or as it came" View { Detail: "R", Pager: "R" }
    Wrap "wrap" "wrap" "wrap long lines, or scroll sideways" View { Pager: "vw" }
    OpenLink "open_link" "open" "open its external link" This { Trace: "o" }
    GoLinked "go_linked" "" "to the span or trace that it links to" GoTo { Trace: "gd" }
    Columns "columns" "columns" "columns of the waterfall" View { Trace: "C" }
    PaneForm "pane_form" "" "the detail beside, below, or alone" View { Trace: "D" }

    ViewWaterfall "view_waterfall" "waterfall" "the trace as a waterfall" View { Trace: "vw" }
    ViewGraph "view_graph" "graph" "the calls of the trace as a graph" View { Trace: "vg" }
    ViewFlame "view_flame" "flame" "the trace as a flame graph" View { Trace: "vf" }
    ViewStatistics "view_statistics" "statistics" "figures of groups of spans" View { Trace: "vs" }
    ViewSpans "view_spans" "table" "the spans as a table" View { Trace: "vt" }
    ViewEvents "view_events" "events" "events and log records by time" View { Trace: "ve" }
    ViewJson "view_json" "json" "the spans as JSON" View { Trace: "vj" }
    ViewFindings "view_findings" "findings" "all that stands out" View { Trace: "vi W" }
    Split "split" "split" "this trace twice, or the last two beside each other; again: alone" View { Trace: "S" }
    SplitBack "split_back" "" "move the split left or up: between names and bars, or before the second pane" View { Trace: "H" }
    SplitOn "split_on" "" "move the split right or down" View { Trace: "L" }
    NextView "next_view" "view" "next view" View { Trace: "]v" }
    PreviousView "previous_view" "" "previous view" View { Trace: "[v" }
    Weigh "weigh" "weight" "widths by total, own or critical time; shades of a graph" View { Flame: "s" }
    UpsideDown "upside_down" "turn over" "upside down" View { Flame: "I" }
    GroupBy "group_by" "group" "group by, and again within the groups" List { TraceTable: "," }

    // map
    Focus "focus" "focus" "only what is near this service; a count says how near" This { Map: "f" }
    TurnDirection "turn_direction" "direction" "both ways, callees, callers" View { Map: "D" }
    NextEdge "next_edge" "" "next edge of this service" Move { Map: "J" }
    PreviousEdge "previous_edge" "" "previous edge of this service" Move { Map: "K" }
    ViewBoxes "view_boxes" "graph" "the graph" View { Map: "vb" }
    ViewTable "view_table" "table" "the calls as a table" View { Map: "vt" }
    ViewMatrix "view_matrix" "matrix" "the calls as a matrix" View { Map: "vm" }
    Baseline "baseline" "baseline" "compare with the time before" View { Map: "B" }
    Graph "graph" "graph" "the service graph of this" This { Global: "d" }

    // view
    ZoomIn "zoom_in" "" "zoom in" Axis { Global: "+" }
    ZoomOut "zoom_out" "" "zoom out" Axis { Global: "-" }
    PanLeft "pan_left" "" "earlier, or to the left" Axis { Global: "<lt>" }
    PanRight "pan_right" "" "later, or to the right" Axis { Global: ">" }
    Whole "whole" "" "the whole" Axis { Global: "0" }
    SecondPane "second_pane" "" "second pane on or off" View { Global: "i" }
    Undo "undo" "" "undo the last change of view or query" View { Global: "u" }
    Refresh "refresh" "again" "ask again" View { Global: "r" }
    Pause "pause" "" "pause or go on; the intake never stops" View { Global: "p" }
    MouseCapture "mouse_capture" "" "mouse for the program or for selecting text" View { Global: "M" }

    // copy
    CopyRow "copy_row" "" "copy the row" Copy { Global: "yy" }
    CopyTraceId "copy_trace_id" "" "copy the trace id" Copy { Global: "yt" }
    CopySpanId "copy_span_id" "" "copy the span id" Copy { Trace: "ys" }
    CopyValue "copy_value" "copy" "copy the value" Copy { Detail: "yv", Pager: "yv" }
    CopyKeyValue "copy_key_value" "" "copy key=value" Copy { Detail: "yk" }
    CopyMarkdown "copy_markdown" "" "copy as Markdown" Copy { Global: "ym" }
    CopyScreen "copy_screen" "" "copy the screen as text" Copy { Global: "yp" }
    CopySvg "copy_svg" "" "copy the screen as SVG" Copy { Global: "yi" }
    CopyCommand "copy_command" "" "copy a vizsla command that finds or opens exactly this" Copy { Global: "yc" }

    CopyJson "copy_json" "" "copy the span and all below it as JSON" Copy { Trace: "yj" }
    CopyTraceparent "copy_traceparent" "" "copy a traceparent header of the span" Copy { Trace: "yw" }
    CopyCurl "copy_curl" "" "copy a curl command for the backend" Copy { Trace: "yh" }
    CopyPage "copy_page" "" "copy the address of the backend's own page" Copy { Trace: "yu" }

    // typing
    EditLeft "edit_left" "" "a character left" Edit { Input: "<Left>" }
    EditRight "edit_right" "" "a character right" Edit { Input: "<Right>" }
    EditStart "edit_start" "" "to the start of the line" Edit { Input: "<Home> <C-a>" }
    EditEnd "edit_end" "" "to the end of the line" Edit { Input: "<End> <C-e>" }
    EraseBack "erase_back" "" "delete the character before" Edit { Input: "<Backspace>" }
    Erase "erase" "" "delete the character here" Edit { Input: "<Delete>" }
    EraseWord "erase_word" "" "delete the word before" Edit { Input: "<C-w>" }
    EraseToStart "erase_to_start" "" "delete to the start" Edit { Input: "<C-u>" }
    EraseToEnd "erase_to_end" "" "delete to the end" Edit { Input: "<C-k>" }
    Run "run" "run" "run it" Edit {
        Query: "<Enter>", Form: "<Enter>", Picker: "<Enter>", Menu: "<Enter>", Help: "<Enter>"
    }
    Complete "complete" "takes" "take the completion" Edit { Query: "<Tab>", Picker: "<Tab>" }
    Uncomplete "uncomplete" "" "give the completion back" Edit { Query: "<S-Tab>" }
    ChooseNext "choose_next" "" "next one, or newer in the history" Edit { Query: "<Down>", Picker: "<Down> <C-n>" }
    ChoosePrevious "choose_previous" "" "previous one, or older in the history" Edit {
        Query: "<Up>", Picker: "<Up> <C-p>"
    }
    SearchHistory "search_history" "" "search the history" Edit { Query: "<C-r>" }
    EditOutside "edit_outside" "editor" "edit in $EDITOR" Edit { Query: "<C-x>", Detail: "ge", Pager: "ge" }
    NextField "next_field" "next" "next field" Edit { Form: "<Tab> <Down>" }
    PreviousField "previous_field" "" "previous field" Edit { Form: "<S-Tab> <Up>" }
    SwapForm "swap_form" "form" "the same as form, or as TraceQL" Edit { Query: "<C-f>", Form: "<C-f>" }
    CloseMenu "close_menu" "close" "close" Edit { Menu: "q", Help: "q ?" }
    Filter "filter" "filter" "filter the lines" Edit { Help: "/" }

    // process
    Clear "clear" "clear" "forget all traces, after a question" Process {}
    Quit "quit" "" "quit at once, session saved" Process { Everywhere: "<C-c>" }
    Suspend "suspend" "" "suspend to the shell" Process { Everywhere: "<C-z>" }
    Redraw "redraw" "" "draw everything anew" Process { Everywhere: "<C-l>" }
    Dismiss "dismiss" "close" "close the popup or input, else clear, else stop the job" Process {
        Everywhere: "<Esc> <C-g>"
    }
}

impl Action {
    /// The action's row.
    pub fn entry(self) -> &'static Entry {
        // The enum and the table are written by the same macro, row by row.
        &TABLE[self as usize]
    }

    /// The action of that name.
    pub fn named(name: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|entry| entry.name == name)
            .map(|entry| entry.action)
    }
}
