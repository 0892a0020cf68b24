//! Trying all that an upload needs, step by step.

use std::{io, ops::Range, sync::atomic::AtomicU64};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream, stream::BoxStream};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Sftp, connection, read_back, session::Session, sign_in, upload};
use crate::storage::{Content, StepKind, Steps, StorageError};

/// What is written for a try.
const PROBE: &[u8] = b"Carryall tries whether it can write here. This file can be deleted.\n";

/// Tries a step of which there is nothing to be shown.
async fn take<T>(
    steps: &mut Steps<'_>,
    kind: StepKind,
    step: impl Future<Output = Result<T, StorageError>>,
) -> Option<T> {
    steps.run(kind, async { step.await.map(|done| (done, None)) }).await
}

/// Tries it.
pub async fn check(storage: &Sftp, steps: &mut Steps<'_>) {
    let Some(session) = sign_in(storage, steps).await else { return };
    let mut made = Vec::new();
    let name = format!("carryall-check-{}", Uuid::new_v4().simple());
    let tried = try_file(storage, &session, &name, &mut made, steps).await;
    if tried.is_none() {
        // The step that failed is told; that this one fails too is to be expected.
        let _ = session.remove(&storage.folder.part(&name)).await;
        let _ = session.remove(&storage.folder.path(&name)).await;
    }
    for folder in made.iter().rev() {
        let _ = session.ask(session.sftp.rmdir(folder.as_str())).await;
    }
    session.close().await;
}

async fn sign_in(storage: &Sftp, steps: &mut Steps<'_>) -> Option<Session> {
    let settings = &storage.settings;
    let addresses =
        take(steps, StepKind::Resolve, storage.network.resolve(settings.host_name(), settings.port)).await?;
    let stream = take(steps, StepKind::Connect, connection::connect(&addresses)).await?;
    let identify = async {
        let identified = connection::identify(stream, &addresses, &storage.pin).await?;
        let key = identified.sight.key.get().map(ToString::to_string);
        Ok((identified, key))
    };
    let mut identified = steps.run(StepKind::Identify, identify).await?;
    let session = async {
        sign_in::sign_in(&mut identified, settings).await?;
        Session::start(identified).await
    };
    take(steps, StepKind::SignIn, session).await
}

async fn try_file(
    storage: &Sftp,
    session: &Session,
    name: &str,
    made: &mut Vec<String>,
    steps: &mut Steps<'_>,
) -> Option<()> {
    let folder = &storage.folder;
    let write = async {
        *made = folder.make(session).await?;
        let sent = AtomicU64::new(0);
        upload::upload(session, folder, name, &Probe, &sent).await.map_err(|failed| failed.error)
    };
    take(steps, StepKind::Write, write).await?;
    let path = folder.path(name);
    let receipt = upload::receipt(&Probe);
    take(steps, StepKind::Read, read_back::verify(session, &path, &receipt)).await?;
    let delete = async { session.remove(&path).await.map(|_| ()) };
    take(steps, StepKind::Delete, delete).await
}

/// [`PROBE`].
struct Probe;

#[async_trait]
impl Content for Probe {
    fn bytes(&self) -> u64 {
        PROBE.len() as u64
    }

    fn sha256(&self) -> [u8; 32] {
        Sha256::digest(PROBE).into()
    }

    async fn read(&self, range: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let bytes = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let bytes = bytes.and_then(|(start, end)| PROBE.get(start..end)).ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(stream::once(async move { Ok(Bytes::from_static(bytes)) }).boxed())
    }
}
