//! Detection, containers and all decoders, as a file goes and as one that is being written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vizsla_fuzz::whole_and_cut;

fuzz_target!(|bytes: &[u8]| whole_and_cut(bytes, None));
