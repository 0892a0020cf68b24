//! What can be watched.

use std::{sync::Arc, time::Duration};

use async_graphql::{Context, Description, ID, Subscription};
use entity::data_export::{Model, State};
use futures_util::{Stream, StreamExt, stream};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::timeout,
};
use uuid::Uuid;

use super::{
    cost::CHANGE,
    data_export::DataExport,
    failure::Failure,
    guard,
    latest::{Latest, Shared},
    mutation::actor,
    storage_location_change::{TestStorageLocationInput, TestStorageLocationPayload},
    storage_location_mutation::test,
};
use crate::export::{Change, Check, Engine};

/// So often a client's view is looked at without being told of a change.
const LOOK: Duration = Duration::from_secs(10);

/// What can be watched.
#[derive(Description)]
pub struct Subscription;

#[Subscription(use_type_description)]
impl Subscription {
    /// One export: its present state at once, then each change. Ends when the export has reached its final
    /// state, so that a client that comes late, or again, never waits for ever.
    #[graphql(guard = "guard::viewer")]
    async fn data_export_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The export's id.")] id: ID,
    ) -> Result<impl Stream<Item = Result<DataExport, Failure>> + use<>, Failure> {
        // The changes are listened to before the state is read, so that none falls between the two.
        let engine = Arc::clone(ctx.data::<Arc<Engine>>()?);
        let changes = engine.changes();
        let unknown = || Failure::NotFound("There is no export with this id.".into());
        let id = id.parse::<Uuid>().map_err(|_| unknown())?;
        let latest = ctx.data::<Latest>()?.of(id);
        let export = latest.get(|| engine.in_history(id)).await?.ok_or_else(unknown)?;
        Ok(states(Watch { engine, changes, id, latest, shown: None }, export))
    }

    /// Tries a storage out as `testStorageLocation` does, and tells each step as it passes: what was shown so far, each time a
    /// step begins or has failed, and in the end what `testStorageLocation` answers, `finished`. Who stops watching does not
    /// stop what was begun. It comes by POST or over a WebSocket.
    #[graphql(guard = "guard::admin", complexity = "CHANGE + child_complexity")]
    async fn storage_location_test(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be tried out.")] input: TestStorageLocationInput,
    ) -> Result<impl Stream<Item = TestStorageLocationPayload> + use<>, Failure> {
        Ok(match test(ctx.data()?, input, actor(ctx)?).await {
            Ok(check) => shown(check).left_stream(),
            Err(wrong) => stream::iter([TestStorageLocationPayload::refused(wrong?)]).right_stream(),
        })
    }
}

fn shown(check: Check) -> impl Stream<Item = TestStorageLocationPayload> {
    stream::unfold(check, async |mut check| Some((check.next().await?.into(), check)))
}

/// One client's view of one export.
struct Watch {
    engine: Arc<Engine>,
    changes: broadcast::Receiver<Change>,
    id: Uuid,
    latest: Arc<Shared>,
    /// The sequence number of the state that was shown last.
    shown: Option<i64>,
}

fn states(watch: Watch, first: Model) -> impl Stream<Item = Result<DataExport, Failure>> {
    stream::unfold(Some((watch, Some(first))), async |state| {
        let (mut watch, first) = state?;
        let next = match first {
            Some(first) => Ok(Some(first)),
            None => watch.next().await,
        };
        match next {
            Ok(Some(export)) => {
                watch.shown = Some(export.sequence);
                let last = !matches!(export.state, State::Queued | State::Running);
                Some((Ok(DataExport::alone(export)), (!last).then_some((watch, None))))
            }
            Ok(None) => None,
            Err(failure) => Some((Err(failure), None)),
        }
    })
}

impl Watch {
    /// The next state that was not shown yet; None if the export is gone or the server stops.
    async fn next(&mut self) -> Result<Option<Model>, Failure> {
        loop {
            match timeout(LOOK, self.changes.recv()).await {
                Ok(Ok(Change::Of(changed))) if changed != self.id => continue,
                // Of a listener that fell behind, only the present state is owed. And now and then it looks by itself: nobody
                // tells of what a process stored that died before it could.
                Ok(Ok(_) | Err(RecvError::Lagged(_))) | Err(_) => {}
                Ok(Err(RecvError::Closed)) => return Ok(None),
            }
            match self.latest.get(|| self.engine.in_history(self.id)).await? {
                Some(export) if Some(export.sequence) == self.shown => {}
                other => return Ok(other),
            }
        }
    }
}
