//! Processes: what emitted the spans.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

use foldhash::fast::RandomState;

use super::issue::Issue;
use super::tag::{Tag, Tags, read_elevated};
use crate::format::json::{JsonReader, JsonResult};
use crate::format::problem::{Place, Reason};
use crate::model::{BlockBuilder, Mark, PairIx, ResourceFields, ResourceIx, Value};

/// The service name by which Jaeger says that the resource has no attributes at all.
pub(super) const NO_SERVICE: &str = "OTLPResourceNoServiceName";

/// A service and its tags.
#[derive(Debug, Default)]
pub(super) struct Process<'a> {
    service: Cow<'a, str>,
    tags: Vec<Tag<'a>>,
}

impl<'a> Process<'a> {
    pub(super) fn new(service: Cow<'a, str>, tags: Vec<Tag<'a>>) -> Self {
        Self { service, tags }
    }

    /// What nothing describes.
    pub(super) fn unknown() -> Self {
        Self {
            service: Cow::Borrowed(NO_SERVICE),
            tags: Vec::new(),
        }
    }

    pub(super) fn read(
        json: &mut JsonReader<'a>,
        path: &dyn Display,
        issues: &mut Vec<Issue>,
        reader: &mut Tags<'a>,
    ) -> JsonResult<Self> {
        let mut process = Self::default();
        json.enter_object()?;
        while let Some(key) = json.next_key()? {
            match &*key {
                "serviceName" => process.service = json.scalar_text()?.unwrap_or_default(),
                "tags" => {
                    let path = format_args!("{path}.tags");
                    reader.list(json, &path, &mut process.tags, issues)?;
                }
                "tag" => read_elevated(json, &mut process.tags)?,
                _ => drop(json.skip()?),
            }
        }
        Ok(process)
    }

    pub(super) fn resource(
        &self,
        builder: &mut BlockBuilder,
        pairs: &mut Vec<PairIx>,
    ) -> ResourceIx {
        pairs.clear();
        if self.service != NO_SERVICE {
            pairs.push(builder.attribute("service.name", Value::Str(&self.service)));
        }
        pairs.extend(
            self.tags
                .iter()
                .map(|tag| builder.attribute(&tag.key, tag.value.as_value())),
        );
        builder.resource(ResourceFields {
            attributes: pairs,
            ..ResourceFields::default()
        })
    }
}

/// The processes of one trace by the names that its spans give them. Spans may come before them:
/// these get a stand-in for their resource until [`Self::settle`].
#[derive(Debug, Default)]
pub(super) struct Processes<'a> {
    by_id: HashMap<Cow<'a, str>, Known<'a>, RandomState>,
    /// Named by spans, but not described yet: a stand-in is a place in this list.
    awaited: Vec<Named<'a>>,
    described: bool,
}

#[derive(Debug)]
enum Known<'a> {
    Described {
        process: Process<'a>,
        /// Its resource in the block that is being built.
        resource: Option<ResourceIx>,
    },
    Awaited(ResourceIx),
}

/// A process by the name that spans give it, and the first of these.
#[derive(Debug)]
struct Named<'a> {
    id: Cow<'a, str>,
    at: usize,
    span: usize,
}

/// What spans in a builder wait for: the processes of a trace that goes on in another piece.
#[derive(Debug)]
pub(in crate::format) struct Awaited {
    mark: Mark,
    /// The names, in the order of their stand-ins, and where they were first met.
    names: Vec<(String, Place)>,
}

/// Stand-ins are counted down from here; a block has fewer resources.
const STAND_INS: u32 = u32::MAX;

fn stand_in(index: usize) -> ResourceIx {
    ResourceIx(STAND_INS - index as u32)
}

impl<'a> Processes<'a> {
    /// Processes by the text of their object alone; what is wrong with it is told elsewhere.
    pub(super) fn of(text: &'a [u8]) -> Self {
        let mut processes = Self::default();
        processes.describe(text);
        processes
    }

    /// Adds those of an object that stands elsewhere, where what is wrong with it is told.
    pub(super) fn describe(&mut self, text: &'a [u8]) {
        let mut json = JsonReader::new(text);
        if !json.at_end() {
            let mut reader = Tags::default();
            let _told_elsewhere = self.read(&mut json, &mut Vec::new(), &mut reader);
        }
    }

    pub(super) fn read(
        &mut self,
        json: &mut JsonReader<'a>,
        issues: &mut Vec<Issue>,
        reader: &mut Tags<'a>,
    ) -> JsonResult<()> {
        self.described = true;
        if json.take_null()? {
            return Ok(());
        }
        json.enter_object()?;
        while let Some(id) = json.next_key()? {
            let path = format_args!("processes.{id}");
            let process = Process::read(json, &path, issues, reader)?;
            let known = Known::Described {
                process,
                resource: None,
            };
            self.by_id.insert(id, known);
        }
        Ok(())
    }

    /// Adds a process by the name that spans give it.
    pub(super) fn insert(&mut self, id: Cow<'a, str>, process: Process<'a>) {
        let resource = None;
        self.by_id
            .insert(id, Known::Described { process, resource });
    }

    /// Whether there was a list of them, however long.
    pub(super) fn are_described(&self) -> bool {
        self.described
    }

    /// Whether spans wait for any.
    pub(super) fn are_awaited(&self) -> bool {
        !self.awaited.is_empty()
    }

    /// The resource of the process that a span names, or the stand-in for it.
    pub(super) fn resource(
        &mut self,
        id: &str,
        builder: &mut BlockBuilder,
        pairs: &mut Vec<PairIx>,
    ) -> Option<ResourceIx> {
        match self.by_id.get_mut(id)? {
            Known::Awaited(stand_in) => Some(*stand_in),
            Known::Described { process, resource } => {
                Some(*resource.get_or_insert_with(|| process.resource(builder, pairs)))
            }
        }
    }

    /// The stand-in for a process that the span `at` an offset and an index is the first to name.
    pub(super) fn await_process(&mut self, id: Cow<'a, str>, at: (usize, usize)) -> ResourceIx {
        let stand_in = stand_in(self.awaited.len());
        self.by_id.insert(id.clone(), Known::Awaited(stand_in));
        self.awaited.push(Named {
            id,
            at: at.0,
            span: at.1,
        });
        stand_in
    }

    /// Gives the spans since `mark` their resources. What nothing describes is a process without a
    /// service, and told.
    pub(super) fn settle(mut self, mark: Mark, builder: &mut BlockBuilder) -> Vec<Issue> {
        let awaited = std::mem::take(&mut self.awaited);
        let names = awaited.iter().map(|named| &*named.id);
        let missing = self.replace(names, mark, builder);
        let missing = missing.iter().filter_map(|&index| awaited.get(index));
        let told = |named: &Named<'_>| Issue {
            at: named.at,
            path: path(named.span),
            reason: Reason::WrongType,
            message: missed(&named.id),
        };
        missing.map(told).collect()
    }

    /// Gives spans that wait for processes described here their resources; what is missing, and
    /// where it was named first.
    pub(super) fn explain(
        &mut self,
        awaited: &Awaited,
        builder: &mut BlockBuilder,
    ) -> Vec<(Place, String)> {
        let names = awaited.names.iter().map(|(name, _)| name.as_str());
        let missing = self.replace(names, awaited.mark, builder);
        let missing = missing.iter().filter_map(|&index| awaited.names.get(index));
        missing
            .map(|(name, place)| (place.clone(), missed(name)))
            .collect()
    }

    /// Puts resources in the place of stand-ins for `names`; which of these nothing describes.
    fn replace<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str>,
        mark: Mark,
        builder: &mut BlockBuilder,
    ) -> Vec<usize> {
        let mut pairs = Vec::new();
        let (mut resources, mut missing) = (Vec::new(), Vec::new());
        for (index, name) in names.enumerate() {
            let known = self.resource(name, builder, &mut pairs);
            let known = known.filter(|&resource| resource != stand_in(index));
            resources.push(known.unwrap_or_else(|| {
                missing.push(index);
                Process::unknown().resource(builder, &mut pairs)
            }));
        }
        if !resources.is_empty() {
            builder.replace_resources(mark, |resource| {
                let index = (STAND_INS - resource.0) as usize;
                resources.get(index).copied().unwrap_or(resource)
            });
        }
        missing
    }

    /// What the spans since `mark` wait for.
    pub(super) fn into_awaited(
        self,
        mark: Mark,
        place: impl Fn(usize, String) -> Place,
    ) -> Option<Awaited> {
        let name = |named: Named<'_>| (named.id.into_owned(), place(named.at, path(named.span)));
        let names: Vec<_> = self.awaited.into_iter().map(name).collect();
        (!names.is_empty()).then_some(Awaited { mark, names })
    }

    /// Forgets the resources of the block that was built: another one begins.
    pub(super) fn new_block(&mut self) {
        for known in self.by_id.values_mut() {
            if let Known::Described { resource, .. } = known {
                *resource = None;
            }
        }
    }
}

fn path(span: usize) -> String {
    format!("spans[{span}].processID")
}

fn missed(id: &str) -> String {
    format!("there is no process {id:?}; its spans have no service")
}
