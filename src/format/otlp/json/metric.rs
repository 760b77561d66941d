//! Metrics: data points are counted, nothing of them is kept.

use crate::format::json::{JsonKind, JsonReader, JsonResult};

/// The keys on the way from `resourceMetrics` to data points, in both spellings.
const WAY: [&[&str]; 4] = [
    &[
        "scopeMetrics",
        "scope_metrics",
        "instrumentationLibraryMetrics",
    ],
    &["metrics"],
    &[
        "gauge",
        "sum",
        "histogram",
        "exponentialHistogram",
        "exponential_histogram",
        "summary",
    ],
    &["dataPoints", "data_points"],
];

/// The number of data points in a list of `ResourceMetrics`.
pub(super) fn points(json: &mut JsonReader<'_>) -> JsonResult<u64> {
    items(json, &WAY)
}

/// The points in a list of objects, or in a single one. The recursion is as deep as the way is long.
fn items(json: &mut JsonReader<'_>, way: &[&[&str]]) -> JsonResult<u64> {
    let mut count = 0;
    match json.peek()? {
        JsonKind::Array => {
            json.enter_array()?;
            while json.next_item()? {
                count += object(json, way)?;
            }
        }
        _ => count += object(json, way)?,
    }
    Ok(count)
}

fn object(json: &mut JsonReader<'_>, way: &[&[&str]]) -> JsonResult<u64> {
    let Some((keys, rest)) = way.split_first() else {
        return json.skip().map(|_| 1);
    };
    if json.peek()? != JsonKind::Object {
        return json.skip().map(|_| 0);
    }
    let mut count = 0;
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        if keys.contains(&&*key) {
            count += items(json, rest)?;
        } else {
            json.skip()?;
        }
    }
    Ok(count)
}
