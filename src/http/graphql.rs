//! `/graphql`, as GraphQL over HTTP has it (<https://graphql.github.io/graphql-over-http/draft/>): queries by GET, queries and
//! mutations by POST. A GET that asks for a WebSocket is handed on to [`websocket`], and whoever wants an event stream gets one
//! from [`event_stream`].

use std::collections::HashMap;

use async_graphql::{Request, parser::types::OperationType};
use async_graphql_axum::GraphQLProtocol;
use axum::{
    Extension,
    body::Body,
    extract::{Query, State, WebSocketUpgrade, rejection::QueryRejection, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    App, auth, body,
    client::Client,
    event_stream,
    media_type::{Media, is_json, takes_events},
    operation::{self, Asked},
    problem::Problem,
    request_id::RequestId,
    websocket,
};
use crate::graphql::Code;

/// Executes an operation that came by POST.
pub(super) async fn post(
    State(app): State<App>,
    Extension(client): Extension<Client>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let caller = match auth::caller(&app, &headers, client).await {
        Ok(caller) => caller,
        Err(refused) => return refused.into_response(),
    };
    if !is_json(&headers) {
        return body::unsupported();
    }
    let read = match body::read(&app, &headers, body, app.limits.body_bytes).await {
        Ok(read) => read,
        Err(problem) => return problem.into_response(),
    };
    if read.trim_ascii_start().starts_with(b"[") {
        return Problem::bad_request("There are no batches: send one operation a request.").into_response();
    }
    let fields = serde_json::from_slice::<Map<String, Value>>(&read).map_err(unreadable);
    let public_url = app.reach.public_url(&headers, client.secure);
    answer(&app, Asked { caller, public_url, id }, &headers, fields.and_then(operation::request)).await
}

/// Executes a query that came by GET, or opens a WebSocket.
pub(super) async fn get(
    State(app): State<App>,
    Extension(client): Extension<Client>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    protocol: Result<GraphQLProtocol, StatusCode>,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Response {
    if let Ok(upgrade) = upgrade {
        return websocket::open(app, &headers, client, upgrade, protocol);
    }
    let caller = match auth::caller(&app, &headers, client).await {
        Ok(caller) => caller,
        Err(refused) => return refused.into_response(),
    };
    let Ok(Query(parameters)) = parameters else {
        return Problem::bad_request("The parameters of the address cannot be read.").into_response();
    };
    let request = fields(parameters).and_then(operation::request);
    let kind = request.as_ref().ok().and_then(|request| operation::kind(&app, request));
    // A browser's `EventSource` asks again by itself whenever it is cut off.
    let does_something = request.as_ref().is_ok_and(|request| operation::is_heavy(&app, request));
    let allowed = match kind {
        Some(OperationType::Mutation) => false,
        Some(OperationType::Subscription) => takes_events(&headers) && !does_something,
        // Of what is no document, the execution tells.
        Some(OperationType::Query) | None => true,
    };
    if !allowed {
        let message =
            "By GET come queries alone, and subscriptions that only watch, as text/event-stream: send this by POST.";
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, Code::MethodNotAllowed, message)
            .with(header::ALLOW, HeaderValue::from_static("POST"))
            .into_response();
    }
    let public_url = app.reach.public_url(&headers, client.secure);
    answer(&app, Asked { caller, public_url, id }, &headers, request).await
}

/// The fields of a request in the parameters of an address, of which two are JSON.
fn fields(parameters: HashMap<String, String>) -> Result<Map<String, Value>, String> {
    let mut fields = Map::new();
    for (name, value) in parameters {
        let value = match name.as_str() {
            "variables" | "extensions" => serde_json::from_str(&value).map_err(unreadable)?,
            _ => Value::String(value),
        };
        fields.insert(name, value);
    }
    Ok(fields)
}

/// Where it is not JSON, and not what: the cause may quote a secret.
#[expect(clippy::needless_pass_by_value, reason = "it stands where an error is mapped")]
fn unreadable(cause: serde_json::Error) -> String {
    format!(
        "This is not a GraphQL request in JSON, as can be seen at line {}, column {}.",
        cause.line(),
        cause.column()
    )
}

async fn answer(app: &App, asked: Asked, headers: &HeaderMap, request: Result<Request, String>) -> Response {
    let request = match request {
        Ok(request) => request,
        Err(message) => return unusable(headers, message, &asked),
    };
    // A subscription comes as events if that will do, everything else if nothing would do better.
    let events = || operation::kind(app, &request) == Some(OperationType::Subscription);
    let media = match Media::accepted(headers) {
        Some(media) if media != Media::EventStream && takes_events(headers) && events() => Media::EventStream,
        Some(media) => media,
        None => return not_acceptable(),
    };
    if media == Media::EventStream {
        return event_stream::open(app, asked, request).await;
    }
    let response = operation::execute(app.clone(), asked, request).await;
    let mut body = json!(response);
    if !operation::was_not_executed(&response) {
        return written(media, StatusCode::OK, &body);
    }
    if let Some(fields) = body.as_object_mut() {
        // That there are none is said by its absence (GraphQL, section 7.1).
        fields.remove("data");
    }
    let status = match operation::refused_status(&response) {
        StatusCode::BAD_REQUEST if media == Media::Json => StatusCode::OK,
        status => status,
    };
    written(media, status, &body)
}

/// The answer to what is no request.
fn unusable(headers: &HeaderMap, message: String, asked: &Asked) -> Response {
    let Some(media) = Media::accepted(headers).map(Media::or_json) else { return not_acceptable() };
    let extensions = json!({"code": Code::BadRequest.as_str(), "requestId": asked.id.to_string()});
    let body = json!({"errors": [{"message": message, "extensions": extensions}]});
    written(media, StatusCode::BAD_REQUEST, &body)
}

fn not_acceptable() -> Response {
    let known = "Answers are application/graphql-response+json or application/json, in UTF-8, or text/event-stream.";
    Problem::new(StatusCode::NOT_ACCEPTABLE, Code::NotAcceptable, known).into_response()
}

fn written(media: Media, status: StatusCode, body: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media.content_type()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::VARY, HeaderValue::from_static("accept, authorization, cookie")),
    ];
    (status, headers, body.to_string()).into_response()
}
