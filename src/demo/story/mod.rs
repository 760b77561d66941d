//! The system as a whole: what happens when, told in the order of time.
//!
//! A discrete-event simulation. Rides, the batch job and billing are processes that do not
//! know each other; here is what they share and queue for: the database's lock, and each
//! frontend's workers. Time is what is asked for, never the clock, so that twenty minutes are
//! told at once and a seed tells the same story whenever it is asked.

mod database;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::batch::Rebalance;
use super::billing::{self, Message};
use super::customer::{CUSTOMERS, Customer};
use super::driver;
use super::plot::{LENGTH, Plot, Settings};
use super::queues::{Lock, Workers};
use super::random::Random;
use super::record::{self, Context};
use super::ride::{Outcome, ROUTES, Ride, ms};
use super::tape::Tape;
use crate::model::{Block, Nanos, Time};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// Somebody orders.
    Order,
    /// A ride needs the lock.
    Query(u64),
    /// The holder of a part's lock is done.
    Release(usize),
    /// A ride's customer is known.
    Search(u64),
    /// A ride's drivers are known.
    Routes(u64),
    /// A worker of a frontend is free again, having found a route for a ride.
    Routed(u64),
    /// Billing reads the topic.
    Poll,
    /// The batch job begins.
    Rebalance,
    /// The batch job needs the lock.
    Update,
}

/// Who holds the lock or waits for it.
#[derive(Debug, Clone, Copy)]
enum Transaction {
    Ride(u64),
    Batch,
}

/// A part of the system that has a database and frontends of its own; more rides a second than
/// one part can bear are spread over several.
#[derive(Debug, Default)]
struct Part {
    lock: Lock<Transaction>,
    workers: [Workers; 2],
}

/// Rides in a second that one part bears.
const BEARABLE: f64 = 4.0;

/// The living system.
pub struct Story {
    settings: Settings,
    plot: Plot,
    random: Random,
    tape: Tape,
    events: BinaryHeap<Reverse<(Time, u64, Event)>>,
    scheduled: u64,
    rides: BTreeMap<u64, Ride>,
    numbered: u64,
    ordered: u64,
    rebalanced: u64,
    begun: u64,
    parts: Vec<Part>,
    batch: Option<Rebalance>,
    topic: Vec<Message>,
    offset: u64,
    outcomes: Vec<Outcome>,
}

impl Story {
    /// A story that begins at `begin`.
    pub fn new(settings: Settings, begin: Time) -> Self {
        let parts = (settings.rate / BEARABLE).ceil().max(1.0) as usize;
        let mut story = Self {
            plot: Plot::new(begin, settings.length()),
            settings,
            random: Random::new(settings.seed),
            tape: Tape::default(),
            events: BinaryHeap::new(),
            scheduled: 0,
            rides: BTreeMap::new(),
            numbered: 0,
            ordered: 0,
            rebalanced: 0,
            begun: 0,
            parts: (0..parts).map(|_| Part::default()).collect(),
            batch: None,
            topic: Vec::new(),
            offset: 0,
            outcomes: Vec::new(),
        };
        story.at(begin + ms(5.0), Event::Order);
        story.at(begin + ms(1000.0), Event::Poll);
        story.at(begin + ms(20_000.0), Event::Rebalance);
        story
    }

    /// How long the story goes on until all wanted traces have ended, at most
    /// [`LENGTH`]: how far back it has to begin so that it has happened by now.
    pub fn length(settings: Settings) -> Nanos {
        if settings.traces.is_none() {
            return LENGTH;
        }
        let begin = Time(LENGTH.0);
        let mut story = Self::new(settings, begin);
        let step = Nanos(LENGTH.0 / 240);
        let mut length = Nanos(0);
        while length < LENGTH && !story.is_over() {
            length = length + step;
            story.until(begin + length);
        }
        length
    }

    /// Lets time pass until `now`: the spans that have ended since the last call.
    pub fn until(&mut self, now: Time) -> Block {
        while let Some(&Reverse((at, _, event))) = self.events.peek() {
            if at > now {
                break;
            }
            self.events.pop();
            self.happen(at, event);
        }
        record::block(&self.tape.take(now))
    }

    /// A ride that somebody orders by hand; its root span's ids.
    pub fn order(&mut self, customer: Customer, at: Time, caller: Option<Context>) -> Context {
        // Numbered apart, so that it draws nothing that another ride would have drawn.
        self.ordered += 1;
        self.ride(1 << 32 | self.ordered, customer, at, caller)
    }

    /// The rides that have ended since the last call.
    pub fn outcomes(&mut self) -> Vec<Outcome> {
        std::mem::take(&mut self.outcomes)
    }

    /// Whether all wanted traces are told to their end.
    pub fn is_over(&self) -> bool {
        self.events.is_empty() && self.tape.is_empty()
    }

    /// The traces begun so far.
    pub fn begun(&self) -> u64 {
        self.begun
    }

    fn at(&mut self, time: Time, event: Event) {
        self.scheduled += 1;
        self.events.push(Reverse((time, self.scheduled, event)));
    }

    /// Whether another trace may begin.
    fn goes_on(&self) -> bool {
        self.settings
            .traces
            .is_none_or(|wanted| self.begun < wanted)
    }

    fn happen(&mut self, at: Time, event: Event) {
        match event {
            Event::Order => self.next_order(at),
            Event::Query(ride) => self.request_lock(at, Transaction::Ride(ride)),
            Event::Release(part) => self.release(at, part),
            Event::Search(ride) => self.search(at, ride),
            Event::Routes(ride) => {
                if let Some(workers) = self.workers_of(ride) {
                    workers.add(ride, ROUTES);
                }
                self.assign(at, ride);
            }
            Event::Routed(ride) => self.routed(at, ride),
            Event::Poll => self.poll(at),
            Event::Rebalance => self.rebalance(at),
            Event::Update => self.request_lock(at, Transaction::Batch),
        }
    }

    fn next_order(&mut self, at: Time) {
        if !self.goes_on() {
            return;
        }
        let number = self.numbered;
        self.numbered += 1;
        let customer = self.random.pick(CUSTOMERS[0], &CUSTOMERS[1..]);
        self.ride(number, customer, at, None);
        let gap = 1000.0 / self.settings.rate.max(0.001) * self.random.exponential();
        self.at(at + ms(gap), Event::Order);
    }

    fn ride(
        &mut self,
        number: u64,
        customer: Customer,
        at: Time,
        caller: Option<Context>,
    ) -> Context {
        self.begun += 1;
        let mut ride = Ride::order(number, customer, at, self.random_of(number), caller);
        let query = ride.look_up(at);
        let context = ride.context();
        self.rides.insert(number, ride);
        self.at(query, Event::Query(number));
        context
    }

    /// The draws of one process, which no other process disturbs.
    fn random_of(&self, number: u64) -> Random {
        Random::new(self.settings.seed).fork(number + 1)
    }

    fn part_of(&self, who: Transaction) -> usize {
        match who {
            Transaction::Ride(number) => number as usize % self.parts.len().max(1),
            Transaction::Batch => 0,
        }
    }

    fn search(&mut self, at: Time, number: u64) {
        let Some(mut ride) = self.rides.remove(&number) else {
            return;
        };
        let (context, location) = (ride.context(), ride.location());
        let (found, known) = driver::find_nearest(
            &mut ride.random,
            &self.plot,
            &mut self.tape,
            context,
            location,
            at,
            true,
        );
        if found.failed {
            let outcome = ride.fails(known, driver::TIMEOUT, &mut self.tape);
            self.outcomes.push(outcome);
            return;
        }
        ride.meets(known, found);
        self.rides.insert(number, ride);
        self.at(known, Event::Routes(number));
    }

    /// The workers of the frontend that serves a ride.
    fn workers_of(&mut self, number: u64) -> Option<&mut Workers> {
        let frontend = self.rides.get(&number)?.frontend;
        let part = self.part_of(Transaction::Ride(number));
        self.parts.get_mut(part)?.workers.get_mut(frontend)
    }

    /// Gives waiting routes to free workers of the frontend that serves this ride.
    fn assign(&mut self, at: Time, served: u64) {
        let most = self.settings.fixes.route_workers.max(1);
        while let Some(number) = self.workers_of(served).and_then(|w| w.next(most)) {
            if let Some(ride) = self.rides.get_mut(&number) {
                let known = ride.route(at, &mut self.tape);
                self.at(known, Event::Routed(number));
            }
        }
    }

    fn routed(&mut self, at: Time, number: u64) {
        if let Some(workers) = self.workers_of(number) {
            workers.done();
        }
        self.assign(at, number);
        let Some(ride) = self.rides.get_mut(&number) else {
            return;
        };
        ride.routes_left -= 1;
        if ride.routes_left > 0 {
            return;
        }
        if let Some(ride) = self.rides.remove(&number) {
            let (outcome, sent_by) = ride.succeeds(at, &mut self.tape);
            self.outcomes.push(outcome);
            self.topic.push(Message {
                sent_by,
                ride: number,
            });
        }
    }

    fn poll(&mut self, at: Time) {
        if !self.goes_on() {
            return;
        }
        if !self.topic.is_empty() {
            self.begun += 1;
            let mut random = self.random_of(1 << 33 | self.offset);
            billing::process(&mut random, &self.topic, self.offset, at, &mut self.tape);
            self.offset += self.topic.len() as u64;
            self.topic.clear();
        }
        self.at(at + ms(3000.0 / self.settings.rate.max(0.001)), Event::Poll);
    }

    fn rebalance(&mut self, at: Time) {
        if !self.goes_on() {
            return;
        }
        if self.batch.is_none() {
            self.begun += 1;
            self.rebalanced += 1;
            let random = self.random_of(1 << 34 | self.rebalanced);
            let (batch, update) = Rebalance::begin(random, &self.plot, at, &mut self.tape);
            self.batch = Some(batch);
            self.at(update, Event::Update);
        }
        let gap = self.random.normal(55_000.0, 4000.0);
        self.at(at + ms(gap), Event::Rebalance);
    }
}
