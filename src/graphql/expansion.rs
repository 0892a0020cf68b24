//! A bound on what a document becomes when its fragments are spread.
//!
//! Fragments that spread each other make thousands of millions of fields out of a few hundred bytes, and the checks that
//! come later walk them all. So this is counted first, each fragment once, right after the document is parsed. As an
//! extension of the schema it holds for every way in.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    ServerError, ServerResult, Value, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery},
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

/// Most fields, spread fragments and all. GraphiQL's introspection has some hundreds.
const FIELDS_MAXIMUM: u64 = 10_000;

/// Deepest selection that is counted, through fragments and all: a deeper one counts as endless. async-graphql's own bound
/// is 32 for what an operation reaches.
const DEPTH_MAXIMUM: usize = 64;

/// Puts the bound on a schema.
pub(super) struct BoundedExpansion;

impl ExtensionFactory for BoundedExpansion {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for BoundedExpansion {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(ctx, query, variables).await?;
        if Expansion::of(&document) > FIELDS_MAXIMUM {
            let message = format!("The document has more than {FIELDS_MAXIMUM} fields when its fragments are spread.");
            let mut error = ServerError::new(message, None);
            error.extensions.get_or_insert_default().set("code", Value::from("TOO_COMPLEX"));
            return Err(error);
        }
        Ok(document)
    }
}

/// Counts fields.
struct Expansion<'a> {
    document: &'a ExecutableDocument,
    /// What each fragment comes to; that of one that is being counted is endless, since it spreads itself.
    fragments: HashMap<&'a str, u64>,
}

impl<'a> Expansion<'a> {
    /// The fields of all operations and of all fragments, used or not: the checks that come later walk those too.
    fn of(document: &'a ExecutableDocument) -> u64 {
        let mut expansion = Self { document, fragments: HashMap::new() };
        let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
        let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
        operations.chain(fragments).fold(0, |sum: u64, selections| sum.saturating_add(expansion.count(selections, 0)))
    }

    fn count(&mut self, selections: &'a SelectionSet, depth: usize) -> u64 {
        if depth > DEPTH_MAXIMUM {
            return u64::MAX;
        }
        let below = depth + 1;
        selections.items.iter().fold(0, |sum: u64, selection| {
            let inside = match &selection.node {
                Selection::Field(field) => self.count(&field.node.selection_set.node, below),
                Selection::InlineFragment(inline) => self.count(&inline.node.selection_set.node, below),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, below),
            };
            sum.saturating_add(inside).saturating_add(1)
        })
    }

    fn fragment(&mut self, name: &'a str, depth: usize) -> u64 {
        if let Some(count) = self.fragments.get(name) {
            return *count;
        }
        let document = self.document;
        // One that is not there is for the validation to refuse.
        let Some(fragment) = document.fragments.get(name) else { return 0 };
        self.fragments.insert(name, u64::MAX);
        let count = self.count(&fragment.node.selection_set.node, depth);
        self.fragments.insert(name, count);
        count
    }
}
