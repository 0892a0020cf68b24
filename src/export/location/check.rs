//! Trying a storage out: everything that an upload needs, step by step.

use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::{Instrument, error};
use uuid::Uuid;

use super::{LocationError, Opened};
use crate::{
    audit::{self, Action, Actor, Event},
    export::{Engine, upload::CopyFailure},
    storage::{self, Config, Steps, Storage, StorageError},
};

/// What trying a storage out has shown so far.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// What was tried, one after the other, up to the first that failed.
    pub steps: Vec<Step>,
    /// What is tried now; None while it waits for its turn, and when nothing more is tried.
    pub trying: Option<storage::StepKind>,
    /// The key of the host, where hosts have none that others vouch for.
    pub host_key: Option<String>,
    /// Whether this is all that there is to be shown.
    pub finished: bool,
}

/// A storage that is being tried out. That goes on to its end even if this is dropped: it removes what it wrote.
pub struct Check {
    shown: UnboundedReceiver<Checked>,
    last: Checked,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What was tried.
    pub kind: storage::StepKind,
    /// Why it failed; None if it did not.
    pub failure: Option<CopyFailure>,
    /// What is to be shown of it, such as the addresses of a host.
    pub detail: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

impl Checked {
    /// Whether everything worked.
    pub fn is_good(&self) -> bool {
        self.finished && self.steps.iter().all(|step| step.failure.is_none())
    }

    fn new(storage: &dyn Storage, config: &Config, steps: &[storage::Step], trying: Option<storage::StepKind>) -> Self {
        let host_key = host_key(storage, config, steps);
        Self { steps: steps.iter().map(told).collect(), trying, host_key, finished: false }
    }

    /// Whoever tried it out has died.
    fn died(mut self) -> Self {
        let kind = self.trying.take().unwrap_or(storage::StepKind::Connect);
        let failure = Some(CopyFailure::panicked());
        self.steps.push(Step { kind, failure, detail: None, millis: 0 });
        Self { finished: true, ..self }
    }
}

impl Check {
    /// What it has shown so far, each time there is more; None when the last was given, which is finished.
    pub async fn next(&mut self) -> Option<Checked> {
        if self.last.finished {
            return None;
        }
        let next = self.shown.recv().await;
        self.last = next.unwrap_or_else(|| std::mem::take(&mut self.last).died());
        Some(self.last.clone())
    }

    /// What it has shown in the end.
    pub async fn finished(mut self) -> Checked {
        while self.next().await.is_some() {}
        self.last
    }
}

impl Engine {
    /// Tries out a storage that is configured. What it shows is noted with it.
    pub async fn check_location(self: &Arc<Self>, id: Uuid, by: Actor<'_>) -> Result<Check, LocationError> {
        let location = self.location(id).await?.ok_or(LocationError::NotFound)?;
        let event = Event { detail: Some(location.told()), ..by.did(Action::TestedStorage, id) };
        self.check(location.config, Some(id), event).await
    }

    /// Tries out settings that are not kept; those of a storage that is configured, as if they were put in place of its own.
    pub async fn check_config(
        self: &Arc<Self>,
        config: Config,
        id: Option<Uuid>,
        by: Actor<'_>,
    ) -> Result<Check, LocationError> {
        let config = match id {
            Some(id) => self.location(id).await?.ok_or(LocationError::NotFound)?.changed_to(config)?,
            None => config,
        };
        // Where it is: nothing else tells of it.
        let detail = Some(format!("settings that are not kept: {}", config.place()));
        let (actor, actor_id, action) = (by.name, by.token, Action::TestedStorage);
        let event = Event { actor, actor_id, action, subject: id.map(|id| id.to_string()), detail };
        self.check(config, None, event).await
    }

    async fn check(
        self: &Arc<Self>,
        config: Config,
        id: Option<Uuid>,
        event: Event<'_>,
    ) -> Result<Check, LocationError> {
        self.ensure_usable(&config)?;
        // Before it is tried: that takes minutes, and can pin the key of a host.
        audit::record(&self.parts.db, event, self.parts.clock.now()).await?;
        let (show, shown) = unbounded_channel();
        let engine = Arc::clone(self);
        // In a task of its own, that the server waits for when it stops: it removes what it wrote even if the client goes away.
        let trying = async move {
            if let Err(cause) = engine.try_out(&config, id, &show).await {
                error!(%cause, "a storage could not be tried out");
            }
        };
        self.checking.spawn(trying.in_current_span());
        Ok(Check { shown, last: Checked::default() })
    }

    async fn try_out(
        &self,
        config: &Config,
        id: Option<Uuid>,
        show: &UnboundedSender<Checked>,
    ) -> Result<(), LocationError> {
        // That nobody looks any more is no reason to stop in the middle.
        let _ = show.send(Checked::default());
        // A few at a time: one that cannot be reached takes a minute, and hundreds of them could be asked for.
        let _turn = tokio::select! {
            turn = self.checks.acquire() => turn,
            // Nothing was written yet.
            () = show.closed() => return Ok(()),
        };
        // As it is set up by now: the key of its host may have been seen in the meantime.
        let opened = match id {
            Some(id) => self.open_storage(id).await?,
            None => Opened::unsaved(config, &self.parts.network),
        };
        let Ok(storage) = &opened.storage else { return Err(LocationError::NotFound) };
        let mut steps = Steps::told(|steps, trying| {
            let _ = show.send(Checked::new(&**storage, config, steps, trying));
        });
        storage.check(&mut steps).await;
        let steps = steps.done();
        if id.is_some() {
            self.note_check(&opened, &steps).await;
        }
        let _ = show.send(Checked { finished: true, ..Checked::new(&**storage, config, &steps, None) });
        Ok(())
    }

    async fn note_check(&self, opened: &Opened, steps: &[storage::Step]) {
        self.keep_pin(opened).await;
        match steps.iter().find_map(|step| step.error.as_ref()) {
            None => self.worked_at(opened, false).await,
            Some(error) => self.failed_at(opened, &CopyFailure::from(error)).await,
        }
    }

    /// Waits until no storage is being tried out any more.
    pub async fn all_checked(&self) {
        self.checking.close();
        self.checking.wait().await;
    }
}

/// The key that the host has shown: the one that is to be pinned, or the one that was expected of it.
fn host_key(storage: &dyn Storage, config: &Config, steps: &[storage::Step]) -> Option<String> {
    let identified = steps.iter().any(|step| step.kind == storage::StepKind::Identify && step.error.is_none());
    let expected = || if identified { config.host_key().map(str::to_owned) } else { None };
    storage.to_pin().or_else(expected)
}

fn told(step: &storage::Step) -> Step {
    let failure = step.error.as_ref().map(|error: &StorageError| CopyFailure::from(error));
    Step { kind: step.kind, failure, detail: step.detail.clone(), millis: step.millis }
}
