//! Finding drivers: one call to driver, and its many calls to the store, one after another.

use super::cast::{CANARY, DRIVERS, REDIS, Who};
use super::plot::Plot;
use super::random::Random;
use super::record::{Context, Facts, Record};
use super::ride::{child, ms};
use super::tape::Tape;
use crate::model::{Kind, Time};

/// What the caller and its spans say of a store that does not answer.
pub const TIMEOUT: &str = "redis timeout after 30 ms";

/// Drivers nearby.
#[derive(Debug, Default)]
pub struct Found {
    /// Their names and where they are.
    pub drivers: Vec<(String, String)>,
    /// Whether too few of them answered.
    pub failed: bool,
}

/// One call of `FindNearest` while it lasts.
struct Search<'a> {
    random: &'a mut Random,
    tape: &'a mut Tape,
    server: Record,
    failure: f64,
    now: Time,
}

/// Which process of driver answers at `at`.
fn server(random: &mut Random, plot: &Plot, at: Time) -> Who {
    let last = if plot.deployed(at) {
        CANARY
    } else {
        DRIVERS[3]
    };
    random.pick(DRIVERS[0], &[DRIVERS[1], DRIVERS[2], last])
}

/// Calls driver at `at`, asking for `details` of the drivers or only for their number: what it
/// answers, and when.
pub fn find_nearest(
    random: &mut Random,
    plot: &Plot,
    tape: &mut Tape,
    caller: Context,
    location: &'static str,
    at: Time,
    details: bool,
) -> (Found, Time) {
    let who = server(random, plot, at);
    let now = at + ms(random.normal(0.6, 0.1));
    let context = child(random, caller.trace_id);
    let mut server = Record::begin(
        who,
        "FindNearest",
        Kind::Server,
        context,
        caller.span_id,
        now,
    )
    .with("rpc.system.name", "grpc")
    .with("rpc.method", "driver.DriverService/FindNearest")
    .with("server.address", "driver")
    .with("server.port", 8082);
    server.event(
        now,
        "Searching for nearby drivers",
        vec![("location", location.into())],
    );
    let mut search = Search {
        failure: plot.redis_failure(at),
        random,
        tape,
        server,
        now,
    };
    let ids = search.find_ids(location, if who == CANARY { 20 } else { 13 });
    let mut found = Found::default();
    if details {
        let asked = ids.len();
        found.drivers = if who == CANARY {
            search.get_ranked(ids)
        } else {
            search.get_each(ids)
        };
        found.failed = found.drivers.len() * 10 < asked * 6;
    }
    let end = search.answer(&found);
    (found, end + ms(0.4))
}

impl Search<'_> {
    fn redis(&mut self, name: &'static str, took: f64) -> Record {
        let context = child(self.random, self.server.context().trace_id);
        let start = self.now;
        self.now = start + ms(took);
        let parent = self.server.context().span_id;
        Record::begin(REDIS, name, Kind::Server, context, parent, start)
            .with("db.system.name", "redis")
            .until(self.now)
    }

    /// One call finds `from` to `from + 2` drivers.
    fn find_ids(&mut self, location: &'static str, from: u64) -> Vec<String> {
        let took = 4.0 + 3.0 * self.random.exponential();
        let count = from + self.random.below(3);
        let ids: Vec<_> = (0..count)
            .map(|_| format!("T7{:05}C", self.random.below(100_000)))
            .collect();
        let mut span = self
            .redis("FindDriverIDs", took)
            .with("db.operation.name", "GEOSEARCH")
            .with("param.driver.location", location);
        span.event(
            self.now,
            "Found drivers",
            vec![("drivers", format!("[{}]", ids.join(" ")).into())],
        );
        self.tape.put(span);
        ids
    }

    fn get(&mut self, name: &'static str, id: &str, took: f64, fails: bool) {
        let took = if fails {
            self.random.normal(31.0, 0.5)
        } else {
            took
        };
        let mut span = self
            .redis(name, took)
            .with("db.operation.name", "GET")
            .with("db.query.text", "GET driver:?")
            .with("param.driverID", id.to_owned());
        if fails {
            let exception: Facts = vec![
                ("exception.type", "redis.TimeoutError".into()),
                ("exception.message", "redis timeout".into()),
            ];
            span.event(self.now, "exception", exception);
            let facts = vec![
                ("driver_id", id.to_owned().into()),
                ("error", "redis timeout".into()),
                ("level", "error".into()),
            ];
            span.event(self.now, "redis timeout", facts);
            span.fail(TIMEOUT);
            span.note("error.type", "timeout");
        } else {
            span.event(
                self.now,
                "Got driver's ID",
                vec![("driverID", id.to_owned().into())],
            );
        }
        self.tape.put(span);
    }

    fn place(&mut self, id: String) -> (String, String) {
        (
            id,
            format!("{},{}", self.random.below(1000), self.random.below(1000)),
        )
    }

    /// Version 1.3.9: one call a driver; whoever does not answer is left out.
    fn get_each(&mut self, ids: Vec<String>) -> Vec<(String, String)> {
        let mut drivers = Vec::new();
        for id in ids {
            let fails = self.random.chance(self.failure);
            let took = self.random.normal(9.5, 2.2).max(3.0);
            self.get("GetDriver", &id, took, fails);
            self.now = self.now + ms(0.05);
            if !fails {
                drivers.push(self.place(id));
            }
        }
        drivers
    }

    /// Version 1.4.0: more of them, a connection each; once more on failure; then ranked here.
    fn get_ranked(&mut self, ids: Vec<String>) -> Vec<(String, String)> {
        let mut drivers = Vec::new();
        for (n, id) in ids.into_iter().enumerate() {
            let fails = self.random.chance(self.failure);
            let took = self.random.normal(23.0, 4.5).max(8.0);
            self.get("GetDriver", &id, took, fails);
            if fails {
                let facts = vec![
                    ("retry_no", (n as i64).into()),
                    ("error", "redis timeout".into()),
                    ("level", "error".into()),
                ];
                self.server
                    .event(self.now, "Retrying GetDriver after error", facts);
                let took = self.random.normal(4.0, 0.5).max(1.0);
                self.get("GetDriver retry", &id, took, false);
            }
            drivers.push(self.place(id));
        }
        let ranking = 70.0 + 72.0 * self.random.exponential();
        self.server.event(
            self.now,
            "Ranking drivers",
            vec![("algorithm", "pairwise".into())],
        );
        self.now = self.now + ms(ranking);
        drivers
    }

    fn answer(mut self, found: &Found) -> Time {
        self.now = self.now + ms(self.random.normal(0.8, 0.15));
        let count = found.drivers.len() as i64;
        let status = if found.failed {
            self.server.fail(TIMEOUT);
            self.server.note("error.type", "UNAVAILABLE");
            "UNAVAILABLE"
        } else {
            self.server.event(
                self.now,
                "Search successful",
                vec![("driver_count", count.into())],
            );
            "OK"
        };
        self.tape.put(
            self.server
                .with("rpc.response.status_code", status)
                .until(self.now),
        );
        self.now
    }
}
