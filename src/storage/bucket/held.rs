//! What is there in a bucket: how long a file is, its bytes, which files there are, and an address at which one can be had
//! without credentials for a while.

use std::{io, ops::Range, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream, stream::BoxStream};
use object_store::{
    GetOptions, GetRange,
    list::{PaginatedListOptions, PaginatedListResult},
};
use reqwest::Method;
use url::Url;

use super::{Bucket, Leftovers};
use crate::storage::StorageError;

/// A file in a bucket's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What it is called.
    pub name: String,
    /// When it was put.
    pub modified: DateTime<Utc>,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Bucket {
    /// The length of `name` in bytes; None if there is no such file.
    pub async fn length(&self, name: &str) -> Result<Option<u64>, StorageError> {
        let (session, key) = (self.session()?, self.folder.key(name)?);
        let look = |options: GetOptions| session.client.store.get_opts(&key, options);
        match look(GetOptions::new().with_head(true)).await {
            Ok(found) => return Ok(Some(found.meta.size)),
            Err(error @ object_store::Error::NotFound { .. }) => session.missing(&error)?,
            Err(error) => return Err(session.error(&error)),
        }
        // To HEAD a missing bucket is answered like a missing object. Of a GET the answer says which it is.
        match look(GetOptions::new().with_range(Some(GetRange::Bounded(0..1)))).await {
            Ok(found) => Ok(Some(found.meta.size)),
            Err(error) => session.missing(&error).map(|()| None),
        }
    }

    /// The bytes of `name` in `range`, in pieces of any length. Dropping them ends the request.
    pub async fn read(
        &self,
        name: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, io::Result<Bytes>>, StorageError> {
        if range.is_empty() {
            return Ok(stream::empty().boxed());
        }
        let (session, key) = (self.session()?, self.folder.key(name)?);
        let options = GetOptions::new().with_range(Some(GetRange::Bounded(range)));
        let object = session.client.store.get_opts(&key, options).await.map_err(|error| session.error(&error))?;
        let pieces = object.into_stream();
        Ok(pieces.map(move |piece| piece.map_err(|error| io::Error::other(session.error(&error)))).boxed())
    }

    /// The files of the folder whose names begin with `start`.
    pub async fn list(&self, start: &str) -> Result<Vec<Listed>, StorageError> {
        let (session, prefix) = (self.session()?, self.folder.prefix(start));
        let (mut listed, mut page_token) = (Vec::new(), None);
        loop {
            let options = PaginatedListOptions { delimiter: Some("/".into()), page_token, ..Default::default() };
            let page = session.client.pages.list_paginated(Some(&prefix), options).await;
            let PaginatedListResult { result, page_token: next } = page.map_err(|error| session.error(&error))?;
            listed.extend(result.objects.into_iter().filter_map(|object| {
                let name = object.location.filename()?.to_owned();
                Some(Listed { name, modified: object.last_modified, bytes: object.size })
            }));
            match next {
                Some(next) => page_token = Some(next),
                None => return Ok(listed),
            }
        }
    }

    /// An address at which `name` can be had for so long without any credentials.
    pub async fn presigned(&self, name: &str, good_for: Duration) -> Result<Url, StorageError> {
        let (session, key) = (self.session()?, self.folder.key(name)?);
        let signed = session.client.presigner.signed_url(Method::GET, &key, good_for).await;
        signed.map_err(|error| session.error(&error))
    }

    /// Whether what broken-off uploads have left can be found: who may write may still not be allowed to.
    pub async fn sees_leftovers(&self) -> Result<bool, StorageError> {
        if self.provider.leftovers() == Leftovers::Blocks {
            return Ok(true);
        }
        let session = self.session()?;
        match session.ask(Method::GET, None, "max-uploads=1&uploads=").await {
            Ok(_) => Ok(true),
            Err(failure) if failure.is_refusal() => Ok(false),
            Err(failure) => Err(session.explain(failure)),
        }
    }
}
