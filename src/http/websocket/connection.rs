//! One connection, from its `connection_init` to its close.

use std::{ops::ControlFlow, time::Duration};

use async_graphql::Response;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::{StreamExt, stream, stream::BoxStream};
use serde_json::{Map, Value};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_stream::StreamMap;

use super::{
    super::{
        App,
        auth::{self, Caller, Refused},
        client::Client,
        operation::{self, Asked},
        request_id::RequestId,
        streams::{OpenStream, TooMany},
    },
    message::{self, Close, Incoming},
};
use crate::{
    graphql::{Code, PublicUrl},
    limits::Limits,
};

/// How long a client may take nothing of what it is sent, at most: as long nothing else is done for it, the end of its token
/// among that.
const SEND: Duration = Duration::from_secs(30);

/// How long the other side's close is waited for.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// What is known of a connection when it is opened.
pub(super) struct Opened {
    pub(super) client: Client,
    pub(super) public_url: PublicUrl,
    /// What the cookie of a session holds, if a page of this server has sent it.
    pub(super) cookie: Option<String>,
}

/// A connection that was let in.
pub(super) struct Connection {
    app: App,
    socket: WebSocket,
    caller: Caller,
    public_url: PublicUrl,
    stream: OpenStream,
    /// The answers to each operation; None when there are no more.
    operations: StreamMap<String, BoxStream<'static, Option<Response>>>,
}

/// Why a connection is over: closed by us, or gone.
type Over = Option<Close>;

impl Connection {
    /// Serves a connection to its end.
    pub(super) async fn serve(app: App, mut socket: WebSocket, opened: Opened) {
        let over = match let_in(&app, &mut socket, &opened).await {
            Ok((caller, stream)) => {
                let public_url = opened.public_url;
                let operations = StreamMap::new();
                let mut connection = Self { app, socket, caller, public_url, stream, operations };
                let over = connection.run().await;
                socket = connection.socket;
                over
            }
            Err(over) => over,
        };
        if let Some(close) = over {
            // A client that is gone need not be told.
            let _ = timeout(SEND, socket.send(Message::Close(Some(close.frame())))).await;
        }
        // Each side answers the other's close (RFC 6455, section 5.5.1): dropped before, neither would know that it was meant.
        let _ = timeout(LAST_WORDS, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
    }

    async fn run(&mut self) -> Over {
        let pause = Limits::seconds(self.app.limits.ping_seconds);
        let mut ping = interval_at(Instant::now() + pause, pause);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            let went_on = tokio::select! {
                () = self.app.stop.cancelled() => return Some(Close::GoingAway),
                () = self.stream.ended.cancelled() => return Some(self.over()),
                message = self.socket.recv() => {
                    heard = Instant::now();
                    self.take(message).await
                }
                Some((id, answer)) = self.operations.next() => self.give(id, answer).await,
                _ = ping.tick() => {
                    if heard.elapsed() > pause * 3 {
                        return None;
                    }
                    self.send(Message::Ping(Vec::new().into())).await
                }
            };
            if let ControlFlow::Break(over) = went_on {
                return over;
            }
        }
    }

    /// Why somebody who was let in may not stay.
    fn over(&self) -> Close {
        forbidden(if self.caller.session.is_some() { &Refused::SessionOver } else { &Refused::Unknown })
    }

    /// Does what a message asks for; None if there will be no more.
    async fn take(&mut self, message: Option<Result<Message, axum::Error>>) -> ControlFlow<Over> {
        let text = match read(message) {
            Ok(Some(text)) => text,
            Ok(None) => return ControlFlow::Continue(()),
            Err(over) => return ControlFlow::Break(over),
        };
        match Incoming::read(&text) {
            Some(Incoming::Subscribe { id, payload }) => self.subscribe(id, payload).await,
            Some(Incoming::Complete { id }) => {
                self.operations.remove(&id);
                ControlFlow::Continue(())
            }
            Some(Incoming::Ping { payload }) => self.send(message::pong(payload)).await,
            Some(Incoming::Pong) => ControlFlow::Continue(()),
            Some(Incoming::ConnectionInit { .. }) => ControlFlow::Break(Some(Close::SecondInit)),
            None => ControlFlow::Break(Some(Close::Invalid)),
        }
    }

    async fn subscribe(&mut self, id: String, payload: Map<String, Value>) -> ControlFlow<Over> {
        if self.operations.contains_key(&id) {
            return ControlFlow::Break(Some(Close::Duplicate(id)));
        }
        let Ok(request) = operation::request(payload) else { return ControlFlow::Break(Some(Close::Invalid)) };
        if let Err(refused) = auth::counted(&self.app, &self.caller) {
            return self.refuse(&id, refused.message().to_owned(), refused.code()).await;
        }
        match auth::is_still_good(&self.app, &self.caller).await {
            Ok(true) => {}
            Ok(false) => return ControlFlow::Break(Some(self.over())),
            Err(refused) => return self.refuse(&id, refused.message().to_owned(), refused.code()).await,
        }
        let Ok(subscription) = self.stream.subscribe() else {
            let message = TooMany::message("subscriptions", &self.app.limits);
            return self.refuse(&id, message, Code::TooManyStreams).await;
        };
        let (caller, public_url) = (self.caller.clone(), self.public_url.clone());
        let answers = operation::answers(&self.app, Asked { caller, public_url, id: RequestId::new() }, request);
        let answers = answers.map(move |answer| {
            // Counted until there are no more.
            let _ = &subscription;
            Some(answer)
        });
        self.operations.insert(id, answers.chain(stream::once(async { None })).boxed());
        ControlFlow::Continue(())
    }

    async fn refuse(&mut self, id: &str, message: String, code: Code) -> ControlFlow<Over> {
        let refused = operation::refused(code, message, RequestId::new());
        self.send(message::error(id, &refused.errors)).await
    }

    /// Sends an answer to an operation.
    async fn give(&mut self, id: String, answer: Option<Response>) -> ControlFlow<Over> {
        match answer {
            Some(refused) if operation::was_not_executed(&refused) => {
                self.operations.remove(&id);
                self.send(message::error(&id, &refused.errors)).await
            }
            Some(answer) => self.send(message::next(&id, &answer)).await,
            None => {
                self.operations.remove(&id);
                self.send(message::complete(&id)).await
            }
        }
    }

    async fn send(&mut self, message: Message) -> ControlFlow<Over> {
        send(&mut self.socket, message).await
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> ControlFlow<Over> {
    match timeout(SEND, socket.send(message)).await {
        Ok(Ok(())) => ControlFlow::Continue(()),
        Ok(Err(_)) | Err(_) => ControlFlow::Break(None),
    }
}

/// The text of a message; none if it is one of the WebSocket's own.
fn read(message: Option<Result<Message, axum::Error>>) -> Result<Option<Utf8Bytes>, Over> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        // One that is too long or not UTF-8 among them. Who is gone does not hear it.
        Some(Ok(Message::Binary(_)) | Err(_)) => Err(Some(Close::Invalid)),
        Some(Ok(Message::Close(_))) | None => Err(None),
    }
}

/// Waits for `connection_init`, and lets in who sends a good token.
async fn let_in(app: &App, socket: &mut WebSocket, opened: &Opened) -> Result<(Caller, OpenStream), Over> {
    let init = tokio::select! {
        () = app.stop.cancelled() => return Err(Some(Close::GoingAway)),
        init = timeout(Limits::seconds(app.limits.init_seconds), init(socket)) => init,
    };
    let payload = init.map_err(|_| Some(Close::InitTimeout))??;
    // HTTP's header names have no case, and clients write this one either way.
    let authorization = payload
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        .and_then(|(_, value)| value.as_str());
    let caller = match (authorization, &opened.cookie) {
        (None, Some(cookie)) => auth::by_session(app, cookie, opened.client).await,
        _ => auth::bearer(app, authorization, opened.client).await,
    };
    let caller = caller.map_err(|refused| Some(forbidden(&refused)))?;
    let too_many = |_| Some(Close::TryAgainLater("The token has too many WebSockets open.".to_owned()));
    let stream = OpenStream::new(app, &caller).map_err(too_many)?;
    match send(socket, message::connection_ack()).await {
        ControlFlow::Continue(()) => Ok((caller, stream)),
        ControlFlow::Break(over) => Err(over),
    }
}

/// The payload of `connection_init`, which must come before all but pings.
async fn init(socket: &mut WebSocket) -> Result<Map<String, Value>, Over> {
    loop {
        let Some(text) = read(socket.recv().await)? else { continue };
        match Incoming::read(&text) {
            Some(Incoming::ConnectionInit { payload }) => return Ok(payload.unwrap_or_default()),
            Some(Incoming::Ping { payload }) => {
                if let ControlFlow::Break(over) = send(socket, message::pong(payload)).await {
                    return Err(over);
                }
            }
            Some(Incoming::Pong | Incoming::Complete { .. }) => {}
            Some(Incoming::Subscribe { .. }) => return Err(Some(Close::Unauthorized)),
            None => return Err(Some(Close::Invalid)),
        }
    }
}

fn forbidden(refused: &Refused) -> Close {
    match refused {
        Refused::TooOften(_) | Refused::Unavailable => Close::TryAgainLater(refused.message().to_owned()),
        _ => Close::Forbidden(refused.message().to_owned()),
    }
}
