//! The order of an answer's fields: that in which they are selected.

use async_graphql::{
    Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

/// The keys of an answer in their order, each with those of what is in it, whatever its type.
#[derive(Default)]
pub(super) struct Order<'a>(IndexMap<&'a str, Order<'a>>);

impl<'a> Order<'a> {
    /// What these selections make.
    pub(super) fn of(selections: &'a SelectionSet, document: &'a ExecutableDocument) -> Self {
        let mut order = Self::default();
        order.add(selections, document);
        order
    }

    fn add(&mut self, selections: &'a SelectionSet, document: &'a ExecutableDocument) {
        for selection in &selections.items {
            match &selection.node {
                Selection::Field(field) => {
                    let below = self.0.entry(field.node.response_key().node.as_str()).or_default();
                    below.add(&field.node.selection_set.node, document);
                }
                Selection::InlineFragment(inline) => self.add(&inline.node.selection_set.node, document),
                Selection::FragmentSpread(spread) => {
                    // None spreads itself: that was refused.
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        self.add(&fragment.node.selection_set.node, document);
                    }
                }
            }
        }
    }

    /// Puts the fields of a value into this order.
    pub(super) fn put(&self, value: &mut Value) {
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.put(item)),
            Value::Object(fields) => {
                let mut ordered = IndexMap::with_capacity(fields.len());
                for (key, below) in &self.0 {
                    if let Some((name, mut value)) = fields.swap_remove_entry(*key) {
                        below.put(&mut value);
                        ordered.insert(name, value);
                    }
                }
                // There is nothing else; if there were, it would not be lost.
                ordered.append(fields);
                *fields = ordered;
            }
            _ => {}
        }
    }
}
