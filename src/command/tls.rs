//! The server's certificate: read at the start, and again when its file has changed, since certificates are renewed while a
//! server runs.

use std::{fs, io, path::PathBuf, sync::Arc, time::Duration};

use carryall::http::RustlsConfig;
use rustls::{
    ServerConfig,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
};
use tracing::{info, warn};

use crate::config::Certificate;

/// So often it is looked whether the files have changed.
const LOOK: Duration = Duration::from_secs(60);

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificateError {
    #[error("--tls-certificate-file {0}: it cannot be read as PEM: {1}")]
    Chain(PathBuf, #[source] pem::Error),
    #[error("--tls-certificate-file {0}: there is no certificate in it")]
    Empty(PathBuf),
    #[error("--tls-key-file {0}: it cannot be read as a private key in PEM: {1}")]
    Key(PathBuf, #[source] pem::Error),
    #[error("--tls-key-file {0}: it is not the key of the certificate in {1}: {2}")]
    Pair(PathBuf, PathBuf, #[source] rustls::Error),
}

/// The certificate, which follows its files from now on.
pub(super) fn open(certificate: Certificate) -> Result<RustlsConfig, CertificateError> {
    let stamp = stamp(&certificate);
    let config = RustlsConfig::from_config(load(&certificate)?);
    tokio::spawn(follow(config.clone(), certificate, stamp.ok(), LOOK));
    Ok(config)
}

/// Reads the files again whenever they have changed. Until both fit each other, the old certificate stays.
async fn follow(config: RustlsConfig, certificate: Certificate, mut read: Option<Stamp>, look: Duration) {
    let mut told = None;
    loop {
        tokio::time::sleep(look).await;
        let Ok(present) = stamp(&certificate) else { continue };
        if read == Some(present) {
            continue;
        }
        match load(&certificate) {
            Ok(renewed) => {
                config.reload_from_config(renewed);
                info!("the certificate was read again");
                read = Some(present);
            }
            // It is tried again, and told of once.
            Err(cause) if told != Some(present) => {
                warn!(%cause, "the new certificate cannot be used: the old one stays");
                told = Some(present);
            }
            Err(_) => {}
        }
    }
}

/// What the files hold, for HTTP/1.1 alone.
fn load(Certificate { chain, key }: &Certificate) -> Result<Arc<ServerConfig>, CertificateError> {
    let unreadable = |cause| CertificateError::Chain(chain.clone(), cause);
    let certificates = CertificateDer::pem_file_iter(chain).map_err(unreadable)?;
    let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    if certificates.is_empty() {
        return Err(CertificateError::Empty(chain.clone()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|cause| CertificateError::Key(key.clone(), cause))?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(certificates, private);
    let mut config = config.map_err(|cause| CertificateError::Pair(key.clone(), chain.clone(), cause))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// What tells one content of the two files from another.
type Stamp = [(std::time::SystemTime, u64); 2];

fn stamp(certificate: &Certificate) -> io::Result<Stamp> {
    let of = |path| fs::metadata(path).and_then(|file| Ok((file.modified()?, file.len())));
    Ok([of(&certificate.chain)?, of(&certificate.key)?])
}

#[cfg(test)]
mod tests {
    use std::{path::Path, process::Command};

    use super::*;

    fn make(certificate: &Certificate) -> io::Result<()> {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
            .args(["-subj", "/CN=localhost", "-out"])
            .arg(&certificate.chain)
            .arg("-keyout")
            .arg(&certificate.key)
            .output()?;
        if made.status.success() { Ok(()) } else { Err(io::Error::other("openssl failed")) }
    }

    fn at(folder: &Path) -> Certificate {
        Certificate { chain: folder.join("chain.pem"), key: folder.join("key.pem") }
    }

    #[tokio::test]
    async fn a_renewed_certificate_is_taken_and_one_that_does_not_fit_its_key_is_not() -> Result<(), io::Error> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir()?;
        let certificate = at(folder.path());
        make(&certificate)?;
        let config = RustlsConfig::from_config(load(&certificate).map_err(io::Error::other)?);
        let first = config.get_inner();
        let following =
            follow(config.clone(), certificate.clone(), stamp(&certificate).ok(), Duration::from_millis(20));
        let following = tokio::spawn(following);
        let other = Certificate { chain: folder.path().join("other.pem"), key: folder.path().join("other.key") };
        make(&other)?;
        fs::rename(&other.chain, &certificate.chain)?;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(Arc::ptr_eq(&first, &config.get_inner()), "one half alone was taken");
        fs::rename(&other.key, &certificate.key)?;
        let taken = async {
            while Arc::ptr_eq(&first, &config.get_inner()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(60), taken).await.is_ok(), "the new one was not taken");
        following.abort();
        Ok(())
    }
}
