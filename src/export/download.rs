//! Handing archives out: the link, and what it leads to.

use std::ops::Range;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use entity::data_export::{Entity, Model};
use futures_util::stream::BoxStream;
use sea_orm::{DbErr, EntityTrait};
use url::Url;
use uuid::Uuid;

use super::Engine;
use crate::files::{
    FilesError,
    link::{self, Link},
};

/// An archive that may be handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// The name it is saved under.
    pub file_name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

/// Why nothing is handed out.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The link was not made by this instance, was changed, or its time is over: which of these, nobody is told.
    #[error("This link is not valid, or not any more. Ask the API for `downloadUrl` again.")]
    Refused,
    /// There is no such archive any more.
    #[error("The file of this export is no longer here.")]
    Gone,
    /// Carryall's own database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The archive cannot be reached.
    #[error(transparent)]
    Files(#[from] FilesError),
}

impl Engine {
    /// The path and query of a link to the archive that is good until `expires`; None if there is no file.
    pub async fn download_path(&self, export: &Model, expires: DateTime<Utc>) -> Result<Option<String>, FilesError> {
        let file_name = self.shown_file(export).await?;
        Ok(file_name.map(|file_name| link::path(&self.parts.keys, export.id, file_name, expires)))
    }

    /// What the link with these parts leads to.
    pub async fn follow(
        &self,
        id: Uuid,
        file_name: &str,
        expires: i64,
        signature: &str,
    ) -> Result<Download, DownloadError> {
        match link::check(&self.parts.keys, id, file_name, expires, signature, self.parts.clock.now()) {
            Link::Good => {}
            Link::Expired | Link::Forged => return Err(DownloadError::Refused),
        }
        let export = Entity::find_by_id(id).one(&self.parts.db).await?.ok_or(DownloadError::Gone)?;
        if self.available_file_quickly(&export).await? != Some(file_name) {
            return Err(DownloadError::Gone);
        }
        let (Some(size), Some(sha256)) = (export.size_bytes, export.sha256) else { return Err(DownloadError::Gone) };
        let bytes = size.try_into().map_err(|_| DownloadError::Gone)?;
        Ok(Download { file_name: file_name.to_owned(), bytes, sha256 })
    }

    /// The bytes of an archive in `range`.
    pub async fn read(
        &self,
        download: &Download,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, std::io::Result<Bytes>>, DownloadError> {
        Ok(self.parts.files.read(&download.file_name, range).await?)
    }

    /// The address to which a client is sent for an archive; None if it is handed out here.
    pub async fn presigned(&self, download: &Download) -> Result<Option<Url>, DownloadError> {
        Ok(self.parts.files.presigned(&download.file_name).await?)
    }
}
