//! Attributes of the instrumentation that were put on spans belong to the resource.

use crate::model::{SpanRef, Value};

const LIBRARY: [&str; 5] = [
    "telemetry.sdk.language",
    "telemetry.sdk.name",
    "telemetry.sdk.version",
    "telemetry.distro.name",
    "telemetry.distro.version",
];

/// Keys with their values.
pub type Pairs<'a> = Vec<(&'a str, Value<'a>)>;

/// A span's attributes, parted into those that move to its resource and those that stay. One that
/// contradicts the resource stays, with a warning.
pub fn split<'a>(span: SpanRef<'a>, warnings: &mut Vec<String>) -> (Pairs<'a>, Pairs<'a>) {
    let (mut moved, mut kept) = (Vec::new(), Vec::new());
    for (key, value) in span.attributes().iter() {
        if !LIBRARY.contains(&key) {
            kept.push((key, value));
            continue;
        }
        match span.resource().attributes().get(key) {
            None => moved.push((key, value)),
            Some(same) if same == value => {}
            Some(_) => {
                warnings.push(format!(
                    "conflicting values between Span and Resource for attribute {key}"
                ));
                kept.push((key, value));
            }
        }
    }
    (moved, kept)
}
