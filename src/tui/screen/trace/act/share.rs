//! Copies of what is seen, and searches for more like it.

use crate::text::plural;
use crate::traceql::tree::Literal;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};

use super::super::{Open, external, share};

impl Open {
    pub(super) fn act_share(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        let Some(span) = self.span() else {
            return false;
        };
        let (trace, explained) = (&self.trace, self.explained.as_deref());
        let (what, text) = match act.action {
            Action::CopySpanId => ("span id", trace.span(span).span_id().to_string()),
            Action::CopyJson => ("subtree as JSON", share::subtree(trace, span, explained)),
            Action::CopyMarkdown => ("span as Markdown", share::markdown(trace, span, explained)),
            Action::CopyTraceparent => ("traceparent", share::traceparent(trace, span)),
            Action::CopyCommand => {
                self.copy_command(cx);
                return true;
            }
            Action::CopyCurl | Action::CopyPage => {
                self.copy_address(act.action, span, cx);
                return true;
            }
            Action::MoreLikeThis => {
                self.search_alike(span, cx);
                return true;
            }
            _ => return false,
        };
        cx.copy(what, text);
        true
    }

    /// A command that opens exactly this. What it cannot tell is said.
    fn copy_command(&self, cx: &mut Cx<'_>) {
        let told = self.stands();
        let command = share::command(&self.trace, &told.standing, cx.shared);
        let what = match told.left_out {
            0 => "command that opens this".to_owned(),
            n => format!(
                "command that opens this, all but {} that fit no line",
                plural(n as u64, "fold")
            ),
        };
        cx.copy(&what, command);
    }

    /// The backend's own address of the trace, or the one that is configured for traces.
    fn copy_address(&self, action: Action, span: usize, cx: &mut Cx<'_>) {
        let id = self.trace.id();
        if action == Action::CopyCurl {
            return match share::curl(id, cx.shared) {
                Some(command) => cx.copy("curl command", command),
                None => cx.say(Message::note(
                    "this source is no server: yc copies a command",
                )),
            };
        }
        let page = share::page(id, self.trace.span(span).span_id(), cx.shared);
        let linked = || {
            external::of_trace(&self.trace, &cx.shared.links)
                .into_iter()
                .next()
        };
        match page.or_else(|| linked().map(|page| page.url)) {
            Some(page) => cx.copy("address", page),
            None => cx.say(Message::note(
                "no page shows this trace: [[link]] in the configuration makes one, Grafana's say",
            )),
        }
    }

    /// Searches for spans of the same service and operation.
    fn search_alike(&self, span: usize, cx: &mut Cx<'_>) {
        let s = self.trace.span(span);
        let text = |text: &str| Literal::Text(text.to_owned());
        let query = format!(
            "{{ resource.service.name = {} && name = {} }}",
            text(s.service()),
            text(s.operation())
        );
        cx.go(Move::Query(query));
    }
}
