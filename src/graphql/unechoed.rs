//! What an error of the library tells: a stable code, and no input that is wrong. Such an input may hold a secret, and answers
//! are logged by many.
//!
//! async-graphql says of it `Expected input type "X", found …`, with all that was sent. As an extension of the schema this holds
//! for every way in.

use std::sync::Arc;

use async_graphql::{
    Response, ServerError, ValidationResult,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextRequest, NextSubscribe, NextValidation,
    },
};
use futures_util::{StreamExt, stream::BoxStream};

use super::code::Code;

/// How messages begin that repeat an input, what stands before the input in them, and what is said in its place. Before it stand
/// names of the schema, in which there is nothing of the input.
const ECHOES: [(&str, &str, &str); 7] = [
    ("Expected input type ", ", found ", ", found something else."),
    ("Invalid value for argument ", " unknown field ", " there is no field of a name that was sent."),
    ("Invalid value for argument ", " does not contain the value ", " does not contain the value that was sent."),
    ("Failed to parse ", " does not contain value ", " does not contain the value that was sent."),
    // And two that say too little.
    (
        "Query is too complex.",
        "Query is too complex.",
        "The document costs too much (`document-complexity`): ask for less, or in parts.",
    ),
    (
        "Subscriptions are not supported",
        "Subscriptions are not supported",
        "A subscription comes over a WebSocket, or as events: send `Accept: text/event-stream`.",
    ),
    ("Unknown operation named ", "Unknown operation named ", "There is no operation of the name that was sent."),
];

/// Most errors of one document that are told.
const ERRORS_MAXIMUM: usize = 20;

/// What is said of a document that costs too much.
const TOO_COMPLEX: &str = "Query is too complex.";

/// Takes inputs out of the messages of a schema.
pub(super) struct Unechoed;

impl ExtensionFactory for Unechoed {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Unechoed {
    /// What does not fit the schema. There may be thousands of errors, and the first few are enough.
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        next.run(ctx).await.map_err(|mut errors| {
            errors.truncate(ERRORS_MAXIMUM);
            for error in &mut errors {
                let code = if error.message == TOO_COMPLEX { Code::TooComplex } else { Code::ValidationFailed };
                code.give_to(error);
                error.message = without_input(&error.message);
            }
            errors
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
        // What is left are inputs that are of the wrong kind, and what is said of the request as a whole.
        Code::BadUserInput.give_to(error);
    }
    response
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
