//! A segment with its subsegments, however deep they nest: read in one pass, with a stack.

use super::cause::Exception;
use super::waiting::Waiting;
use crate::format::decimal::decimal;
use crate::format::draft::{Draft, Rejection};
use crate::format::json::{JsonKind, JsonResult};
use crate::format::problem::Reason;
use crate::format::walk::Walk;
use crate::model::{
    BlockBuilder, Kind, PairIx, ResourceFields, ScopeFields, SpanId, Status, Time, TraceId, Value,
};

/// Subsegments of one document that are kept: X-Ray takes documents of 64 kB.
const MOST: usize = 1 << 16;

/// A document that is being read.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The segment, then its subsegments, each behind its parent.
    pub segments: Vec<Segment>,
    /// The one whose members are read.
    pub at: usize,
    /// Attributes of what emitted the segment.
    pub resource: Vec<PairIx>,
    pub pairs: Vec<PairIx>,
    pub waiting: Waiting,
    pub lost: u64,
}

/// A segment or subsegment.
#[derive(Debug, Default)]
pub(super) struct Segment {
    pub draft: Draft,
    parent: Option<usize>,
    name: String,
    is_sub: bool,
    is_remote: bool,
    /// It was called over HTTP: the address of who did is known.
    pub is_called: bool,
    pub exceptions: Vec<Exception>,
}

/// What is open around the next byte.
enum Open {
    /// The members of a segment.
    Members(usize),
    /// The list of a segment's subsegments.
    List(usize),
}

impl Document {
    pub(super) fn draft(&mut self) -> Option<&mut Draft> {
        self.segment().map(|segment| &mut segment.draft)
    }

    pub(super) fn segment(&mut self) -> Option<&mut Segment> {
        self.segments.get_mut(self.at)
    }

    /// Adds an attribute to the segment at hand.
    pub(super) fn push(&mut self, pair: PairIx) {
        if let Some(draft) = self.draft() {
            draft.attributes.push(pair);
        }
    }

    fn begin(&mut self, parent: Option<usize>) -> usize {
        self.segments.push(Segment {
            parent,
            is_sub: parent.is_some(),
            ..Segment::default()
        });
        self.segments.len() - 1
    }
}

impl Walk<'_, '_, Document> {
    /// Reads a segment and puts it and its subsegments into the block.
    pub(super) fn segment(&mut self) -> JsonResult<Result<(), Rejection>> {
        self.state = Document {
            waiting: std::mem::take(&mut self.state.waiting),
            ..Document::default()
        };
        self.json.enter_object()?;
        let first = self.state.begin(None);
        let mut open = vec![Open::Members(first)];
        while let Some(top) = open.last_mut() {
            match *top {
                Open::Members(index) => {
                    self.state.at = index;
                    if let Some(key) = self.json.next_key()? {
                        if key == "subsegments" && self.json.peek()? == JsonKind::Array {
                            self.json.enter_array()?;
                            open.push(Open::List(index));
                        } else if !self.json.take_null()? {
                            self.below(&key, |walk| walk.member(&key))?;
                        }
                    } else {
                        open.pop();
                    }
                }
                Open::List(parent) => {
                    if !self.json.next_item()? {
                        open.pop();
                    } else if self.state.segments.len() > MOST {
                        self.state.lost += 1;
                        self.json.skip()?;
                    } else if self.lenient(|walk| walk.json.enter_object())?.is_some() {
                        let index = self.state.begin(Some(parent));
                        open.push(Open::Members(index));
                    }
                }
            }
        }
        Ok(self.add_all())
    }

    /// A member of the segment at hand.
    fn member(&mut self, key: &str) -> JsonResult<()> {
        match key {
            "trace_id" => {
                let id = self.read_id(trace_id)?;
                self.set(|draft| draft.trace_id = id);
            }
            "id" => {
                let id = self.read_id(|text| text.parse().ok())?;
                self.set(|draft| draft.span_id = id);
            }
            "parent_id" => {
                let id = self.read_id(|text| text.parse().ok())?;
                self.set(|draft| draft.parent_id = id);
            }
            "name" => {
                let name = self.json.string()?;
                let operation = self.out.builder.string(&name);
                if let Some(segment) = self.state.segment() {
                    segment.draft.operation = operation;
                    segment.name = name.into_owned();
                }
            }
            "start_time" => {
                let time = self.seconds()?;
                self.set(|draft| draft.start = time);
            }
            "end_time" => {
                let time = self.seconds()?;
                self.set(|draft| draft.end = Some(time));
            }
            "type" => {
                let is_sub = self.json.string()? == "subsegment";
                if let Some(segment) = self.state.segment() {
                    segment.is_sub |= is_sub;
                }
            }
            "namespace" => self.namespace()?,
            "error" | "fault" | "throttle" => self.failure(key)?,
            _ => self.field(key)?,
        }
        Ok(())
    }

    fn set(&mut self, set: impl FnOnce(&mut Draft)) {
        if let Some(draft) = self.state.draft() {
            set(draft);
        }
    }

    /// An id; one that is none is zero, and costs the span where it needs one.
    fn read_id<T: Default>(&mut self, parse: impl FnOnce(&str) -> Option<T>) -> JsonResult<T> {
        Ok(parse(&self.json.string()?).unwrap_or_default())
    }

    /// A time in seconds, rounded to the microsecond: more a double does not hold.
    fn seconds(&mut self) -> JsonResult<Time> {
        let text = self.json.scalar_text()?.unwrap_or_default();
        let micros = decimal(&text, 6).unwrap_or(0);
        Ok(Time::of_nanos(micros.saturating_mul(1000)))
    }

    /// What a subsegment calls: a service of AWS, or another one.
    fn namespace(&mut self) -> JsonResult<()> {
        let namespace = self.json.string()?;
        let pair = self
            .out
            .builder
            .attribute("aws.xray.namespace", Value::Str(&namespace));
        self.state.push(pair);
        if let Some(segment) = self.state.segment() {
            segment.is_remote = matches!(&*namespace, "aws" | "remote");
        }
        Ok(())
    }

    fn failure(&mut self, key: &str) -> JsonResult<()> {
        if self.json.bool()? {
            let key = format!("aws.xray.{key}");
            let pair = self.out.builder.attribute(&key, Value::Bool(true));
            self.state.push(pair);
            self.set(|draft| draft.status = Status::Error);
        }
        Ok(())
    }

    /// Puts everything into the block, children behind their parents, which tell them the trace.
    fn add_all(&mut self) -> Result<(), Rejection> {
        let mut segments = std::mem::take(&mut self.state.segments);
        let (trace_id, is_lone_sub) = segments
            .first()
            .map(|first| (first.draft.trace_id, first.is_sub))
            .unwrap_or_default();
        let mut resource = std::mem::take(&mut self.state.resource);
        let builder = &mut *self.out.builder;
        if let Some(first) = segments.first().filter(|_| !is_lone_sub) {
            resource.insert(
                0,
                builder.attribute("service.name", Value::Str(&first.name)),
            );
        }
        resource.push(builder.attribute("cloud.provider", Value::Str("aws")));
        let resource = builder.resource(ResourceFields {
            attributes: &resource,
            ..ResourceFields::default()
        });
        let scope = builder.scope(ScopeFields::default());
        let mut own = Ok(());
        for index in 0..segments.len() {
            let parent_id = segments
                .get(index)
                .and_then(|segment| segments.get(segment.parent?))
                .map(|parent| parent.draft.span_id);
            let Some(segment) = segments.get_mut(index) else {
                break;
            };
            segment.finish(trace_id, parent_id, builder);
            let added = segment.draft.add(resource, scope, builder);
            if index == 0 {
                own = added;
            } else if added.is_err() {
                self.state.lost += 1;
            }
        }
        let lost = std::mem::take(&mut self.state.lost);
        if lost > 0 {
            let message = "subsegments without a trace or an id, or too many in one document";
            self.lose(
                self.json.position(),
                Reason::BadId,
                message.to_owned(),
                lost,
            );
        }
        own
    }
}

impl Segment {
    /// What can be said when all of it is read.
    fn finish(&mut self, trace_id: TraceId, parent_id: Option<SpanId>, builder: &mut BlockBuilder) {
        let draft = &mut self.draft;
        draft.trace_id = trace_id;
        draft.parent_id = parent_id.unwrap_or(draft.parent_id);
        draft.kind = match (self.is_sub, self.is_remote) {
            (true, true) if !self.is_called => Kind::Client,
            (true, false) if !self.is_called => Kind::Internal,
            _ => Kind::Server,
        };
        if draft.end.is_none() {
            let pair = builder.attribute("aws.xray.in_progress", Value::Bool(true));
            draft.attributes.push(pair);
        }
        let time = draft.end.unwrap_or(draft.start);
        for exception in self.exceptions.drain(..) {
            exception.add(time, draft, builder);
        }
    }
}

/// A trace id as X-Ray writes it, `1-581cf771-a006649127e371903a2de979`, or as W3C does.
pub(super) fn trace_id(text: &str) -> Option<TraceId> {
    let digits = match text.strip_prefix("1-") {
        Some(rest) => {
            let (time, random) = rest.split_once('-')?;
            (time.len() == 8 && random.len() == 24).then(|| format!("{time}{random}"))?
        }
        None => text.to_owned(),
    };
    digits.parse().ok()
}

/// The id in a document's link.
pub(super) fn linked_trace(text: &str) -> TraceId {
    trace_id(text).unwrap_or_default()
}
