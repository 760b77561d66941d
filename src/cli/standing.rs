//! Where a trace is opened: the flags that `yc` writes, and a reader's own.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::tui::Standing;

/// How the trace that is opened first is shown. `yc` copies a command with these.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, not a state"
)]
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "The trace that is opened")]
pub struct StandingArgs {
    /// Its view
    #[arg(long, value_name = "NAME", hide_short_help = true, value_parser = views())]
    view: Option<String>,
    /// The span under the cursor
    #[arg(long, value_name = "SPAN_ID", hide_short_help = true, value_parser = |text: &str| checked("span", text))]
    span: Option<String>,
    /// Rows of the waterfall that stand above it, where it is scrolled
    #[arg(long, value_name = "NUMBER", hide_short_help = true, value_parser = |text: &str| checked("above", text))]
    above: Option<String>,
    /// The row of a view in which the span has several
    #[arg(long, value_name = "NUMBER", hide_short_help = true, value_parser = |text: &str| checked("row", text))]
    row: Option<String>,
    /// Group the statistics by service, operation, kind, status or an attribute; twice: and within
    #[arg(long, value_name = "WORD", hide_short_help = true)]
    by: Vec<String>,
    /// The column that a table is sorted by, such as duration, or -duration for the greatest first
    #[arg(long, value_name = "COLUMN", hide_short_help = true, allow_hyphen_values = true, value_parser = |text: &str| checked("sort", text))]
    sort: Option<String>,
    /// What the widths of a flame graph stand for
    #[arg(long, value_name = "TIME", hide_short_help = true, value_parser = ["total", "own", "critical"])]
    weight: Option<String>,
    /// Callees above their callers in a flame graph
    #[arg(long, hide_short_help = true)]
    upside_down: bool,
    /// The span whose frame takes the whole width of a flame graph
    #[arg(long, value_name = "SPAN_ID", hide_short_help = true, value_parser = |text: &str| checked("zoom", text))]
    zoom: Option<String>,
    /// What the boxes of a graph tell
    #[arg(long, value_name = "WHAT", hide_short_help = true, value_parser = ["service", "total", "own"])]
    colouring: Option<String>,
    /// Which JSON its spans are told in: with what was worked out, or OTLP as received
    #[arg(long, value_name = "FORM", hide_short_help = true, value_parser = ["explained", "otlp"])]
    form: Option<String>,
    /// Open a span of the JSON
    #[arg(long, value_name = "SPAN_ID", hide_short_help = true, value_parser = |text: &str| checked("opened", text))]
    opened: Vec<String>,
    /// Put the detail away
    #[arg(long, hide_short_help = true)]
    no_detail: bool,
    /// Begin in the detail
    #[arg(long, hide_short_help = true)]
    in_detail: bool,
    /// Tell in the detail only what has this text
    #[arg(long, value_name = "TEXT", hide_short_help = true)]
    detail_find: Option<String>,
    /// The line of the detail under the cursor
    #[arg(long, value_name = "NUMBER", hide_short_help = true, value_parser = |text: &str| checked("detail-line", text))]
    detail_line: Option<String>,
    /// Fold a section of the detail that is open at first, or open one that is folded
    #[arg(long, value_name = "TITLE", hide_short_help = true)]
    section: Vec<String>,
    /// The part of its time that is shown, since its start, such as 310ms..355ms
    #[arg(long, value_name = "FROM..TO", hide_short_help = true, value_parser = |text: &str| checked("range", text))]
    range: Option<String>,
    /// What is folded: open (nothing but alike ones), all (nothing), closed (everything) or telling (what has neither failures nor critical work); behind commas ids of spans that differ, @ID of runs, /ID of chains
    #[arg(long, value_name = "FOLDS", hide_short_help = true, value_parser = |text: &str| checked("folds", text))]
    folds: Option<String>,
    /// Find this: words, key=value, or TraceQL in braces
    #[arg(long, value_name = "TEXT", hide_short_help = true)]
    find: Option<String>,
    /// How hits stand among the other spans
    #[arg(long, value_name = "HOW", hide_short_help = true, value_parser = ["marked", "only", "unfolded"])]
    hits: Option<String>,
    /// Leave a service out, with all below its spans
    #[arg(long, value_name = "SERVICE", hide_short_help = true)]
    without: Vec<String>,
    /// Leave a service out; what it called stands in its place
    #[arg(long, value_name = "SERVICE", hide_short_help = true)]
    around: Vec<String>,
    /// Leave an operation out, with all below; % and / of the service as %25 and %2F
    #[arg(long, value_name = "SERVICE/OPERATION", hide_short_help = true, value_parser = |text: &str| checked("without-operation", text))]
    without_operation: Vec<String>,
    /// Leave out what is shorter and has nothing longer below it
    #[arg(long, value_name = "DURATION", hide_short_help = true, value_parser = |text: &str| checked("shorter", text))]
    shorter: Option<String>,
    /// Draw only work on the critical path
    #[arg(long, hide_short_help = true)]
    critical_only: bool,
    /// Squeeze idle time out of the bars
    #[arg(long, hide_short_help = true)]
    squeeze: bool,
    /// Correct clocks that differ between hosts
    #[arg(long, hide_short_help = true)]
    adjust_skew: bool,
}

fn views() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(Standing::views())
}

/// The value as it was typed, if it is one.
fn checked(key: &str, text: &str) -> Result<String, String> {
    let read = Standing::default().set(key, text);
    read.map(|()| text.to_owned())
        .map_err(|wrong| wrong.to_string())
}

impl StandingArgs {
    /// Where to stand; none if nothing was said.
    pub fn standing(&self) -> Option<Standing> {
        let mut standing = Standing::default();
        let single = [
            ("view", &self.view),
            ("span", &self.span),
            ("above", &self.above),
            ("row", &self.row),
            ("sort", &self.sort),
            ("weight", &self.weight),
            ("zoom", &self.zoom),
            ("colouring", &self.colouring),
            ("form", &self.form),
            ("detail-find", &self.detail_find),
            ("detail-line", &self.detail_line),
            ("range", &self.range),
            ("folds", &self.folds),
            ("find", &self.find),
            ("hits", &self.hits),
            ("shorter", &self.shorter),
        ];
        let several = [
            ("by", &self.by),
            ("opened", &self.opened),
            ("section", &self.section),
            ("without", &self.without),
            ("around", &self.around),
            ("without-operation", &self.without_operation),
        ];
        let switches = [
            ("upside-down", self.upside_down),
            ("no-detail", self.no_detail),
            ("in-detail", self.in_detail),
            ("critical-only", self.critical_only),
            ("squeeze", self.squeeze),
            ("adjust-skew", self.adjust_skew),
        ];
        let single = single
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.as_deref()?)));
        let several = several
            .into_iter()
            .flat_map(|(key, values)| values.iter().map(move |value| (key, value.as_str())));
        let on = switches
            .into_iter()
            .filter(|(_, on)| *on)
            .map(|(key, _)| (key, ""));
        for (key, value) in single.chain(several).chain(on) {
            // Each was checked when it was typed.
            let _ = standing.set(key, value);
        }
        (standing != Standing::default()).then_some(standing)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn the_flags_that_are_copied_are_those_that_are_read() {
        let words = [
            ("view", "flame"),
            ("span", "0000000000000abc"),
            ("above", "3"),
            ("row", "12"),
            ("by", "http.route"),
            ("sort", "-duration"),
            ("weight", "critical"),
            ("upside-down", ""),
            ("zoom", "0000000000000005"),
            ("colouring", "own"),
            ("form", "otlp"),
            ("opened", "0000000000000006"),
            ("no-detail", ""),
            ("in-detail", ""),
            ("detail-find", "--sql"),
            ("detail-line", "4"),
            ("section", "linked from"),
            ("range", "310ms..355000001ns"),
            (
                "folds",
                "telling,0000000000000001,@0000000000000002,/0000000000000003",
            ),
            ("find", "-x { it's"),
            ("hits", "only"),
            ("without", "a b"),
            ("around", "-c"),
            ("without-operation", "d%2Fe/GET /f"),
            ("shorter", "1500us"),
            ("critical-only", ""),
            ("squeeze", ""),
            ("adjust-skew", ""),
        ];
        let mut standing = Standing::default();
        for (key, value) in words {
            standing.set(key, value).unwrap();
        }
        assert_eq!(standing.flags().len(), words.len(), "a flag for each word");
        let typed = ["vizsla", "a.json", "7f1c"].map(str::to_owned);
        let cli = Cli::try_parse_from(typed.into_iter().chain(standing.flags())).unwrap();
        assert_eq!(cli.standing.standing(), Some(standing));
        assert_eq!(
            Cli::try_parse_from(["vizsla"]).unwrap().standing.standing(),
            None
        );
        assert!(Cli::try_parse_from(["vizsla", "a", "--range", "5"]).is_err());
    }
}
