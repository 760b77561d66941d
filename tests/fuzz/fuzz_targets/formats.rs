//! Every decoder, whatever the input looks like, whole and in pieces. The variable `FORMAT` names the
//! format, so that each has its ten minutes and its corpus; without it the first byte does.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vizsla::format::Format;
use vizsla_fuzz::whole_and_cut;

static NAMED: LazyLock<Option<Format>> = LazyLock::new(|| {
    let name = std::env::var("FORMAT").ok()?;
    Some(Format::from_name(&name).expect("the name of a format"))
});

fuzz_target!(|bytes: &[u8]| {
    if let Some(format) = *NAMED {
        return whole_and_cut(bytes, Some(format));
    }
    let Some((&first, input)) = bytes.split_first() else { return };
    let format = Format::ALL[usize::from(first) % Format::ALL.len()];
    whole_and_cut(input, Some(format));
});
