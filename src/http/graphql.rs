//! `/graphql`, as GraphQL over HTTP has it (<https://graphql.github.io/graphql-over-http/draft/>): queries by GET, queries and
//! mutations by POST. A GET that asks for a WebSocket is handed on to [`websocket`].

use std::collections::HashMap;

use async_graphql::parser::{parse_query, types::OperationType};
use async_graphql_axum::GraphQLProtocol;
use axum::{
    body::Bytes,
    extract::{Query, State, WebSocketUpgrade, rejection::QueryRejection, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    App, auth,
    media_type::{Media, is_json},
    websocket,
};
use crate::graphql::Viewer;

/// Executes an operation that came by POST.
pub(super) async fn post(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let viewer = match auth::viewer(&app, &headers).await {
        Ok(viewer) => viewer,
        Err(refused) => return refused.into_response(),
    };
    if !is_json(&headers) {
        return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send the operation as application/json, in UTF-8.");
    }
    // A sequence would be taken for the fields in their order.
    let fields = serde_json::from_slice::<Map<String, Value>>(&body).map_err(unreadable);
    execute(app, viewer, &headers, fields.and_then(request)).await
}

/// Executes a query that came by GET, or opens a WebSocket.
pub(super) async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    protocol: Result<GraphQLProtocol, StatusCode>,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Response {
    if let Ok(upgrade) = upgrade {
        return websocket::open(app, &headers, upgrade, protocol);
    }
    let viewer = match auth::viewer(&app, &headers).await {
        Ok(viewer) => viewer,
        Err(refused) => return refused.into_response(),
    };
    let Ok(Query(parameters)) = parameters else {
        return problem(StatusCode::BAD_REQUEST, "The parameters of the address cannot be read.");
    };
    let request = fields(parameters).and_then(request);
    if request.as_ref().is_ok_and(|request| !is_query(request)) {
        let mut refused = problem(StatusCode::METHOD_NOT_ALLOWED, "By GET come queries alone: send this by POST.");
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return refused;
    }
    execute(app, viewer, &headers, request).await
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

/// The request of these fields, if they make one; else what is wrong.
fn request(fields: Map<String, Value>) -> Result<async_graphql::Request, String> {
    if !fields.get("query").is_some_and(Value::is_string) {
        return Err("There is no `query`, which is the text of the document.".into());
    }
    serde_json::from_value(Value::Object(fields))
        .map_err(|_| "`operationName` must be a text, `variables` and `extensions` objects, or null.".to_owned())
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

/// Whether nothing but a query would be executed. Of what is no document, the execution tells.
fn is_query(request: &async_graphql::Request) -> bool {
    let Ok(document) = parse_query(&request.query) else { return true };
    let name = request.operation_name.as_deref();
    let mut chosen = document
        .operations
        .iter()
        .filter(|(known, _)| name.is_none_or(|name| known.is_none_or(|known| known.as_str() == name)));
    chosen.all(|(_, operation)| operation.node.ty == OperationType::Query)
}

async fn execute(
    app: App,
    viewer: Viewer,
    headers: &HeaderMap,
    request: Result<async_graphql::Request, String>,
) -> Response {
    let Some(media) = Media::accepted(headers) else {
        let known = "Answers are application/graphql-response+json or application/json, in UTF-8.";
        return problem(StatusCode::NOT_ACCEPTABLE, known);
    };
    let request = match request {
        Ok(request) => request.data(viewer).data(app.public_url(headers)),
        Err(message) => return answer(media, StatusCode::BAD_REQUEST, json!({"errors": [{"message": message}]})),
    };
    // On a task of its own: a mutation that was begun is done, even if the client goes away in the middle.
    match tokio::spawn(async move { app.schema.execute(request).await }).await {
        Ok(response) => {
            let refused = was_not_executed(&response);
            let mut body = json!(response);
            if refused && let Some(fields) = body.as_object_mut() {
                // That there are none is said by its absence (GraphQL, section 7.1).
                fields.remove("data");
            }
            let bad = refused && media == Media::Response;
            answer(media, if bad { StatusCode::BAD_REQUEST } else { StatusCode::OK }, body)
        }
        Err(_) => {
            // Why is told by what tells of panics; what is in the error itself may hold a secret.
            tracing::error!("an operation died");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Whether the document was refused as a whole: it does not parse, is not valid, or says not what to execute.
fn was_not_executed(response: &async_graphql::Response) -> bool {
    let no_data = response.data == async_graphql::Value::Null;
    no_data && response.is_err() && response.errors.iter().all(|error| error.path.is_empty())
}

fn answer(media: Media, status: StatusCode, body: Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media.content_type()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::VARY, HeaderValue::from_static("accept, authorization")),
    ];
    (status, headers, body.to_string()).into_response()
}

/// Something that is wrong before it comes to GraphQL.
pub(super) fn problem(status: StatusCode, message: &str) -> Response {
    answer(Media::Json, status, json!({"errors": [{"message": message}]}))
}
