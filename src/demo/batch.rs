//! The batch job that moves idle drivers about, about once a minute. It holds the customers'
//! lock for long: whoever looks up a customer then has to wait.

use super::cast::{BATCH, MYSQL};
use super::driver;
use super::plot::Plot;
use super::random::Random;
use super::record::{Facts, Record};
use super::ride::{child, first, ms};
use super::tape::Tape;
use crate::model::{Kind, SpanId, Time};

/// One run of the job.
pub struct Rebalance {
    root: Record,
    update: Record,
    random: Random,
}

impl Rebalance {
    /// Begins: asks driver for the idle ones, then needs the lock at the time returned.
    pub fn begin(mut random: Random, plot: &Plot, at: Time, tape: &mut Tape) -> (Self, Time) {
        let context = first(&mut random);
        let zone = random.pick("north", &["south", "harbour", "airport"]);
        let root = Record::begin(
            BATCH,
            "rebalance",
            Kind::Internal,
            context,
            SpanId::default(),
            at,
        )
        .with("code.function.name", "rebalance.run")
        .with("zone", zone);
        let asked = at + ms(random.normal(120.0, 20.0).max(10.0));
        let (_, known) =
            driver::find_nearest(&mut random, plot, tape, context, "500,500", asked, false);
        let at = known + ms(random.normal(240.0, 30.0).max(10.0));
        let update = child(&mut random, context.trace_id);
        let update = Record::begin(
            MYSQL,
            "SQL UPDATE",
            Kind::Server,
            update,
            context.span_id,
            at,
        )
        .with("db.system.name", "mysql")
        .with("db.namespace", "rides")
        .with("db.collection.name", "customer")
        .with("db.operation.name", "UPDATE")
        .with(
            "db.query.text",
            "UPDATE customer SET zone = ? WHERE location IN (SELECT ...)",
        );
        (
            Self {
                root,
                update,
                random,
            },
            at,
        )
    }

    /// Has the lock, if there is one, and others behind it: until when it keeps it.
    pub fn acquires(&mut self, at: Time, behind: Option<usize>) -> Time {
        if let Some(behind) = behind {
            let line = format!("Acquired lock; {behind} transactions waiting");
            self.update.event(at, line, Facts::new());
        }
        at + ms(self.random.normal(620.0, 60.0).max(100.0))
    }

    /// Waits for the lock behind others.
    pub fn waits(&mut self, at: Time, blockers: &[String]) {
        let line = format!("Waiting for lock behind {} transactions", blockers.len());
        self.update.event(
            at,
            line,
            vec![("blockers", format!("[{}]", blockers.join(" ")).into())],
        );
    }

    /// Gives up the lock and ends.
    pub fn ends(mut self, at: Time, tape: &mut Tape) {
        tape.put(self.update.until(at));
        tape.put(self.root.until(at + ms(self.random.normal(30.0, 5.0))));
    }
}
