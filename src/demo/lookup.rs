//! The first phase of a ride: frontend asks customer, which asks the database.

use super::cast::{CUSTOMER, MYSQL, Who};
use super::customer::Customer;
use super::http::{self, Target};
use super::random::Random;
use super::record::{Context, Facts, Record};
use super::ride::{child, ms};
use super::tape::Tape;
use crate::model::{Kind, Time};

const SERVICE: Target = Target {
    host: "customer",
    port: 8081,
    path: "/customer",
};

/// The lookup while it lasts: three spans, one within the other.
pub struct Lookup {
    asking: Record,
    answering: Record,
    select: Record,
}

impl Lookup {
    /// Begins one at `at`; also when the query reaches the lock.
    pub fn begin(
        random: &mut Random,
        who: Who,
        root: Context,
        customer: Customer,
        request: &str,
        at: Time,
    ) -> (Self, Time) {
        let id = customer.id;
        let query = format!("customer={id}");
        let asked = at + ms(random.normal(0.4, 0.1));
        let received = asked + ms(random.normal(0.3, 0.08));
        let queried = received + ms(random.normal(0.6, 0.15));
        let [a, b, c] = [(); 3].map(|()| child(random, root.trace_id));
        let name = "HTTP GET: /customer";
        let asking = http::client(who, name, a, root.span_id, asked, &SERVICE, &query);
        let name = "HTTP GET /customer";
        let mut answering = http::server(CUSTOMER, name, b, a.span_id, received, &SERVICE, &query);
        let number = vec![("customer_id", i64::from(id).into())];
        answering.event(received, "Loading customer", number);
        let select = Record::begin(MYSQL, "SQL SELECT", Kind::Server, c, b.span_id, queried)
            .with("db.system.name", "mysql")
            .with("db.namespace", "rides")
            .with("db.collection.name", "customer")
            .with("db.operation.name", "SELECT")
            .with(
                "db.query.text",
                format!("SELECT * FROM customer WHERE customer_id={id}"),
            )
            .with("request", request.to_owned());
        (
            Self {
                asking,
                answering,
                select,
            },
            queried,
        )
    }

    /// Must wait for the lock behind others.
    pub fn waits(&mut self, at: Time, blockers: &[String]) {
        let line = format!("Waiting for lock behind {} transactions", blockers.len());
        self.select.event(
            at,
            line,
            vec![("blockers", format!("[{}]", blockers.join(" ")).into())],
        );
    }

    /// Has the lock, others wait behind it.
    pub fn acquires(&mut self, at: Time, behind: usize) {
        let line = format!("Acquired lock; {behind} transactions waiting");
        self.select.event(at, line, Facts::new());
    }

    /// The query is answered at `at`: when the frontend knows the customer.
    pub fn end(self, random: &mut Random, at: Time, tape: &mut Tape) -> Time {
        let answered = at + ms(random.normal(0.5, 0.1));
        let known = answered + ms(random.normal(0.4, 0.1));
        tape.put(self.select.with("db.response.returned_rows", 1).until(at));
        tape.put(
            self.answering
                .with("http.response.status_code", 200)
                .until(answered),
        );
        tape.put(
            self.asking
                .with("http.response.status_code", 200)
                .until(known),
        );
        known
    }
}
