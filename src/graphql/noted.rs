//! What one request gets again and again, under many aliases, is noted once; what differs is bounded.

use std::{collections::HashSet, sync::Arc};

use async_graphql::{
    Request, ServerResult,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest},
};
use tokio::sync::Mutex;

use crate::audit::Action;

/// Most passwords and links that one request is given: a page of a hundred exports needs two hundred. Each link that ends at
/// another time is noted, so that a download can be told from whom it came, and there are 86,400 such times.
pub(super) const NOTED_MAXIMUM: usize = 500;

/// What was noted for a request: the action, the subject and the detail. Held while it is noted, so that the same is not given
/// under another alias before.
#[derive(Debug, Default)]
pub(super) struct Noted(pub(super) Mutex<HashSet<(Action, String, Option<String>)>>);

/// Gives each request a [`Noted`] of its own, whichever way it came in.
pub(super) struct NotedOnce;

impl ExtensionFactory for NotedOnce {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for NotedOnce {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        next.run(ctx, request.data(Noted::default())).await
    }
}
