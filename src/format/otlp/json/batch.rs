//! `ResourceSpans` and `ResourceLogs`, and the scopes in them.

use super::Decoder;
use crate::format::json::{JsonReader, JsonResult};
use crate::model::{PairIx, ResourceFields, ScopeFields, Sym};

impl Decoder<'_, '_> {
    /// `ResourceSpans` or `ResourceLogs`.
    pub(super) fn batch(&mut self) -> JsonResult<()> {
        if let Err(error) = self.json.attempt(JsonReader::enter_object)? {
            self.note(error);
            return Ok(());
        }
        let mark = self.builder.mark();
        let mut attributes = Vec::new();
        let mut fields = ResourceFields::default();
        // Also where the text breaks off, the spans before get their resource.
        let result = self.batch_members(&mut attributes, &mut fields);
        let resource = self.builder.resource(ResourceFields {
            attributes: &attributes,
            ..fields
        });
        self.builder.assign_resource(mark, resource);
        result
    }

    fn batch_members(
        &mut self,
        attributes: &mut Vec<PairIx>,
        fields: &mut ResourceFields<'_>,
    ) -> JsonResult<()> {
        while let Some(key) = self.json.next_key()? {
            match &*key {
                "resource" => {
                    let (list, dropped) = self.lenient(Self::resource)?.unwrap_or_default();
                    (*attributes, fields.dropped) = (list, dropped);
                }
                "scopeSpans"
                | "scope_spans"
                | "instrumentationLibrarySpans"
                | "instrumentation_library_spans"
                | "scopeLogs"
                | "scope_logs" => self.each(1, Self::scope_batch)?,
                "schemaUrl" | "schema_url" => fields.schema_url = self.text()?,
                _ => drop(self.json.skip()?),
            }
        }
        Ok(())
    }

    fn resource(&mut self) -> JsonResult<(Vec<PairIx>, u32)> {
        let mut dropped = 0;
        self.attributes.clear();
        self.object(|decoder, key| {
            match key {
                "attributes" => decoder.attributes()?,
                "droppedAttributesCount" | "dropped_attributes_count" => {
                    dropped = decoder.count()?;
                }
                _ => drop(decoder.json.skip()?),
            }
            Ok(())
        })?;
        Ok((std::mem::take(&mut self.attributes), dropped))
    }

    /// `ScopeSpans` or `ScopeLogs`.
    fn scope_batch(&mut self) -> JsonResult<()> {
        if let Err(error) = self.json.attempt(JsonReader::enter_object)? {
            self.note(error);
            return Ok(());
        }
        let mark = self.builder.mark();
        let mut attributes = Vec::new();
        let mut fields = ScopeFields::default();
        let result = self.scope_members(&mut attributes, &mut fields);
        let scope = self.builder.scope(ScopeFields {
            attributes: &attributes,
            ..fields
        });
        self.builder.assign_scope(mark, scope);
        result
    }

    fn scope_members(
        &mut self,
        attributes: &mut Vec<PairIx>,
        fields: &mut ScopeFields<'_>,
    ) -> JsonResult<()> {
        while let Some(key) = self.json.next_key()? {
            match &*key {
                "scope" | "instrumentationLibrary" | "instrumentation_library" => {
                    let scope = self.lenient(Self::scope)?;
                    (*attributes, fields.name, fields.version, fields.dropped) =
                        scope.unwrap_or_default();
                }
                "spans" => self.each(2, Self::span)?,
                "logRecords" | "log_records" => self.each(2, Self::log)?,
                "schemaUrl" | "schema_url" => fields.schema_url = self.text()?,
                _ => drop(self.json.skip()?),
            }
        }
        Ok(())
    }

    fn scope(&mut self) -> JsonResult<(Vec<PairIx>, Sym, Sym, u32)> {
        let (mut name, mut version, mut dropped) = (Sym::EMPTY, Sym::EMPTY, 0);
        self.attributes.clear();
        self.object(|decoder, key| {
            match key {
                "name" => name = decoder.required_text()?,
                "version" => version = decoder.required_text()?,
                "attributes" => decoder.attributes()?,
                "droppedAttributesCount" | "dropped_attributes_count" => {
                    dropped = decoder.count()?;
                }
                _ => drop(decoder.json.skip()?),
            }
            Ok(())
        })?;
        Ok((std::mem::take(&mut self.attributes), name, version, dropped))
    }
}
