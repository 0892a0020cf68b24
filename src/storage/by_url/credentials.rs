//! Credentials that are asked for at another place than the bucket's, such as the cloud that the machine belongs to. They are
//! asked for once and kept as long as they are good, however many operations there are.

use std::{error::Error, fmt::Debug, sync::Arc};

use async_trait::async_trait;
use object_store::CredentialProvider;

/// A source of credentials that, where it fails, says which variables would do instead.
#[derive(Debug)]
pub(super) struct Keyless<C> {
    source: Arc<dyn CredentialProvider<Credential = C>>,
    instead: &'static str,
}

/// Why there are none. Never with the address that was asked, in which a token may be.
#[derive(Debug, thiserror::Error)]
#[error("there are no credentials ({cause}): {instead}")]
struct NoCredentials {
    cause: String,
    instead: &'static str,
}

impl<C: Debug + Send + Sync + 'static> Keyless<C> {
    pub fn new(source: Arc<dyn CredentialProvider<Credential = C>>, instead: &'static str) -> Arc<Self> {
        Arc::new(Self { source, instead })
    }
}

#[async_trait]
impl<C: Debug + Send + Sync + 'static> CredentialProvider for Keyless<C> {
    type Credential = C;

    async fn get_credential(&self) -> object_store::Result<Arc<C>> {
        self.source.get_credential().await.map_err(|error| {
            let mut innermost: &dyn Error = &error;
            while let Some(source) = innermost.source() {
                innermost = source;
            }
            let cause = innermost.to_string();
            let cause = cause.split("http").next().unwrap_or_default().trim_end_matches([' ', '(']).to_owned();
            let source = Box::new(NoCredentials { cause, instead: self.instead });
            object_store::Error::Unauthenticated { path: String::new(), source }
        })
    }
}
