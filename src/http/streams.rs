//! What is open for longer than an answer takes: WebSockets and event streams. How many a token has, and that they end with it.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{App, auth::Caller};
use crate::{limits::Limits, session, token};

/// So often it is looked whether those who have something open may still have it.
const LOOK: Duration = Duration::from_secs(2);

/// After so many looks it is forgotten how often was asked.
const LOOKS_UNTIL_FORGOTTEN: u32 = 30;

/// All that is open.
#[derive(Default)]
pub(super) struct Streams {
    open: Mutex<HashMap<Uuid, OfToken>>,
}

/// What a token has open.
#[derive(Default)]
struct OfToken {
    streams: u64,
    subscriptions: u64,
    /// Ended when the token is; the callers with a session have another for that.
    ended: CancellationToken,
    sessions: HashMap<Uuid, CancellationToken>,
}

/// A WebSocket or an event stream; closed when it is dropped.
pub(super) struct OpenStream {
    app: App,
    token: Uuid,
    /// Ends when its token does, or its session.
    pub(super) ended: CancellationToken,
}

/// A subscription; over when it is dropped.
pub(super) struct OpenSubscription {
    app: App,
    token: Uuid,
}

/// There are as many as there may be.
#[derive(Debug)]
pub(super) struct TooMany;

impl Streams {
    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, OfToken>> {
        // Nothing is half done in there.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenStream {
    pub(super) fn new(app: &App, caller: &Caller) -> Result<Self, TooMany> {
        let token = caller.viewer.token;
        let mut open = app.streams.lock();
        let of_token = open.entry(token).or_default();
        if of_token.streams >= app.limits.streams_per_token {
            return Err(TooMany);
        }
        of_token.streams += 1;
        let ended = match caller.session {
            Some(session) => {
                let of_token_ended = &of_token.ended;
                of_token.sessions.entry(session).or_insert_with(|| of_token_ended.child_token()).clone()
            }
            None => of_token.ended.clone(),
        };
        drop(open);
        Ok(Self { app: app.clone(), token, ended })
    }

    /// A subscription on it.
    pub(super) fn subscribe(&self) -> Result<OpenSubscription, TooMany> {
        let mut open = self.app.streams.lock();
        let of_token = open.entry(self.token).or_default();
        if of_token.subscriptions >= self.app.limits.subscriptions_per_token {
            return Err(TooMany);
        }
        of_token.subscriptions += 1;
        drop(open);
        Ok(OpenSubscription { app: self.app.clone(), token: self.token })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.app.streams.lock();
        if let Some(of_token) = open.get_mut(&self.token) {
            of_token.streams = of_token.streams.saturating_sub(1);
            forget_if_over(&mut open, self.token);
        }
    }
}

impl Drop for OpenSubscription {
    fn drop(&mut self) {
        let mut open = self.app.streams.lock();
        if let Some(of_token) = open.get_mut(&self.token) {
            of_token.subscriptions = of_token.subscriptions.saturating_sub(1);
            forget_if_over(&mut open, self.token);
        }
    }
}

fn forget_if_over(open: &mut HashMap<Uuid, OfToken>, token: Uuid) {
    if open.get(&token).is_some_and(|of_token| of_token.streams == 0 && of_token.subscriptions == 0) {
        open.remove(&token);
    }
}

/// Ends what is open when its token is revoked or over, or its session. Never returns.
pub(super) async fn watch(app: App) {
    loop {
        for _ in 0..LOOKS_UNTIL_FORGOTTEN {
            tokio::time::sleep(LOOK).await;
            // That it cannot be looked for ends nothing.
            if let Err(cause) = end_those_over(&app).await {
                tracing::debug!(%cause, "the tokens of what is open cannot be read");
            }
        }
        app.rates.forget();
    }
}

async fn end_those_over(app: &App) -> Result<(), DbErr> {
    let (tokens, sessions): (Vec<_>, Vec<_>) = {
        let open = app.streams.lock();
        (open.keys().copied().collect(), open.values().flat_map(|it| it.sessions.keys().copied()).collect())
    };
    if tokens.is_empty() {
        return Ok(());
    }
    let now = app.engine.now();
    let good_tokens = token::still_good(&app.db, tokens.iter().copied(), now).await?;
    let good_sessions = session::still_good(&app.db, sessions.iter().copied(), now).await?;
    let mut open = app.streams.lock();
    for token in tokens.iter().filter(|id| !good_tokens.contains(id)) {
        if let Some(of_token) = open.get(token) {
            of_token.ended.cancel();
        }
    }
    for of_token in open.values_mut() {
        // One that has begun in the meantime was good.
        of_token.sessions.retain(|id, ended| {
            let over = sessions.contains(id) && !good_sessions.contains(id);
            if over {
                ended.cancel();
            }
            !over
        });
    }
    Ok(())
}

impl TooMany {
    /// What a client is told.
    pub(super) fn message(what: &str, limits: &Limits) -> String {
        format!(
            "The token has as many {what} open as it may: {} WebSockets and event streams, {} subscriptions. Close some.",
            limits.streams_per_token, limits.subscriptions_per_token
        )
    }
}
