//! What takes long or writes much: a document asks for one of these at most, and none comes by a GET.

use async_graphql::{
    ServerResult,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet},
};

use super::{operation, too_complex};

/// These are mutations, and subscriptions that do something.
const HEAVY: [&str; 5] =
    ["createDataExport", "storageLocationTest", "testStorageLocation", "uploadDataExport", "verifyDataExport"];

/// Refuses a document that asks for more than one.
pub(super) fn check(document: &ExecutableDocument) -> ServerResult<()> {
    for (_, operation) in document.operations.iter() {
        if count(document, &operation.node) > 1 {
            let message = format!("A document may have one of these, once: {}.", HEAVY.join(", "));
            return Err(too_complex(message));
        }
    }
    Ok(())
}

/// Whether the operation that would be executed asks for one.
pub fn is_heavy(document: &ExecutableDocument, name: Option<&str>) -> bool {
    operation(document, name).is_some_and(|operation| count(document, operation) > 0)
}

fn count(document: &ExecutableDocument, operation: &OperationDefinition) -> u64 {
    let mut found = 0;
    if operation.ty != OperationType::Query {
        walk(document, &operation.selection_set.node, &mut Vec::new(), &mut found);
    }
    found
}

fn walk<'a>(
    document: &'a ExecutableDocument,
    selections: &'a SelectionSet,
    inside: &mut Vec<&'a str>,
    found: &mut u64,
) {
    for selection in &selections.items {
        match &selection.node {
            Selection::Field(field) => *found += u64::from(HEAVY.contains(&field.node.name.node.as_str())),
            Selection::InlineFragment(inline) => walk(document, &inline.node.selection_set.node, inside, found),
            Selection::FragmentSpread(spread) => {
                let name = spread.node.fragment_name.node.as_str();
                // One that spreads itself is for the validation to refuse.
                if let Some(fragment) = document.fragments.get(name).filter(|_| !inside.contains(&name)) {
                    inside.push(name);
                    walk(document, &fragment.node.selection_set.node, inside, found);
                    inside.pop();
                }
            }
        }
    }
}
