//! Where a key is pressed. Contexts inherit: what the chain of one binds must be free of
//! conflicts, and the first context of the chain that knows a key decides what it does.

use serde::{Deserialize, Serialize};

/// A place with keys of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Context {
    /// Valid even while text is typed.
    Everywhere,
    /// Every screen.
    Global,
    /// Results, tables, events, edges.
    List,
    /// Scatter plots, charts, heatmaps.
    Chart,
    /// The search screen.
    Search,
    /// Its list of traces.
    SearchList,
    /// Its scatter plot.
    SearchScatter,
    /// Traces in groups.
    Groups,
    /// The screen of a trace, whatever view of it.
    Trace,
    /// Its waterfall.
    Waterfall,
    /// Its flame graph, and the graph of its calls.
    Flame,
    /// Its tables: statistics, spans, events, JSON, findings.
    TraceTable,
    /// What is told of one span.
    Detail,
    /// One value, whole.
    Pager,
    /// The service map.
    Map,
    /// Its table of calls.
    MapTable,
    /// Any field that text is typed into.
    Input,
    /// The query line, and the find line of a trace.
    Query,
    /// The search form.
    Form,
    /// A list narrowed by typing: palette, themes, backends, history.
    Picker,
    /// A short list chosen from by letter.
    Menu,
    /// The help and the messages.
    Help,
}

impl Context {
    /// All contexts, inherited ones before those that inherit them.
    pub const ALL: [Self; 22] = [
        Self::Everywhere,
        Self::Global,
        Self::List,
        Self::Chart,
        Self::Search,
        Self::SearchList,
        Self::SearchScatter,
        Self::Groups,
        Self::Trace,
        Self::Waterfall,
        Self::Flame,
        Self::TraceTable,
        Self::Detail,
        Self::Pager,
        Self::Map,
        Self::MapTable,
        Self::Input,
        Self::Query,
        Self::Form,
        Self::Picker,
        Self::Menu,
        Self::Help,
    ];

    /// The contexts whose keys are valid here too, nearest first.
    pub const fn parents(self) -> &'static [Self] {
        match self {
            Self::Everywhere => &[],
            Self::Global | Self::Input | Self::Menu | Self::Help => &[Self::Everywhere],
            Self::List | Self::Chart | Self::Search | Self::Trace | Self::Map | Self::Pager => {
                &[Self::Global]
            }
            Self::Groups => &[Self::List],
            Self::MapTable => &[Self::Map, Self::List],
            Self::Waterfall | Self::Flame | Self::Detail => &[Self::Trace],
            Self::TraceTable => &[Self::Trace, Self::List],
            Self::SearchList => &[Self::Search, Self::List],
            Self::SearchScatter => &[Self::Search, Self::Chart],
            Self::Query | Self::Form | Self::Picker => &[Self::Input],
        }
    }

    /// This context and all that it inherits, each once, nearest first.
    pub fn chain(self) -> Vec<Self> {
        let mut chain = vec![self];
        let mut next = 0;
        while let Some(&context) = chain.get(next) {
            for &parent in context.parents() {
                if !chain.contains(&parent) {
                    chain.push(parent);
                }
            }
            next += 1;
        }
        chain
    }

    /// Whether keys without a binding are text here. No counts and no prefixes then.
    pub fn takes_text(self) -> bool {
        self.chain().contains(&Self::Input)
    }

    /// How the context is called in the help and in the user's keymap.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Global => "global",
            Self::List => "list",
            Self::Chart => "chart",
            Self::Search => "search",
            Self::SearchList => "search_list",
            Self::SearchScatter => "search_scatter",
            Self::Groups => "groups",
            Self::Trace => "trace",
            Self::Waterfall => "waterfall",
            Self::Flame => "flame",
            Self::TraceTable => "trace_table",
            Self::Detail => "detail",
            Self::Pager => "pager",
            Self::Map => "map",
            Self::MapTable => "map_table",
            Self::Input => "input",
            Self::Query => "query",
            Self::Form => "form",
            Self::Picker => "picker",
            Self::Menu => "menu",
            Self::Help => "help",
        }
    }

    /// The context of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|context| context.name() == name)
    }
}
