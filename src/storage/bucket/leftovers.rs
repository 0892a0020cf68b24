//! What a broken-off upload has left, looked for at the provider by the name of the file.
//!
//! `object_store` cannot list multipart uploads, so that these are requests of our own, signed by its authorizers. S3 and
//! Google list uploads by a prefix of their keys; only those of exactly the key are aborted. Who is not allowed to list them
//! can still upload: then nothing is looked for, and what was left stays until a lifecycle rule of the bucket removes it.
//!
//! Azure has no uploads, but blocks without a list. A new list, or a whole blob, of the same name discards them; Azure itself
//! does after a week.

use object_store::{ObjectStoreExt, PutPayload, path::Path};
use reqwest::Method;
use serde::Deserialize;

use super::{
    Leftovers,
    answer::Failure,
    session::{Session, escaped},
};
use crate::storage::StorageError;

/// How many pages of uploads are looked through at most: a thousand on each.
const PAGES: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Uploads {
    #[serde(default)]
    is_truncated: bool,
    #[serde(default)]
    next_key_marker: String,
    #[serde(default)]
    next_upload_id_marker: String,
    #[serde(default, rename = "Upload")]
    uploads: Vec<Upload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Upload {
    key: String,
    upload_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BlockList {
    #[serde(default)]
    uncommitted_blocks: UncommittedBlocks,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UncommittedBlocks {
    #[serde(default, rename = "Block")]
    blocks: Vec<serde::de::IgnoredAny>,
}

/// Before something is put: blocks go by themselves then.
pub(super) async fn clear_to_put(session: &Session, key: &Path) -> Result<(), StorageError> {
    match session.provider.leftovers() {
        Leftovers::Uploads => tolerate(session, abort_uploads(session, key).await),
        Leftovers::Blocks => Ok(()),
    }
}

/// Before something is deleted.
pub(super) async fn clear_to_delete(session: &Session, key: &Path) -> Result<(), StorageError> {
    match session.provider.leftovers() {
        Leftovers::Uploads => tolerate(session, abort_uploads(session, key).await),
        Leftovers::Blocks => discard_blocks(session, key).await,
    }
}

/// Not being allowed to look is no reason not to put or delete; a missing bucket will be told of by what follows.
fn tolerate(session: &Session, result: Result<(), Failure>) -> Result<(), StorageError> {
    match result {
        Err(failure) if !failure.is_refusal() => Err(session.explain(failure)),
        _ => Ok(()),
    }
}

async fn abort_uploads(session: &Session, key: &Path) -> Result<(), Failure> {
    let mut query = format!("prefix={}&uploads=", escaped(key.as_ref()));
    for _ in 0..PAGES {
        let page = session.ask(Method::GET, None, &query).await?;
        let page: Uploads = understood(&page)?;
        for upload in page.uploads.iter().filter(|upload| upload.key == key.as_ref()) {
            abort(session, key, &upload.upload_id).await?;
        }
        if !page.is_truncated {
            break;
        }
        let (key_marker, id_marker) = (escaped(&page.next_key_marker), escaped(&page.next_upload_id_marker));
        let prefix = escaped(key.as_ref());
        query = format!("key-marker={key_marker}&prefix={prefix}&upload-id-marker={id_marker}&uploads=");
    }
    Ok(())
}

/// Aborts an upload; that there is none any more is no error. Blocks cannot be told to go.
pub(super) async fn abort(session: &Session, key: &Path, id: &str) -> Result<(), Failure> {
    if session.provider.leftovers() == Leftovers::Blocks {
        return Ok(());
    }
    match session.ask(Method::DELETE, Some(key), &format!("uploadId={}", escaped(id))).await {
        Err(failure) if !failure.is_missing_object() => Err(failure),
        _ => Ok(()),
    }
}

/// A blob of nothing takes the blocks with it. It is there for a moment, and deleted by what follows.
async fn discard_blocks(session: &Session, key: &Path) -> Result<(), StorageError> {
    let query = "blocklisttype=uncommitted&comp=blocklist";
    let list = match session.ask(Method::GET, Some(key), query).await {
        Ok(list) => understood::<BlockList>(&list).map_err(|failure| session.explain(failure))?,
        Err(failure) => return tolerate(session, Err(failure)),
    };
    if list.uncommitted_blocks.blocks.is_empty() {
        return Ok(());
    }
    session.client.store.put(key, PutPayload::new()).await.map(drop).map_err(|error| session.error(&error))
}

fn understood<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    quick_xml::de::from_reader(body).map_err(|_| Failure::Broken("the answer cannot be understood".into()))
}
