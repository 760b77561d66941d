//! Metrics: data points are counted, nothing of them is kept.

use crate::format::protobuf::{Field, Message, Result};

/// The messages on the way from a request to its data points, outermost first: in
/// `ResourceMetrics`, `ScopeMetrics`, `Metric` and what kind of metric it is.
const WAY: [fn(u32) -> bool; 5] = [
    |field| field == 1,
    |field| field == 2,
    |field| field == 2,
    |field| matches!(field, 5 | 7 | 9 | 10 | 11),
    |field| field == 1,
];

/// The number of data points in an `ExportMetricsServiceRequest`.
pub(super) fn points(request: &[u8]) -> Result<u64> {
    let mut points = 0;
    let mut open = vec![Message::new(request)];
    while let Some(mut message) = open.pop() {
        let level = open.len();
        let Some((number, field)) = message.field()? else {
            continue;
        };
        open.push(message);
        let Field::Bytes(inner) = field else { continue };
        if !WAY.get(level).is_some_and(|wanted| wanted(number)) {
            continue;
        }
        if level + 1 == WAY.len() {
            points += 1;
        } else {
            open.push(inner);
        }
    }
    Ok(points)
}
