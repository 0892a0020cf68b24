//! Trying all that an upload needs, step by step.

use std::{io, ops::Range, sync::atomic::AtomicU64, time::Instant};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream, stream::BoxStream};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Sftp, connection, read_back, session::Session, sign_in, upload};
use crate::storage::{Content, Step, StepKind, StorageError};

/// What is written for a try.
const PROBE: &[u8] = b"Carryall tries whether it can write here. This file can be deleted.\n";

/// The steps so far.
#[derive(Default)]
struct Steps(Vec<Step>);

impl Steps {
    /// Takes a step; None if it failed.
    async fn take<T>(&mut self, kind: StepKind, step: impl Future<Output = Result<T, StorageError>>) -> Option<T> {
        let start = Instant::now();
        let (done, error) = match step.await {
            Ok(done) => (Some(done), None),
            Err(error) => (None, Some(error)),
        };
        let millis = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.push(Step { kind, error, detail: None, millis });
        done
    }
}

/// Tries it.
pub async fn check(storage: &Sftp) -> Vec<Step> {
    let mut steps = Steps::default();
    if let Some(session) = sign_in(storage, &mut steps).await {
        let mut made = Vec::new();
        let name = format!("carryall-check-{}", Uuid::new_v4().simple());
        let tried = try_file(storage, &session, &name, &mut made, &mut steps).await;
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
    steps.0
}

async fn sign_in(storage: &Sftp, steps: &mut Steps) -> Option<Session> {
    let settings = &storage.settings;
    let addresses = steps.take(StepKind::Resolve, connection::resolve(settings, &storage.network)).await?;
    let stream = steps.take(StepKind::Connect, connection::connect(&addresses)).await?;
    let identify = connection::identify(stream, &addresses, &storage.pin);
    let mut identified = steps.take(StepKind::Identify, identify).await?;
    if let Some(step) = steps.0.last_mut() {
        step.detail = identified.sight.key.get().map(ToString::to_string);
    }
    let session = async {
        sign_in::sign_in(&mut identified, settings).await?;
        Session::start(identified).await
    };
    steps.take(StepKind::SignIn, session).await
}

async fn try_file(
    storage: &Sftp,
    session: &Session,
    name: &str,
    made: &mut Vec<String>,
    steps: &mut Steps,
) -> Option<()> {
    let folder = &storage.folder;
    let write = async {
        *made = folder.make(session).await?;
        let sent = AtomicU64::new(0);
        upload::upload(session, folder, name, &Probe, &sent).await.map_err(|failed| failed.error)
    };
    steps.take(StepKind::Write, write).await?;
    let path = folder.path(name);
    let receipt = upload::receipt(&Probe);
    steps.take(StepKind::Read, read_back::verify(session, &path, &receipt)).await?;
    let delete = async { session.remove(&path).await.map(|_| ()) };
    steps.take(StepKind::Delete, delete).await
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
