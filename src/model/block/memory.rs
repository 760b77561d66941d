//! What all columns of a block are asked alike: bytes, room, and to be emptied.

use super::Block;
use crate::model::column::Column;

impl Block {
    /// Heap bytes held, exactly: the sum of every column's capacity.
    pub fn bytes(&self) -> usize {
        let columns = self.columns().into_iter();
        columns.map(Column::bytes).sum()
    }

    /// Makes room for so many more spans and attributes of theirs.
    pub(in crate::model) fn reserve(&mut self, spans: usize, attributes: usize) {
        self.trace.reserve(spans);
        self.span_id.reserve_exact(spans);
        self.parent_id.reserve_exact(spans);
        self.start.reserve_exact(spans);
        self.duration.reserve_exact(spans);
        self.operation.reserve(spans);
        self.resource.reserve(spans);
        self.scope.reserve(spans);
        self.marks.reserve_exact(spans);
        self.attribute_end.reserve_exact(spans);
        self.attribute.reserve_exact(attributes);
    }

    /// Nothing is added any more: what helps readers is noted.
    pub(in crate::model) fn note(&mut self) {
        self.dictionary.note();
    }

    /// Nothing is added any more: notes what helps readers, and gives spare capacity back.
    pub(in crate::model) fn seal(&mut self) {
        self.note();
        self.columns_mut().into_iter().for_each(Column::shrink);
    }

    /// Takes everything out, keeping the memory.
    pub(in crate::model) fn clear(&mut self) {
        self.columns_mut().into_iter().for_each(Column::clear);
    }

    fn columns(&self) -> [&dyn Column; 26] {
        [
            &self.dictionary,
            &self.traces,
            &self.trace,
            &self.span_id,
            &self.parent_id,
            &self.start,
            &self.duration,
            &self.operation,
            &self.resource,
            &self.scope,
            &self.marks,
            &self.attribute_end,
            &self.attribute,
            &self.operations,
            &self.resources,
            &self.scopes,
            &self.lists,
            &self.events,
            &self.links,
            &self.status_message,
            &self.trace_state,
            &self.flags,
            &self.backwards,
            &self.dropped,
            &self.warnings,
            &self.logs,
        ]
    }

    fn columns_mut(&mut self) -> [&mut dyn Column; 26] {
        [
            &mut self.dictionary,
            &mut self.traces,
            &mut self.trace,
            &mut self.span_id,
            &mut self.parent_id,
            &mut self.start,
            &mut self.duration,
            &mut self.operation,
            &mut self.resource,
            &mut self.scope,
            &mut self.marks,
            &mut self.attribute_end,
            &mut self.attribute,
            &mut self.operations,
            &mut self.resources,
            &mut self.scopes,
            &mut self.lists,
            &mut self.events,
            &mut self.links,
            &mut self.status_message,
            &mut self.trace_state,
            &mut self.flags,
            &mut self.backwards,
            &mut self.dropped,
            &mut self.warnings,
            &mut self.logs,
        ]
    }
}
