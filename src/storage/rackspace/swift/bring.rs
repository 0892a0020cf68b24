//! Bringing one object, with its MD5 taken on the way.

use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use md5::{Digest, Md5};
use reqwest::{Method, StatusCode};

use super::{Ask, Failure, Swift, etag};
use crate::{
    archive::hexadecimal,
    storage::{StorageError, reading::Reading},
};

impl Swift {
    /// Puts a part of what is read in place of an object, again if need be. Its MD5, which Swift has computed too.
    pub(in crate::storage::rackspace) async fn bring(
        &self,
        object: &str,
        reading: &Reading<'_, ()>,
        range: Range<u64>,
    ) -> Result<String, StorageError> {
        let (mut tries, mut renewed, mut made) = (self.http.tries(), false, false);
        loop {
            let error = match self.bring_once(object, reading, range.clone()).await {
                Ok(Some(md5)) => return Ok(md5),
                Ok(None) if !made => {
                    self.make_container().await?;
                    made = true;
                    continue;
                }
                Ok(None) => StorageError::NotFound(format!("the container {} is not at Rackspace", self.container)),
                Err(Failure::Lapsed(_)) if !renewed => {
                    renewed = true;
                    continue;
                }
                Err(Failure::Lapsed(error) | Failure::Storage(error)) => error,
            };
            tries.after(reading.trouble().unwrap_or(error)).await?;
            // A token that has lapsed makes the server hang up in the middle of a large body, often unheard. Asked
            // something small, it says so, and a new token is had.
            if let Err(error) = self.ask(&Ask { method: Method::HEAD, object: None, query: &[] }, None).await {
                tries.after(error).await?;
            }
        }
    }

    /// None if the container is not there.
    async fn bring_once(
        &self,
        object: &str,
        reading: &Reading<'_, ()>,
        range: Range<u64>,
    ) -> Result<Option<String>, Failure> {
        let sum = Arc::new(Mutex::new(Md5::new()));
        let taken = Arc::clone(&sum);
        let look = move |piece: &[u8]| taken.lock().unwrap_or_else(PoisonError::into_inner).update(piece);
        let body = reading.part(range, look).await?;
        let answer = self.once(&Ask::object(Method::PUT, object), Some(body)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let md5 = hexadecimal(&sum.lock().unwrap_or_else(PoisonError::into_inner).clone().finalize());
        if etag(&answer) == md5 {
            return Ok(Some(md5));
        }
        self.remove(object).await?;
        Err(StorageError::Damaged(format!("what arrived at Rackspace as {object} is not what was sent")).into())
    }
}
