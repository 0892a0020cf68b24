//! A client of graphql-transport-ws that shows each message as it comes, the wrong ones that it sends among them.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

use crate::app::{PATIENCE, TestApp};

/// A WebSocket to a server.
pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a connection with these headers; the status of the refusal if there is none.
    pub async fn open(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = format!("{}/graphql", url.replace("http", "ws")).into_client_request().unwrap();
        request.headers_mut().insert("Sec-WebSocket-Protocol", "graphql-transport-ws".parse().unwrap());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    /// A connection on which nobody has signed in yet.
    pub async fn connect(app: &TestApp) -> Self {
        Self::open(&app.url, &[]).await.unwrap()
    }

    /// A connection of the holder of a token.
    pub async fn signed_in(app: &TestApp, token: &str) -> Self {
        let mut socket = Self::connect(app).await;
        socket.init(json!({"Authorization": format!("Bearer {token}")})).await;
        assert_eq!(socket.receive().await["type"], "connection_ack");
        socket
    }

    pub async fn init(&mut self, payload: Value) {
        self.send(json!({"type": "connection_init", "payload": payload})).await;
    }

    /// Asks for an operation under an id.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({"query": query, "variables": variables});
        self.send(json!({"id": id, "type": "subscribe", "payload": payload})).await;
    }

    pub async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message of the protocol.
    pub async fn receive(&mut self) -> Value {
        match self.next().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("no message, but {other:?}"),
        }
    }

    /// The next message for an operation that is none of its end.
    pub async fn answer(&mut self, id: &str) -> Value {
        loop {
            let message = self.receive().await;
            if message["id"] == id && message["type"] != "complete" {
                return message;
            }
        }
    }

    /// The code and the reason with which the server closes the connection, whatever comes before.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Some(Message::Close(Some(frame))) => return (frame.code.into(), frame.reason.to_string()),
                Some(Message::Text(_)) => {}
                other => panic!("not closed by a frame, but {other:?}"),
            }
        }
    }

    /// The next frame but pings; None if the connection has ended.
    pub async fn next(&mut self) -> Option<Message> {
        let next = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Ping(_))) => {}
                    Some(Ok(message)) => return Some(message),
                    Some(Err(_)) | None => return None,
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.expect("nothing came")
    }
}
