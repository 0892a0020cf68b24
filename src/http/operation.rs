//! An operation, whichever way it came: what it is made of, its execution, and the request's id in its errors.

use async_graphql::{Request, Response, ServerError, Value as Const, parser::types::OperationType};
use axum::http::StatusCode;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::{App, auth::Caller, request_id::RequestId};
use crate::graphql::{self, Code, PublicUrl};

/// Who asks, where their links lead, and under which id.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) caller: Caller,
    pub(super) public_url: PublicUrl,
    pub(super) id: RequestId,
}

/// The request of these fields, if they make one; else what is wrong.
pub(super) fn request(fields: Map<String, Value>) -> Result<Request, String> {
    if !fields.get("query").is_some_and(Value::is_string) {
        return Err("There is no `query`, which is the text of the document.".into());
    }
    serde_json::from_value(Value::Object(fields))
        .map_err(|_| "`operationName` must be a text, `variables` and `extensions` objects, or null.".to_owned())
}

/// What would be executed; None if that cannot be told, which the execution says.
pub(super) fn kind(app: &App, request: &Request) -> Option<OperationType> {
    let document = graphql::parse(&request.query, &app.limits).ok()?;
    graphql::operation_type(&document, request.operation_name.as_deref())
}

/// Whether it would do something that takes long or writes much, whatever its kind.
pub(super) fn is_heavy(app: &App, request: &Request) -> bool {
    let document = graphql::parse(&request.query, &app.limits);
    document.is_ok_and(|document| graphql::is_heavy(&document, request.operation_name.as_deref()))
}

/// Executes a query or a mutation, from now on and on a task of its own: what was begun is done, even if the client goes away in
/// the middle.
pub(super) fn execute(app: App, asked: Asked, request: Request) -> impl Future<Output = Response> + Send + use<> {
    let id = asked.id;
    let request = request.data(asked.caller.viewer).data(asked.public_url);
    let schema = app.schema.clone();
    let executing = app.tasks.spawn(async move { schema.execute(request).await }.instrument(id.span()));
    async move { executing.await.map_or_else(|_| died(id), |response| identified(response, id)) }
}

/// All answers to an operation of any kind. They are made on a task of its own, one ahead: a client that does not take them holds
/// up nothing that others wait for, such as a connection to the database. What is watched ends when this is dropped.
pub(super) fn answers(app: &App, asked: Asked, request: Request) -> BoxStream<'static, Response> {
    if kind(app, &request) != Some(OperationType::Subscription) {
        return stream::once(execute(app.clone(), asked, request)).boxed();
    }
    let id = asked.id;
    let request = request.data(asked.caller.viewer).data(asked.public_url);
    let mut states = app.schema.execute_stream(request);
    let (shown, given) = mpsc::channel(1);
    let watching = async move {
        while let Some(state) = states.next().await {
            if shown.send(identified(state, id)).await.is_err() {
                return;
            }
        }
    };
    let watching = AbortOnDropHandle::new(app.tasks.spawn(watching.instrument(id.span())));
    // One that dies has not come to its end.
    let end = async move { watching.await.err().map(|_| died(id)) };
    ReceiverStream::new(given).map(Some).chain(stream::once(end)).filter_map(std::future::ready).boxed()
}

/// The answer in the place of an operation's that died.
fn died(id: RequestId) -> Response {
    // Why is told by what tells of panics; what is in the error itself may hold a secret.
    tracing::error!(request = %id, "an operation died");
    refused(Code::Internal, "The server failed. Its log tells why, under the request's id.", id)
}

/// The answer to an operation that is not executed.
pub(super) fn refused(code: Code, message: impl Into<String>, id: RequestId) -> Response {
    identified(Response::from_errors(vec![code.error(message)]), id)
}

/// The status of an operation that was not executed.
pub(super) fn refused_status(response: &Response) -> StatusCode {
    let code = |error: &ServerError| error.extensions.as_ref().and_then(|extensions| extensions.get("code").cloned());
    let died = response.errors.iter().any(|error| code(error) == Some(Const::from(Code::Internal.as_str())));
    if died { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST }
}

/// Whether the document was refused as a whole: it does not parse, is not valid, or says not what to execute.
pub(super) fn was_not_executed(response: &Response) -> bool {
    let no_data = response.data == Const::Null;
    no_data && response.is_err() && response.errors.iter().all(|error| error.path.is_empty())
}

fn identified(mut response: Response, id: RequestId) -> Response {
    for error in &mut response.errors {
        error.extensions.get_or_insert_default().set("requestId", id.to_string());
    }
    response
}
