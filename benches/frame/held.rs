//! What views and analyses hold of a trace, and what a key allocates in them: the first by the
//! span, the second the same for every size of trace.

use crate::counting::{Allocated, counted};
use crate::opened::{Opened, VIEWS, fixed, split};
use crate::traces::{shapes, trace};

/// What all analyses together may hold of a span.
const MAY_HOLD: f64 = 64.0;
/// Keys that move by rows, pages and to the ends.
const KEYS: &str = "jjkj<C-d><C-u>lhGkggj";
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

/// What is done one after the other, nothing of it undone: what each keeps is told.
const STEPS: [(&str, &str); 13] = [
    ("all rows open", "zR"),
    ("graph", "vg"),
    ("flame", "vf"),
    ("flame by own time", "s"),
    ("flame by critical time", "s"),
    ("statistics", "vs"),
    ("table", "vt"),
    ("table sorted", "sd"),
    ("events", "ve"),
    ("JSON", "vj"),
    ("findings", "vi"),
    ("found a letter that all have", "vw/e<CR>"),
    ("only hits and what leads to them", "&"),
];

/// Prints both.
pub fn tell() {
    memory();
    keys();
}

fn memory() {
    let spans = 1_000_000;
    let trace = trace(spans);
    let backend = fixed(&trace);
    let each = |allocated: Allocated| allocated.held as f64 / spans as f64;
    println!("\nBytes held of each of {spans} spans, beside block and tree:");
    let (mut opened, first) = counted(|| Opened::of(&backend, trace.id(), (120, 40)));
    let mut whole = each(first);
    println!("    {:<44} {whole:>6.2}", "opened and explained");
    for (step, keys) in STEPS {
        let ((), allocated) = counted(|| opened.keys(keys));
        whole += each(allocated);
        println!("    {step:<44} {:>6.2}", each(allocated));
    }
    println!("    {:<44} {whole:>6.2} of {MAY_HOLD}", "all together");
}

/// What keys allocate in each view: the most often and the most bytes that one of them does, when
/// rows are drawn for the first time and later.
fn keys() {
    println!("\nThe most that a key allocates, by the number of spans:");
    let mut opened = SIZES.map(|spans| {
        let mut opened = Opened::new(&trace(spans), (120, 40));
        opened.keys("zRgg");
        opened
    });
    for (view, turn) in VIEWS {
        for (size, opened) in SIZES.iter().zip(&mut opened) {
            opened.keys(turn);
            for when in ["first", "again"] {
                tell_most(view, *size, when, most(opened));
            }
        }
    }
    for (shape, trace) in shapes() {
        let mut opened = Opened::new(&trace, (120, 40));
        opened.keys("zRgg");
        tell_most(shape, trace.len(), "first", most(&mut opened));
    }
}

/// The most that one of the keys allocates.
fn most(opened: &mut Opened) -> Allocated {
    let keys = split(KEYS).map(|key| counted(|| opened.keys(key)).1);
    keys.fold(Allocated::default(), |most, key| Allocated {
        times: most.times.max(key.times),
        bytes: most.bytes.max(key.bytes),
        largest: most.largest.max(key.largest),
        held: most.held.max(key.held),
    })
}

fn tell_most(what: &str, spans: usize, when: &str, most: Allocated) {
    println!(
        "    {what:<24} {spans:>9} {when}: {:>6} times, {:>8} B, at once {:>7} B, kept {:>7} B",
        most.times, most.bytes, most.largest, most.held
    );
}
