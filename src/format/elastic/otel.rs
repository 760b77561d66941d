//! Documents in `OpenTelemetry`'s own words: Data Prepper's (`otel-v1-apm-span-*`), SS4O's
//! (`ss4o_traces-*`), Elastic's OpenTelemetry mode (`traces-*.otel-*`) and the raw mode of the
//! collector's exporter. They differ in how words are joined and where attributes stand.
//!
//! Data Prepper writes a key `http.method` as `span.attributes.http@method`.

use std::borrow::Cow;

use super::State;
use crate::format::draft::Rejection;
use crate::format::json::JsonResult;
use crate::format::row;
use crate::format::walk::Walk;
use crate::model::{PairIx, SpanId, Sym, Time, TraceId};

impl<'a> Walk<'a, '_, State<'a>> {
    pub(super) fn otel(&mut self) -> JsonResult<Result<(), Rejection>> {
        self.state.row.clear();
        self.leaves(Self::otel_member)?;
        Ok(self.state.row.add(self.out.builder))
    }

    fn otel_member(&mut self, key: &str) -> JsonResult<()> {
        let row = &mut self.state.row;
        let json = &mut self.json;
        match key {
            "traceId" | "trace_id" | "TraceId" => row.draft.trace_id = row::trace_id(json)?,
            "spanId" | "span_id" | "SpanId" => row.draft.span_id = row::span_id(json)?,
            "parentSpanId" | "parent_span_id" | "ParentSpanId" => {
                row.draft.parent_id = row::span_id(json)?;
            }
            "name" | "Name" => self.state.row.draft.operation = self.sym()?,
            "kind" | "Kind" => row.draft.kind = row::kind(json)?,
            "startTime" => row.draft.start = row::time(json)?,
            // When it began, or, beside `startTime`, when it was indexed.
            "@timestamp" if row.draft.start == Time(0) => row.draft.start = row::time(json)?,
            "@timestamp" => {}
            "endTime" | "EndTimestamp" => row.draft.end = Some(row::time(json)?),
            "durationInNanos" | "duration" => row.duration = Some(json.scaled(1)?),
            // The raw mode counts microseconds; the end says it more exactly.
            "Duration" => drop(json.scaled(1000)?),
            "serviceName" => self.state.row.service = Some(self.attribute("service.name")?),
            "status.code" | "statusCode" | "TraceStatus" => row.draft.status = row::status(json)?,
            "status.message" | "TraceStatusDescription" => {
                self.state.row.draft.message = self.sym()?;
            }
            "traceState" | "trace_state" => self.state.row.draft.trace_state = self.sym()?,
            "flags" | "traceFlags" => row.draft.flags = row::count(json)?,
            "droppedAttributesCount" | "dropped_attributes_count" => self.dropped(0)?,
            "droppedEventsCount" | "dropped_events_count" => self.dropped(1)?,
            "droppedLinksCount" | "dropped_links_count" => self.dropped(2)?,
            "events" | "span.events" => self.events()?,
            "links" | "span.links" => self.links()?,
            // The root's figures, which Data Prepper copies into each span.
            _ if key.starts_with("traceGroup") => {}
            _ => self.otel_attribute(key)?,
        }
        Ok(())
    }

    fn dropped(&mut self, which: usize) -> JsonResult<()> {
        let count = row::count(&mut self.json)?;
        if let Some(dropped) = self.state.row.draft.dropped.get_mut(which) {
            *dropped = count;
        }
        Ok(())
    }

    /// An attribute of the resource, of the scope or of the span.
    fn otel_attribute(&mut self, key: &str) -> JsonResult<()> {
        if let Some(key) = behind(key, &["resource.attributes.", "resource.", "Resource."]) {
            let pair = self.attribute(&key)?;
            self.state.row.of_resource(&key, pair);
        } else if let Some(key) = behind(key, &["instrumentationScope.", "scope.", "Scope."]) {
            match &*key {
                "name" => self.state.row.scope_name = self.sym()?,
                "version" => self.state.row.scope_version = self.sym()?,
                _ => {
                    let key = key.strip_prefix("attributes.").unwrap_or(&key);
                    let pair = self.attribute(key)?;
                    self.state.row.scope.push(pair);
                }
            }
        } else {
            let prefixes = ["attributes.", "span.attributes.", "Attributes."];
            let key = behind(key, &prefixes).unwrap_or(Cow::Borrowed(key));
            let pair = self.attribute(&key)?;
            self.state.row.draft.attributes.push(pair);
        }
        Ok(())
    }

    fn events(&mut self) -> JsonResult<()> {
        self.items(|walk| {
            let (mut time, mut name, mut dropped) = (Time(0), Sym::EMPTY, 0);
            walk.state.pairs.clear();
            walk.flat(|walk, key| {
                match key {
                    "time" | "timestamp" | "@timestamp" | "timeUnixNano" => {
                        time = row::time(&mut walk.json)?;
                    }
                    "name" => name = walk.sym()?,
                    "droppedAttributesCount" | "dropped_attributes_count" => {
                        dropped = row::count(&mut walk.json)?;
                    }
                    _ => walk.detail(key)?,
                }
                Ok(())
            })?;
            let state = &mut walk.state;
            state.row.draft.event(time, name, &state.pairs, dropped);
            Ok(())
        })
    }

    fn links(&mut self) -> JsonResult<()> {
        self.items(|walk| {
            let (mut trace_id, mut span_id) = (TraceId(0), SpanId(0));
            let (mut trace_state, mut dropped) = (Sym::EMPTY, 0);
            walk.state.pairs.clear();
            walk.flat(|walk, key| {
                match key {
                    "traceId" | "trace_id" => trace_id = row::trace_id(&mut walk.json)?,
                    "spanId" | "span_id" => span_id = row::span_id(&mut walk.json)?,
                    "traceState" | "trace_state" => trace_state = walk.sym()?,
                    "droppedAttributesCount" | "dropped_attributes_count" => {
                        dropped = row::count(&mut walk.json)?;
                    }
                    _ => walk.detail(key)?,
                }
                Ok(())
            })?;
            let state = &mut walk.state;
            state
                .row
                .draft
                .link(trace_id, span_id, &state.pairs, dropped);
            state.row.draft.link_context(trace_state, 0);
            Ok(())
        })
    }

    /// An attribute of an event or a link.
    fn detail(&mut self, key: &str) -> JsonResult<()> {
        let key = behind(key, &["attributes."]).unwrap_or(Cow::Borrowed(key));
        let pair: PairIx = self.attribute(&key)?;
        self.state.pairs.push(pair);
        Ok(())
    }
}

/// A key behind the first of these prefixes that it has, with dots for Data Prepper's `@`.
fn behind<'k>(key: &'k str, prefixes: &[&str]) -> Option<Cow<'k, str>> {
    let rest = prefixes
        .iter()
        .find_map(|prefix| key.strip_prefix(prefix))?;
    Some(if rest.contains('@') {
        Cow::Owned(rest.replace('@', "."))
    } else {
        Cow::Borrowed(rest)
    })
}
