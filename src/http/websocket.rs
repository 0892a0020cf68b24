//! Subscriptions, and whatever else a client sends there, over a WebSocket (`graphql-transport-ws`).

use std::sync::Arc;

use async_graphql::Data;
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    extract::{
        WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket},
    },
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::sync::SetOnce;
use uuid::Uuid;

use super::{App, auth, graphql::problem};
use crate::graphql::PublicUrl;

/// The one subprotocol spoken (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>).
const PROTOCOL: &str = "graphql-transport-ws";

/// The close code for a token that is refused.
const FORBIDDEN: u16 = 4403;
/// The same protocol's code for a message that is none of its own.
const BAD_REQUEST: u16 = 4400;
/// What the library closes with then (RFC 6455, section 7.4.1).
const PROTOCOL_ERROR: u16 = 1002;

/// Opens a WebSocket. The token comes in the payload of `connection_init`.
pub(super) fn open(
    app: App,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
    protocol: Result<GraphQLProtocol, StatusCode>,
) -> Response {
    let Some(protocol) = protocol.ok().filter(|_| speaks(headers)) else {
        return problem(StatusCode::BAD_REQUEST, "The WebSocket's subprotocol must be graphql-transport-ws.");
    };
    let public_url = app.public_url(headers);
    upgrade
        .max_message_size(super::BODY_MAXIMUM)
        .protocols([PROTOCOL])
        .on_upgrade(move |socket| serve(app, socket, protocol, public_url))
}

async fn serve(app: App, socket: WebSocket, protocol: GraphQLProtocol, public_url: PublicUrl) {
    let (sink, stream) = socket.split();
    let signed_in = Arc::new(SetOnce::new());
    // The library closes with 1002 when the token is refused; the protocol's own code for that is 4403.
    let sink = sink.with(|message| {
        std::future::ready(Ok::<_, axum::Error>(match message {
            Message::Close(Some(frame)) if auth::is_refusal(&frame.reason) => {
                Message::Close(Some(CloseFrame { code: FORBIDDEN, ..frame }))
            }
            // Of a message that it cannot read, it would repeat a part.
            Message::Close(Some(frame)) if frame.code == PROTOCOL_ERROR => {
                let reason = "The message is none of graphql-transport-ws.".into();
                Message::Close(Some(CloseFrame { code: BAD_REQUEST, reason }))
            }
            other => other,
        }))
    });
    let knows = (app.clone(), Arc::clone(&signed_in));
    let connection = GraphQLWebSocket::new_with_pair(sink, stream, app.schema.clone(), protocol)
        .on_connection_init(move |payload| connection_data(knows.0, knows.1, payload, public_url))
        .serve();
    let token_ends = async {
        let id = signed_in.wait().await;
        auth::ended(&app, *id).await;
    };
    tokio::select! { () = connection => {}, () = app.stop.cancelled() => {}, () = token_ends => {} }
}

/// What the operations of a connection know, if its token is good.
async fn connection_data(
    app: App,
    signed_in: Arc<SetOnce<Uuid>>,
    payload: Value,
    url: PublicUrl,
) -> async_graphql::Result<Data> {
    // HTTP's header names have no case, and clients write this one either way.
    let authorization = payload.as_object().and_then(|fields| {
        fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")).and_then(|(_, value)| value.as_str())
    });
    let viewer = auth::bearer(&app, authorization).await.map_err(|refused| refused.message())?;
    // A second init is refused by the library.
    let _ = signed_in.set(viewer.token);
    let mut data = Data::default();
    data.insert(viewer);
    data.insert(url);
    Ok(data)
}

fn speaks(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    offered.flat_map(|value| value.split(',')).any(|protocol| protocol.trim() == PROTOCOL)
}
