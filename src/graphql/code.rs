//! The codes of errors (`extensions.code`), which programs may rely on. What a user can correct in an input is none of these: it
//! comes back in a payload's `userErrors`.

use async_graphql::{ErrorExtensionValues, ServerError, Value};

macro_rules! codes {
    ($( $name:ident = $text:literal, $what:literal; )*) => {
        /// A stable code for why something was not done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $( #[doc = $what] $name, )*
        }

        impl Code {
            /// All of them, in the order in which a request meets them.
            pub const ALL: &[Self] = &[$( Self::$name, )*];

            /// As clients see it.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$name => $text, )* }
            }

            /// What it means, and what to do.
            pub fn meaning(self) -> &'static str {
                match self { $( Self::$name => $what, )* }
            }
        }
    };
}

codes! {
    Misdirected = "MISDIRECTED", "The server listens for its own machine and was asked by another name. Set `--public-url` if it is meant.";
    Unauthenticated = "UNAUTHENTICATED", "There is no token, or it is unknown, revoked or expired, or the session is. Sign in again, or make another token.";
    ForeignOrigin = "FOREIGN_ORIGIN", "A page of another origin asked, or somebody by a session who is no page. Set `--allowed-origin` or `--public-url` if the page is yours; programs use a token.";
    RateLimited = "RATE_LIMITED", "Too many requests, or too many wrong tokens. Wait for as long as `Retry-After` says.";
    TooManyStreams = "TOO_MANY_STREAMS", "The token has too many WebSockets, event streams or subscriptions open. Close some.";
    MethodNotAllowed = "METHOD_NOT_ALLOWED", "By GET come queries alone, and not every address takes every method: `Allow` says which.";
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", "The body is not `application/json` in UTF-8.";
    NotAcceptable = "NOT_ACCEPTABLE", "There is no answer in any of the media types of `Accept`.";
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", "The body is longer than `body-bytes`.";
    BadRequest = "BAD_REQUEST", "It is no GraphQL request: the message says what of it is not.";
    DocumentTooLarge = "DOCUMENT_TOO_LARGE", "The document has more bytes or tokens than it may: the message names the limit. Use variables, or ask in parts.";
    ParseFailed = "GRAPHQL_PARSE_FAILED", "The document is not GraphQL: the message says what was expected, and where.";
    TooComplex = "TOO_COMPLEX", "The document asks for too much: the message names the limit. Ask in parts, or have it raised.";
    ValidationFailed = "GRAPHQL_VALIDATION_FAILED", "The document or its variables do not fit the schema: the message says where.";
    BadUserInput = "BAD_USER_INPUT", "It is not said which operation is meant, it cannot come this way, or an input is not usable: the message says which.";
    Forbidden = "FORBIDDEN", "The token's role is not enough for this field. The message says which is.";
    BadArgument = "BAD_ARGUMENT", "An argument is out of its range: the message says what it may be.";
    LinkRefused = "LINK_REFUSED", "A download link was altered, or its time is over. Ask for `downloadUrl` again.";
    RangeNotSatisfiable = "RANGE_NOT_SATISFIABLE", "The range lies outside of the archive, whose length is in `Content-Range`.";
    NotFound = "NOT_FOUND", "There is no such thing, or not any more.";
    RequestTimeout = "REQUEST_TIMEOUT", "The body did not come in time, or the answer. What was begun is done all the same: look before you repeat it.";
    Unavailable = "UNAVAILABLE", "The server cannot reach its tokens or a file at the moment. Try again; its log says why.";
    Internal = "INTERNAL", "A fault of the server. Its log says why, under the `requestId`.";
}

impl Code {
    /// Gives it to an error that has none.
    pub fn give_to(self, error: &mut ServerError) {
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if extensions.get("code").is_none() {
            extensions.set("code", Value::from(self.as_str()));
        }
    }

    /// An error with this code.
    pub fn error(self, message: impl Into<String>) -> ServerError {
        let mut error = ServerError::new(message, None);
        self.give_to(&mut error);
        error
    }
}
