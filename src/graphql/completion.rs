//! What the library leaves out of an answer: since 7.1 (pull request 1746 there) async-graphql drops a field that fails, whatever
//! its type, and gives the others in the order in which they came to their ends.
//!
//! GraphQL has the failed field as null; where its type has no null, whatever it is in; and fields as they are selected (sections
//! 6.4.4 and 7.2.2 of its specification of September 2025). As an extension of the schema this holds for every way in.

mod nulls;
mod order;

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    QueryPathSegment, Request, Response, ServerResult, Value, Variables,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextPrepareRequest, NextResolve,
        ResolveInfo,
    },
    parser::types::ExecutableDocument,
};

use nulls::Types;
use order::Order;

use super::document::operation;

/// Completes the answers of a schema.
pub(super) struct Completion;

/// The same for one request.
#[derive(Default)]
struct OfRequest {
    document: OnceLock<ExecutableDocument>,
    operation: OnceLock<Option<String>>,
    /// Whether a field has failed.
    failed: AtomicBool,
    /// The types of what has failed and of what that is in, by their names from the root.
    types: Mutex<Types>,
}

impl ExtensionFactory for Completion {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(OfRequest::default())
    }
}

#[async_trait::async_trait]
impl Extension for OfRequest {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        // It is called once for a request.
        let _ = self.operation.set(request.operation_name.clone());
        next.run(ctx, request).await
    }

    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(ctx, query, variables).await?;
        let _ = self.document.set(document.clone());
        Ok(document)
    }

    /// An operation, or one event of a subscription.
    async fn execute(&self, ctx: &ExtensionContext<'_>, operation: Option<&str>, next: NextExecute<'_>) -> Response {
        let mut response = next.run(ctx, operation).await;
        self.give_nulls(&mut response);
        self.put_in_order(&mut response.data);
        response
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let (path, kind) = (info.path_node, info.return_type);
        let resolved = next.run(ctx, info).await;
        if resolved.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        // What a failed field is in comes to its end after it. The items of a list come here too: their type stands in the list's.
        let is_field = matches!(path.segment, QueryPathSegment::Name(_));
        if is_field && self.failed.load(Ordering::Relaxed) {
            let names = path.to_string_vec().into_iter().filter(|segment| !is_index(segment)).collect::<Vec<_>>();
            self.types.lock().unwrap_or_else(PoisonError::into_inner).insert(names.join("."), kind.to_owned());
        }
        resolved
    }
}

impl OfRequest {
    fn give_nulls(&self, response: &mut Response) {
        let types = self.types.lock().unwrap_or_else(PoisonError::into_inner);
        let paths = response.errors.iter().map(|error| error.path.as_slice()).filter(|path| !path.is_empty());
        nulls::give(&mut response.data, paths, &types);
    }

    fn put_in_order(&self, data: &mut Value) {
        let Some(document) = self.document.get() else { return };
        let name = self.operation.get().and_then(Option::as_deref);
        if let Some(operation) = operation(document, name) {
            Order::of(&operation.selection_set.node, document).put(data);
        }
    }
}

/// GraphQL's names begin with no digit.
fn is_index(segment: &str) -> bool {
    segment.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Error, Object, Schema};
    use serde_json::{Value, json};

    use super::*;

    struct Query;
    struct Node(bool);

    #[Object]
    impl Query {
        async fn slow(&self) -> i32 {
            tokio::task::yield_now().await;
            1
        }
        async fn quick(&self) -> i32 {
            2
        }
        async fn perhaps(&self) -> Result<Option<i32>, Error> {
            Err("it failed".into())
        }
        async fn never_null(&self) -> Result<i32, Error> {
            Err("it failed".into())
        }
        async fn node(&self) -> Option<Node> {
            Some(Node(false))
        }
        async fn nodes(&self) -> Vec<Node> {
            vec![Node(true), Node(false)]
        }
        async fn sparse(&self) -> Vec<Option<Node>> {
            vec![Some(Node(true)), Some(Node(false))]
        }
        async fn nested(&self) -> Option<Vec<Vec<Node>>> {
            Some(vec![vec![Node(true)], vec![Node(false)]])
        }
    }

    #[Object]
    impl Node {
        async fn good(&self) -> bool {
            tokio::task::yield_now().await;
            self.0
        }
        async fn strict(&self) -> Result<i32, Error> {
            if self.0 { Ok(1) } else { Err("it failed".into()) }
        }
        async fn perhaps(&self) -> Result<Option<i32>, Error> {
            Err("it failed".into())
        }
        async fn node(&self) -> Option<Self> {
            Some(Self(self.0))
        }
    }

    async fn answer(query: &str) -> (Value, usize) {
        let schema = Schema::build(Query, EmptyMutation, EmptySubscription).extension(Completion).finish();
        let response = schema.execute(query).await;
        (json!(response.data), response.errors.len())
    }

    #[tokio::test]
    async fn a_field_that_fails_is_null_or_what_it_is_in_where_there_is_no_null() {
        for (query, data, errors) in [
            ("{ quick perhaps }", json!({"quick": 2, "perhaps": null}), 1),
            ("{ perhaps }", json!({"perhaps": null}), 1),
            ("{ node { perhaps } quick }", json!({"node": {"perhaps": null}, "quick": 2}), 1),
            ("{ sparse { perhaps strict } }", json!({"sparse": [{"perhaps": null, "strict": 1}, null]}), 3),
            ("{ quick neverNull }", json!(null), 1),
            ("{ node { good strict } quick }", json!({"node": null, "quick": 2}), 1),
            ("{ node { good node { strict } } }", json!({"node": {"good": false, "node": null}}), 1),
            ("{ nodes { strict } }", json!(null), 1),
            ("{ sparse { strict } perhaps }", json!({"sparse": [{"strict": 1}, null], "perhaps": null}), 2),
            ("{ nested { strict } quick }", json!({"nested": null, "quick": 2}), 1),
            (
                "{ a: perhaps b: perhaps ... on Query { c: node { strict d: strict } } }",
                json!({"a": null, "b": null, "c": null}),
                4,
            ),
        ] {
            assert_eq!(answer(query).await, (data, errors), "{query}");
        }
    }

    #[tokio::test]
    async fn fields_come_in_the_order_in_which_they_are_selected() {
        for (query, keys) in [
            ("{ slow quick }", r#"{"slow":1,"quick":2}"#),
            ("{ quick slow b: slow a: quick }", r#"{"quick":2,"slow":1,"b":1,"a":2}"#),
            (
                "{ ...f sparse { node { good } } quick } fragment f on Query { slow sparse { good a: strict } perhaps }",
                r#"{"slow":1,"sparse":[{"good":true,"a":1,"node":{"good":true}},null],"perhaps":null,"quick":2}"#,
            ),
            ("query ($no: Boolean = false) { slow @include(if: $no) quick b: slow }", r#"{"quick":2,"b":1}"#),
        ] {
            let told = answer(query).await.0.to_string();
            assert_eq!(told, keys, "{query}");
        }
    }
}
