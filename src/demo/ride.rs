//! One ride, from the order to the driver on the way: what each service does for it.
//!
//! Three phases follow each other, as in Jaeger's `HotROD`: the customer is looked up, a driver
//! is found, ten routes are compared. A ride does not know the others; when it has to wait
//! for them, [`super::story`] says until when.

use super::cast::{FRONTENDS, ROUTE, Who};
use super::customer::Customer;
use super::driver::Found;
use super::http::{self, Target};
use super::lookup::Lookup;
use super::random::Random;
use super::record::{Context, Facts, Record};
use super::tape::Tape;
use crate::model::{Kind, Nanos, SpanId, Time, TraceId};

/// Routes compared for each ride.
pub const ROUTES: usize = 10;

const DISPATCH: Target = Target {
    host: "frontend",
    port: 8080,
    path: "/dispatch",
};
const ROUTING: Target = Target {
    host: "route",
    port: 8083,
    path: "/route",
};

/// A length of time of so many milliseconds, at least a microsecond.
pub fn ms(length: f64) -> Nanos {
    Nanos((length.max(0.001) * 1e6) as u64)
}

/// A fresh span's ids, in a trace.
pub fn child(random: &mut Random, trace_id: TraceId) -> Context {
    Context {
        trace_id,
        span_id: SpanId(random.bits().max(1)),
    }
}

/// A fresh trace's first span.
pub fn first(random: &mut Random) -> Context {
    let trace_id = TraceId(u128::from(random.bits()) << 64 | u128::from(random.bits().max(1)));
    child(random, trace_id)
}

/// A ride under way.
pub struct Ride {
    /// Its draws.
    pub random: Random,
    /// Which frontend serves it: a position in [`FRONTENDS`].
    pub frontend: usize,
    /// The request's name in the baggage.
    pub request: String,
    /// Routes that are not yet known.
    pub routes_left: usize,
    /// The customer's lookup, while it lasts.
    pub lookup: Option<Lookup>,
    customer: Customer,
    root: Record,
    found: Found,
    routes_asked: usize,
}

/// How a ride ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its root span.
    pub root: Context,
    /// The driver on the way and the time that takes; `None` if no driver was found.
    pub driver: Option<(String, Nanos)>,
}

impl Ride {
    /// A customer orders a ride.
    pub fn order(
        number: u64,
        customer: Customer,
        at: Time,
        mut random: Random,
        caller: Option<Context>,
    ) -> Self {
        // Three of five customers' requests come from Europe.
        let frontend = usize::from(random.chance(0.39));
        let context = match caller {
            Some(caller) => child(&mut random, caller.trace_id),
            None => first(&mut random),
        };
        let parent = caller.map_or_else(SpanId::default, |caller| caller.span_id);
        let query = format!("customer={}", customer.id);
        let name = "HTTP GET /dispatch";
        let root = http::server(
            FRONTENDS[frontend],
            name,
            context,
            parent,
            at,
            &DISPATCH,
            &query,
        )
        .with(
            "client.address",
            format!("10.0.{}.{}", random.below(8), random.below(250) + 2),
        )
        .with(
            "user_agent.original",
            "Mozilla/5.0 (X11; Linux x86_64) Firefox/148.0",
        );
        Self {
            frontend,
            request: format!("{}-{}", 4000 + random.below(900), number & 0xffff_ffff),
            random,
            routes_left: ROUTES,
            lookup: None,
            customer,
            root,
            found: Found::default(),
            routes_asked: 0,
        }
    }

    /// Its root span's ids.
    pub fn context(&self) -> Context {
        self.root.context()
    }

    /// The place from which drivers are looked for.
    pub fn location(&self) -> &'static str {
        self.customer.location
    }

    fn who(&self) -> Who {
        FRONTENDS[self.frontend]
    }

    /// Asks for the customer: when the query reaches the lock.
    pub fn look_up(&mut self, at: Time) -> Time {
        let number = vec![("customer_id", i64::from(self.customer.id).into())];
        self.root.event(at, "Getting customer", number);
        let (who, root) = (self.who(), self.context());
        let (lookup, queried) = Lookup::begin(
            &mut self.random,
            who,
            root,
            self.customer,
            &self.request,
            at,
        );
        self.lookup = Some(lookup);
        queried
    }

    /// The query is answered at `at`: when the frontend knows the customer.
    pub fn looked_up(&mut self, at: Time, tape: &mut Tape) -> Time {
        let Some(lookup) = self.lookup.take() else {
            return at;
        };
        let known = lookup.end(&mut self.random, at, tape);
        self.root.event(
            known,
            "Found customer",
            vec![("customer", self.customer.name.into())],
        );
        let location = vec![("location", self.customer.location.into())];
        self.root.event(known, "Finding nearest drivers", location);
        known
    }

    /// Drivers were found.
    pub fn meets(&mut self, at: Time, found: Found) {
        let count = vec![("driver_count", (found.drivers.len() as i64).into())];
        self.root.event(at, "Found drivers", count);
        for (_, pickup) in found.drivers.iter().take(ROUTES) {
            let dropoff = self.customer.location;
            let way = vec![
                ("pickup", pickup.clone().into()),
                ("dropoff", dropoff.into()),
            ];
            self.root.event(at, "Finding route", way);
        }
        self.found = found;
    }

    /// Asks for the next route at `at`: when it is known.
    pub fn route(&mut self, at: Time, tape: &mut Tape) -> Time {
        let pickup = self.found.drivers.get(self.routes_asked);
        let pickup = pickup.map_or("0,0", |(_, location)| location.as_str());
        let query = format!("dropoff={}&pickup={pickup}", self.customer.location);
        self.routes_asked += 1;
        let root = self.context();
        let random = &mut self.random;
        let received = at + ms(random.normal(0.5, 0.1));
        let answered = received + ms(random.normal(54.0, 11.0).max(18.0));
        let known = answered + ms(random.normal(0.4, 0.1));
        let [a, b] = [(); 2].map(|()| child(random, root.trace_id));
        let name = "HTTP GET: /route";
        let asking = http::client(self.who(), name, a, root.span_id, at, &ROUTING, &query);
        tape.put(asking.with("http.response.status_code", 200).until(known));
        let name = "HTTP GET /route";
        let answering = http::server(ROUTE, name, b, a.span_id, received, &ROUTING, &query);
        tape.put(
            answering
                .with("http.response.status_code", 200)
                .until(answered),
        );
        known
    }

    /// All routes are known: tells billing by way of the topic, and answers. Also the span
    /// that sent the message.
    pub fn succeeds(mut self, at: Time, tape: &mut Tape) -> (Outcome, Context) {
        self.root.event(at, "Found routes", Facts::new());
        let (send, end) = self.send(at);
        let message = send.context();
        tape.put(send);
        let minutes = self.random.normal(5.0, 1.5).max(2.0) as u64;
        let driver = self
            .found
            .drivers
            .first()
            .map_or_else(String::new, |(id, _)| id.clone());
        let end = end + ms(self.random.normal(0.5, 0.1));
        let facts = vec![
            ("driver", driver.clone().into()),
            ("eta", format!("{minutes}m0s").into()),
        ];
        self.root.event(end, "Dispatch successful", facts);
        let eta = Nanos::from_millis(60_000 * minutes);
        let outcome = Outcome {
            root: self.context(),
            driver: Some((driver, eta)),
        };
        tape.put(self.root.with("http.response.status_code", 200).until(end));
        (outcome, message)
    }

    fn send(&mut self, at: Time) -> (Record, Time) {
        let root = self.context();
        let begin = at + ms(self.random.normal(0.3, 0.05));
        let end = begin + ms(self.random.normal(1.8, 0.4));
        let context = child(&mut self.random, root.trace_id);
        let id = self.customer.id;
        let name = "send rides";
        let send = Record::begin(
            self.who(),
            name,
            Kind::Producer,
            context,
            root.span_id,
            begin,
        )
        .with("messaging.system", "kafka")
        .with("messaging.operation.type", "send")
        .with("messaging.operation.name", "send")
        .with("messaging.destination.name", "rides")
        .with("messaging.destination.partition.id", "0")
        .with("messaging.kafka.message.key", id.to_string());
        (send.until(end), end)
    }

    /// No driver could be found.
    pub fn fails(mut self, at: Time, message: &'static str, tape: &mut Tape) -> Outcome {
        let end = at + ms(self.random.normal(0.6, 0.1));
        let facts = vec![("error", message.into()), ("level", "error".into())];
        self.root.event(at, "Finding drivers failed", facts);
        self.root.fail("no driver found");
        let outcome = Outcome {
            root: self.context(),
            driver: None,
        };
        let root = self
            .root
            .with("http.response.status_code", 500)
            .with("error.type", "500");
        tape.put(root.until(end));
        outcome
    }
}
