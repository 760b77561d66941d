//! Which spans are a caller's view of a call: the span of the one called is below them.

use crate::model::{Kind, Trace};

/// The only child of a caller's view of a call, if it is another service's: the server's view.
///
/// A span is such a view if its kind says so. Where no kind was told, it is one that is named like
/// the span of the one called (`Cart/Get` and `grpc.Cart/Get`), or like a request (`HTTP GET`).
pub(super) fn callee(trace: &Trace, span: usize) -> Option<usize> {
    let mut children = trace.children(span);
    let only = children.next().filter(|_| children.next().is_none())?;
    let (caller, child) = (trace.span(span), trace.span(only));
    let is_call = match caller.kind() {
        Kind::Client => true,
        Kind::Unspecified | Kind::Internal => {
            is_request(caller.operation()) || are_alike(caller.operation(), child.operation())
        }
        Kind::Server | Kind::Producer | Kind::Consumer => false,
    };
    (is_call && caller.service() != child.service()).then_some(only)
}

/// The service that a caller's view of a call is of, also if there were several attempts.
pub(super) fn called_service(trace: &Trace, span: usize) -> Option<&str> {
    if let Some(callee) = callee(trace, span) {
        return Some(trace.span(callee).service());
    }
    let caller = trace.span(span);
    let mut children = trace
        .children(span)
        .map(|child| trace.span(child).service());
    children.find(|&called| caller.kind() == Kind::Client && called != caller.service())
}

/// Whether an operation is named like the request of a client: `HTTP GET`.
fn is_request(operation: &str) -> bool {
    let method = operation.strip_prefix("HTTP ").unwrap_or(operation);
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(&method)
}

/// Whether one name ends in the other.
fn are_alike(one: &str, other: &str) -> bool {
    let whole = |long: &str, short: &str| {
        let before = long.strip_suffix(short).unwrap_or("x");
        !short.is_empty() && !before.ends_with(char::is_alphanumeric)
    };
    whole(one, other) || whole(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn a_call_is_told_by_its_kind_or_its_name() {
        let is_call = |caller: &str, child: &str| {
            let trace = scenario::trace(&format!("a: {caller} 0..9\n  {child} 1..8\n"));
            callee(&trace, 0).is_some()
        };
        assert!(is_call("Cart/Get", "b: Cart/Get"));
        assert!(is_call("Cart/Get", "b: grpc.Cart/Get"));
        assert!(is_call("POST", "b: Seats.take"));
        assert!(!is_call("Get", "b: Target"), "only its letters");
        assert!(!is_call("checkout", "b: Cart/Get"), "a handler");
        assert!(!is_call("Cart/Get", "a: Cart/Get"), "its own service");
        let server = scenario::trace("a: Get 0..9 server\n  b: Get 1..8\n");
        assert_eq!(callee(&server, 0), None);
        let twice = scenario::trace("a: call 0..9 client\n  b: x 1..3\n  b: x 4..8\n");
        assert_eq!(callee(&twice, 0), None);
        assert_eq!(called_service(&twice, 0), Some("b"));
    }
}
