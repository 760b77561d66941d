//! What a trace is: ids, time, attribute values, columns of spans, trees of them.
