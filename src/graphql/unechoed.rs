//! An answer does not repeat an input that is wrong: it may hold a secret, and answers are logged by many.
//!
//! async-graphql says of such an input `Expected input type "X", found …`, with all that was sent; and of a document that is
//! none, it shows the line. As an extension of the schema this holds for every way in.

use std::sync::Arc;

use async_graphql::{
    Response, ServerResult, Variables,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextRequest, NextSubscribe,
    },
    parser::types::ExecutableDocument,
};
use futures_util::{StreamExt, stream::BoxStream};

/// How messages begin that repeat an input, what stands before the input in them, and what is said in its place. Before it stand
/// names of the schema, in which there is nothing of the input.
const ECHOES: [(&str, &str, &str); 4] = [
    ("Expected input type ", ", found ", ", found something else."),
    ("Invalid value for argument ", " does not contain the value ", " does not contain the value that was sent."),
    ("Failed to parse ", " does not contain value ", " does not contain the value that was sent."),
    ("Unknown operation named ", "Unknown operation named ", "There is no operation of the name that was sent."),
];

/// Takes inputs out of the messages of a schema.
pub(super) struct Unechoed;

impl ExtensionFactory for Unechoed {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Unechoed {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        next.run(ctx, query, variables).await.map_err(|mut error| {
            error.message = without_line(&error.message);
            error
        })
    }

    /// What comes by POST.
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        cleared(next.run(ctx).await)
    }

    /// Queries and mutations, of those also what comes over a WebSocket.
    async fn execute(&self, ctx: &ExtensionContext<'_>, operation: Option<&str>, next: NextExecute<'_>) -> Response {
        cleared(next.run(ctx, operation).await)
    }

    /// Subscriptions.
    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        next.run(ctx, stream).map(cleared).boxed()
    }
}

fn cleared(mut response: Response) -> Response {
    for error in &mut response.errors {
        error.message = without_input(&error.message);
    }
    response
}

/// Of a picture of the line and what was expected there, only the latter.
fn without_line(message: &str) -> String {
    let shows_line = message.trim_start().starts_with("-->");
    if !shows_line {
        return message.to_owned();
    }
    let expected = message.rsplit('\n').find_map(|line| line.trim_start().strip_prefix("= "));
    format!("The document is not GraphQL: {}.", expected.unwrap_or("it cannot be read"))
}

fn without_input(message: &str) -> String {
    let said = ECHOES.iter().find_map(|(beginning, before, instead)| {
        let (kept, _) = message.starts_with(beginning).then(|| message.split_once(before))??;
        Some(format!("{kept}{instead}"))
    });
    said.unwrap_or_else(|| message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_expected_stays_and_what_was_sent_goes() {
        let message = r#"Expected input type "Int", found "hunter2, found ". (occurred while parsing "SftpInput")"#;
        assert_eq!(without_input(message), r#"Expected input type "Int", found something else."#);
        let message = r#"Invalid value for argument "a", enumeration type "E" does not contain the value "hunter2""#;
        let kept = r#"Invalid value for argument "a", enumeration type "E" does not contain the value that was sent."#;
        assert_eq!(without_input(message), kept);
        assert!(!without_input(r#"Unknown operation named "hunter2""#).contains("hunter2"));
        assert_eq!(without_input("The export, found there."), "The export, found there.");
    }
}
