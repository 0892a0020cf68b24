//! The server's certificate: read at the start, and again when its file has changed, since certificates are renewed while a
//! server runs.

use std::{fs, io, time::Duration};

use carryall::http::RustlsConfig;
use tracing::{info, warn};

use super::CommandError;
use crate::config::Certificate;

/// So often it is looked whether the files have changed.
const LOOK: Duration = Duration::from_secs(60);

/// The certificate, which follows its files from now on.
pub(super) async fn open(certificate: Certificate) -> Result<RustlsConfig, CommandError> {
    let stamp = stamp(&certificate);
    let config = RustlsConfig::from_pem_file(&certificate.chain, &certificate.key).await;
    let config =
        config.map_err(|cause| CommandError::Certificate(certificate.chain.clone(), certificate.key.clone(), cause))?;
    tokio::spawn(follow(config.clone(), certificate, stamp.ok()));
    Ok(config)
}

/// Reads the files again whenever they have changed. Until both fit each other, the old certificate stays.
async fn follow(config: RustlsConfig, certificate: Certificate, mut read: Option<Stamp>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Ok(present) = stamp(&certificate) else { continue };
        if read.as_ref() == Some(&present) {
            continue;
        }
        match config.reload_from_pem_file(&certificate.chain, &certificate.key).await {
            Ok(()) => info!("the certificate was read again"),
            Err(cause) => {
                let file = certificate.chain.display();
                warn!(%file, %cause, "the new certificate cannot be used: the old one stays");
            }
        }
        read = Some(present);
    }
}

/// What tells one content of the two files from another.
type Stamp = [(std::time::SystemTime, u64); 2];

fn stamp(certificate: &Certificate) -> io::Result<Stamp> {
    let of = |path| fs::metadata(path).and_then(|file| Ok((file.modified()?, file.len())));
    Ok([of(&certificate.chain)?, of(&certificate.key)?])
}
