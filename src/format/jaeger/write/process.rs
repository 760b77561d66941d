//! The processes of a trace, which its spans name.

use std::collections::HashMap;
use std::io;

use super::tag::tag;
use crate::format::jaeger::process::NO_SERVICE;
use crate::format::json::JsonWriter;
use crate::model::{Block, ResourceIx, ResourceRef, SpanRef};

/// The processes of a trace in order of first appearance: equal ones are one.
#[derive(Default)]
pub(super) struct Processes {
    known: HashMap<(*const Block, ResourceIx), usize>,
    by_text: HashMap<String, usize>,
    pub(super) texts: Vec<String>,
}

impl Processes {
    /// The number of the span's process, from 1.
    pub(super) fn id_of(&mut self, span: SpanRef<'_>) -> io::Result<usize> {
        let resource = span.resource();
        let key = (std::ptr::from_ref(span.block()), resource.index());
        if let Some(&id) = self.known.get(&key) {
            return Ok(id);
        }
        let text = process(resource)?;
        let id = *self.by_text.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            self.texts.len()
        });
        self.known.insert(key, id);
        Ok(id)
    }
}

fn process(resource: ResourceRef<'_>) -> io::Result<String> {
    let mut text = Vec::new();
    let mut json = JsonWriter::new(&mut text);
    let attributes = resource.attributes();
    let name = attributes
        .iter()
        .position(|(key, value)| key == "service.name" && value.as_str().is_some());
    json.begin_object();
    json.key("serviceName").string(if attributes.is_empty() {
        NO_SERVICE
    } else {
        resource.service()
    });
    json.key("tags").begin_array();
    for (index, (key, value)) in attributes.iter().enumerate() {
        if Some(index) != name {
            tag(&mut json, key, value);
        }
    }
    json.end_array();
    json.end_object();
    json.flush()?;
    Ok(String::from_utf8(text).unwrap_or_default())
}
