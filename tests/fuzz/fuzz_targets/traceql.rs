//! Queries: what parses prints as a query that parses the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vizsla::traceql::parse;

fuzz_target!(|text: &str| {
    if let Ok(tree) = parse(text) {
        let printed = tree.to_string();
        let again = parse(&printed).expect("what is printed is a query");
        assert_eq!(again.to_string(), printed);
    }
});
