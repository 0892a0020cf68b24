//! Operations over a WebSocket: `graphql-transport-ws`
//! (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>).
//!
//! A connection is one task. It asks its operations for more only when what they gave was sent, so that a client that does not
//! read costs what the socket's buffers hold, and slows down nothing but itself.

mod connection;
mod message;

use async_graphql_axum::GraphQLProtocol;
use axum::{
    extract::WebSocketUpgrade,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use self::connection::{Connection, Opened};
use super::{App, client::Client, problem::Problem, reach::Page, session};
use crate::{graphql::Code, limits::Limits};

/// The one subprotocol spoken.
const PROTOCOL: &str = "graphql-transport-ws";

/// Opens a WebSocket. The token comes in the payload of `connection_init`, or the session in the cookie.
pub(super) fn open(
    app: App,
    headers: &HeaderMap,
    client: Client,
    upgrade: WebSocketUpgrade,
    protocol: Result<GraphQLProtocol, StatusCode>,
) -> Response {
    // A browser opens a WebSocket to anywhere, whatever page asks it to.
    if app.reach.is_barred(headers, client) {
        let message = "Pages of this origin may not ask. If they are yours: --allowed-origin, or --public-url.";
        return Problem::new(StatusCode::FORBIDDEN, Code::ForeignOrigin, message).into_response();
    }
    if protocol.is_err() || !speaks(headers) {
        return Problem::bad_request("The WebSocket's subprotocol must be graphql-transport-ws.").into_response();
    }
    let opened = Opened {
        client,
        public_url: app.reach.public_url(headers, client.secure),
        cookie: session::cookie(headers, client).filter(|_| app.reach.page(headers, client) == Page::Own),
    };
    let most = Limits::size(app.limits.message_bytes);
    let running = app.tasks.token();
    let upgrade = upgrade.max_message_size(most).max_frame_size(most).protocols([PROTOCOL]);
    upgrade.on_upgrade(async move |socket| {
        Connection::serve(app, socket, opened).await;
        drop(running);
    })
}

fn speaks(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    offered.flat_map(|value| value.split(',')).any(|protocol| protocol.trim() == PROTOCOL)
}
