//! Billing reads the topic of rides, some at a time, and charges for each. Its traces begin
//! anew: links lead back to the rides.

use super::cast::BILLING;
use super::random::Random;
use super::record::{Context, Record};
use super::ride::{child, first, ms};
use super::tape::Tape;
use crate::model::{Kind, SpanId, Time};

/// A message in the topic.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    /// The span that sent it.
    pub sent_by: Context,
    /// The number of the ride.
    pub ride: u64,
}

/// Processes `messages`, the first of which has this offset in its partition.
pub fn process(random: &mut Random, messages: &[Message], offset: u64, at: Time, tape: &mut Tape) {
    let context = first(random);
    let mut root = Record::begin(
        BILLING,
        "process rides",
        Kind::Consumer,
        context,
        SpanId::default(),
        at,
    )
    .with("messaging.system", "kafka")
    .with("messaging.operation.type", "process")
    .with("messaging.operation.name", "process")
    .with("messaging.destination.name", "rides")
    .with("messaging.consumer.group.name", "billing")
    .with("messaging.batch.message_count", messages.len() as i64)
    .with("messaging.kafka.offset", offset as i64);
    let mut now = at + ms(random.normal(0.4, 0.1));
    for message in messages {
        root.link(message.sent_by);
        let charged = now + ms(random.normal(11.0, 2.5).max(3.0));
        let context = child(random, context.trace_id);
        let charge = Record::begin(
            BILLING,
            "charge ride",
            Kind::Internal,
            context,
            root.context().span_id,
            now,
        )
        .with("ride.number", message.ride as i64)
        .with("code.function.name", "com.rides.billing.Charger.charge");
        tape.put(charge.until(charged));
        now = charged + ms(0.2);
    }
    tape.put(root.until(now + ms(random.normal(2.0, 0.4))));
}
