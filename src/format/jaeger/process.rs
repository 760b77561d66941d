//! Processes: what emitted the spans.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

use super::span::{Issue, read_tags};
use super::tag::{Binary, Tag, read_elevated};
use crate::format::json::{JsonReader, JsonResult};
use crate::model::{BlockBuilder, PairIx, ResourceFields, ResourceIx, Value};

/// The service name by which Jaeger says that the resource has no attributes at all.
pub(super) const NO_SERVICE: &str = "OTLPResourceNoServiceName";

/// A service and its tags.
#[derive(Debug, Default)]
pub(super) struct Process<'a> {
    service: Cow<'a, str>,
    tags: Vec<Tag<'a>>,
}

impl<'a> Process<'a> {
    pub(super) fn read(
        json: &mut JsonReader<'a>,
        path: &dyn Display,
        issues: &mut Vec<Issue>,
        binary: Binary,
    ) -> JsonResult<Self> {
        let mut process = Self::default();
        json.enter_object()?;
        while let Some(key) = json.next_key()? {
            match &*key {
                "serviceName" => process.service = json.scalar_text()?.unwrap_or_default(),
                "tags" => {
                    let path = format_args!("{path}.tags");
                    read_tags(json, &path, &mut process.tags, issues, binary)?;
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

/// The processes of one trace by the names that its spans give them.
#[derive(Debug, Default)]
pub(super) struct Processes<'a> {
    by_id: HashMap<Cow<'a, str>, Known<'a>>,
    unknown: Option<String>,
}

#[derive(Debug)]
struct Known<'a> {
    process: Process<'a>,
    /// Its resource in the block that is being built.
    resource: Option<ResourceIx>,
}

impl<'a> Processes<'a> {
    pub(super) fn read(
        &mut self,
        json: &mut JsonReader<'a>,
        issues: &mut Vec<Issue>,
    ) -> JsonResult<()> {
        if json.take_null()? {
            return Ok(());
        }
        json.enter_object()?;
        while let Some(id) = json.next_key()? {
            let path = format_args!("processes.{id}");
            let process = Process::read(json, &path, issues, Binary::Base64)?;
            self.by_id.insert(
                id,
                Known {
                    process,
                    resource: None,
                },
            );
        }
        Ok(())
    }

    /// The resource of the process that a span names, if it is known.
    pub(super) fn resource(
        &mut self,
        id: &str,
        builder: &mut BlockBuilder,
        pairs: &mut Vec<PairIx>,
    ) -> Option<ResourceIx> {
        let known = self.by_id.get_mut(id)?;
        Some(
            *known
                .resource
                .get_or_insert_with(|| known.process.resource(builder, pairs)),
        )
    }

    /// Takes note of a process that spans name but nothing describes. From now on it is known,
    /// as one without a service, so that it is noted once.
    pub(super) fn miss(&mut self, id: Cow<'a, str>) {
        self.unknown = Some(id.clone().into_owned());
        let process = Process {
            service: Cow::Borrowed(NO_SERVICE),
            tags: Vec::new(),
        };
        self.by_id.insert(
            id,
            Known {
                process,
                resource: None,
            },
        );
    }

    /// The process that was missed last, once.
    pub(super) fn take_unknown(&mut self) -> Option<String> {
        self.unknown.take()
    }

    /// Forgets the resources of the block that was built: another one begins.
    pub(super) fn new_block(&mut self) {
        for known in self.by_id.values_mut() {
            known.resource = None;
        }
    }
}
