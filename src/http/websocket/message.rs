//! The messages of `graphql-transport-ws`, and the codes that a connection is closed with.

use async_graphql::{Response, ServerError};
use axum::extract::ws::{CloseFrame, Message};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Longest id of an operation that is taken, in bytes.
const ID_MAXIMUM: usize = 128;
/// Longest reason of a close, in bytes (RFC 6455, section 5.5).
const REASON_MAXIMUM: usize = 123;

/// What a client sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Incoming {
    ConnectionInit { payload: Option<Map<String, Value>> },
    Ping { payload: Option<Map<String, Value>> },
    Pong,
    Subscribe { id: String, payload: Map<String, Value> },
    Complete { id: String },
}

impl Incoming {
    /// The message of this text; None if it is none of the protocol.
    pub(super) fn read(text: &str) -> Option<Self> {
        let message = serde_json::from_str(text).ok()?;
        match &message {
            Self::Subscribe { id, .. } | Self::Complete { id } if id.is_empty() || id.len() > ID_MAXIMUM => None,
            _ => Some(message),
        }
    }
}

pub(super) fn connection_ack() -> Message {
    text(&json!({"type": "connection_ack"}))
}

pub(super) fn pong(payload: Option<Map<String, Value>>) -> Message {
    text(&payload.map_or_else(|| json!({"type": "pong"}), |payload| json!({"type": "pong", "payload": payload})))
}

pub(super) fn next(id: &str, response: &Response) -> Message {
    text(&json!({"id": id, "type": "next", "payload": response}))
}

pub(super) fn error(id: &str, errors: &[ServerError]) -> Message {
    text(&json!({"id": id, "type": "error", "payload": errors}))
}

pub(super) fn complete(id: &str) -> Message {
    text(&json!({"id": id, "type": "complete"}))
}

fn text(value: &Value) -> Message {
    Message::Text(value.to_string().into())
}

/// Why the server closes a connection.
#[derive(Debug)]
pub(super) enum Close {
    /// The server stops.
    GoingAway,
    /// A message that is none of the protocol.
    Invalid,
    /// An operation before `connection_ack`.
    Unauthorized,
    /// Nobody that is let in.
    Forbidden(String),
    /// No `connection_init` in time.
    InitTimeout,
    /// The id of an operation that is not over.
    Duplicate(String),
    /// A second `connection_init`.
    SecondInit,
    /// Not now, for a reason that passes.
    TryAgainLater(String),
}

impl Close {
    /// The frame, with the code that the protocol has for it, or RFC 6455 (section 7.4) and its registry.
    pub(super) fn frame(self) -> CloseFrame {
        let (code, reason) = match self {
            Self::GoingAway => (1001, "The server stops.".to_owned()),
            Self::Invalid => (4400, "Invalid message".to_owned()),
            Self::Unauthorized => (4401, "Unauthorized".to_owned()),
            Self::Forbidden(why) => (4403, why),
            Self::InitTimeout => (4408, "Connection initialisation timeout".to_owned()),
            Self::Duplicate(id) => (4409, format!("Subscriber for {id} already exists")),
            Self::SecondInit => (4429, "Too many initialisation requests".to_owned()),
            Self::TryAgainLater(why) => (1013, why),
        };
        CloseFrame { code, reason: cut(reason).into() }
    }
}

/// The text, to the last character that fits.
fn cut(mut reason: String) -> String {
    reason.truncate(reason.floor_char_boundary(REASON_MAXIMUM));
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_none_of_the_protocol_is_not_taken() {
        for wrong in ["", "[]", "{}", r#"{"type":"start","id":"1","payload":{}}"#, r#"{"type":"subscribe","id":"1"}"#] {
            assert!(Incoming::read(wrong).is_none(), "{wrong}");
        }
        assert!(Incoming::read(r#"{"type":"complete","id":""}"#).is_none());
        assert!(matches!(Incoming::read(r#"{"type":"pong","payload":{}}"#), Some(Incoming::Pong)));
    }

    #[test]
    fn a_reason_fits_into_its_frame() {
        let frame = Close::Duplicate("ü".repeat(100)).frame();
        assert!(frame.reason.len() <= REASON_MAXIMUM && frame.reason.ends_with('ü'));
    }
}
