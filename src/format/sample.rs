//! What tests of decoders show of what was read.

use super::findings::Findings;
use super::problem::Problem;
use crate::model::{Attributes, Block, BlockBuilder, SpanRef};

/// A decoder of text.
type Decode = fn(
    &[u8],
    &mut BlockBuilder,
    &mut Findings,
    &mut dyn FnMut(&mut BlockBuilder) -> bool,
) -> Result<(), Problem>;

/// What a decoder reads from a text that is no JSON in the end, too.
pub(super) fn read_text(text: impl AsRef<[u8]>, decode: Decode) -> (Block, Findings) {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    if let Err(problem) = decode(text.as_ref(), &mut builder, &mut findings, &mut |_| false) {
        findings.report(problem);
    }
    (builder.finish(), findings)
}

/// Every span of a faultless text as a line.
pub(super) fn lines(text: impl AsRef<[u8]>, decode: Decode) -> Vec<String> {
    let (block, findings) = read_text(text, decode);
    assert_eq!(findings.problems, []);
    let logs = (0..block.log_count()).map(|log| {
        let log = block.log(log as u32);
        let (time, attributes) = (log.time().0, listed(log.attributes()));
        format!("log {time} {} {:?} {attributes}", log.span_id(), log.body())
    });
    block.spans().map(shown).chain(logs).collect()
}

fn shown(span: SpanRef<'_>) -> String {
    let mut words = vec![
        format!(
            "{:x}/{:x}<{:x}",
            span.trace_id().0,
            span.span_id().0,
            span.parent_id().0
        ),
        format!("{}: {}", span.service(), span.operation()),
        format!("{}+{}", span.start().0, span.duration().0),
        format!("{} {}", span.kind().name(), span.status().name()),
    ];
    let extra = [span.status_message(), span.trace_state()];
    words.extend(
        extra
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
    );
    words.push(listed(span.attributes()));
    words.push(listed(span.resource().attributes()));
    if !span.scope().name().is_empty() {
        let attributes = listed(span.scope().attributes());
        words.push(format!(
            "@{} {} {attributes}",
            span.scope().name(),
            span.scope().version()
        ));
    }
    words.extend(span.events().map(|event| {
        let attributes = listed(event.attributes());
        format!("!{} {} {attributes}", event.time().0, event.name())
    }));
    words.extend(span.links().map(|link| {
        let attributes = listed(link.attributes());
        format!(
            ">{:x}/{:x} {attributes}",
            link.trace_id().0,
            link.span_id().0
        )
    }));
    words.extend(span.warnings().map(|warning| format!("({warning})")));
    words.join(" ")
}

fn listed(attributes: Attributes<'_>) -> String {
    let shown = attributes
        .iter()
        .map(|(key, value)| format!("{key}={}", value.to_text()));
    format!("{{{}}}", shown.collect::<Vec<_>>().join(" "))
}
