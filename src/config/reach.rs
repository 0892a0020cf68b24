//! How the server is reached: its public address, its certificate, the pages and the proxies it trusts, and how much a client may
//! ask for.

use std::path::PathBuf;

use carryall::{http::Reach, limits::Limits};
use clap::Args;
use url::Url;

use super::{ConfigError, file::File, given, path};

/// The settings of the doors.
#[derive(Args, Debug)]
pub(crate) struct ReachArgs {
    /// Where the server is reached from outside; behind a proxy, say [default: as each request says]
    #[arg(long, env = "CARRYALL_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    #[command(flatten)]
    certificate: CertificateArgs,
    /// Another origin whose pages may use the API, such as https://app.example.com; may be given several times, or with commas
    #[arg(long = "allowed-origin", env = "CARRYALL_ALLOWED_ORIGINS", value_delimiter = ',', value_name = "ORIGIN")]
    allowed_origins: Vec<String>,
    /// The address or network of a proxy whose X-Forwarded-For and X-Forwarded-Proto are believed; may be given several times,
    /// or with commas
    #[arg(long = "trusted-proxy", env = "CARRYALL_TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORK")]
    trusted_proxies: Vec<String>,
    /// How much a client may ask for, such as document-depth=12; may be given several times, or with commas
    #[arg(long = "limit", env = "CARRYALL_LIMITS", value_delimiter = ',', value_name = "NAME=NUMBER", long_help = limits_help())]
    limits: Vec<String>,
}

/// The certificate.
#[derive(Args, Debug)]
pub(crate) struct CertificateArgs {
    /// The server's certificate and those that lead to its authority, as PEM: with it, the server speaks TLS
    #[arg(long, env = "CARRYALL_TLS_CERTIFICATE_FILE", value_parser = path(), value_name = "FILE")]
    tls_certificate_file: Option<PathBuf>,
    /// The certificate's private key, as PEM
    #[arg(long, env = "CARRYALL_TLS_KEY_FILE", value_parser = path(), value_name = "FILE")]
    tls_key_file: Option<PathBuf>,
}

/// The files of a certificate.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
}

impl ReachArgs {
    /// The settings, with the file's and the defaults filled in. Where the server listens is for the caller to add.
    pub(super) fn resolve(self, file: &File) -> Result<(Reach, Option<Certificate>, Limits), ConfigError> {
        let public_url = given(self.public_url).or(file.public_url.clone()).map(checked_public_url).transpose()?;
        let certificate = self.certificate.resolve(file)?;
        let origins = several(self.allowed_origins, &file.allowed_origins);
        let proxies = several(self.trusted_proxies, &file.trusted_proxies);
        let reach = Reach {
            public_url,
            allowed_origins: origins.into_iter().map(checked_origin).collect::<Result<_, _>>()?,
            trusted_proxies: proxies.iter().map(|text| checked_network(text)).collect::<Result<_, _>>()?,
            loopback: false,
            tls: certificate.is_some(),
        };
        Ok((reach, certificate, limits(&several(self.limits, &[]), file)?))
    }
}

impl CertificateArgs {
    /// Whether there is one: whoever asks the server needs no key for that.
    pub(super) fn is_given(&self, file: &File) -> bool {
        given(self.tls_certificate_file.clone()).or(file.tls_certificate_file.clone()).is_some()
    }

    /// The certificate, if there is one.
    pub(super) fn resolve(self, file: &File) -> Result<Option<Certificate>, ConfigError> {
        let chain = given(self.tls_certificate_file).or(file.tls_certificate_file.clone());
        let key = given(self.tls_key_file).or(file.tls_key_file.clone());
        match (chain, key) {
            (Some(chain), Some(key)) => Ok(Some(Certificate { chain, key })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(ConfigError::new("--tls-key-file", "the certificate's private key is missing")),
            (None, Some(_)) => {
                Err(ConfigError::new("--tls-certificate-file", "the private key's certificate is missing"))
            }
        }
    }
}

/// What is given several times: of the flag or the variable, else of the file.
fn several(given: Vec<String>, file: &[String]) -> Vec<String> {
    let given: Vec<_> = given.into_iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect();
    if given.is_empty() { file.to_vec() } else { given }
}

fn checked_public_url(url: String) -> Result<Url, ConfigError> {
    let usable = |parsed: &Url| {
        let plain = parsed.query().is_none()
            && parsed.fragment().is_none()
            && parsed.username().is_empty()
            && parsed.password().is_none();
        matches!(parsed.scheme(), "http" | "https") && plain
    };
    // It is not shown: it may hold a password.
    let wrong = || ConfigError::new("--public-url", "it is not an address like https://carryall.example.com");
    Url::parse(&url).ok().filter(usable).ok_or_else(wrong)
}

/// An origin as browsers write it: without a slash, and without the scheme's own port.
fn checked_origin(text: String) -> Result<String, ConfigError> {
    let parsed = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.path() == "/");
    let origin = parsed.map(|url| url.origin().ascii_serialization());
    let wrong = || ConfigError::new("--allowed-origin", "one is not an origin like https://app.example.com");
    origin.filter(|origin| text.trim_end_matches('/').eq_ignore_ascii_case(origin)).ok_or_else(wrong)
}

fn checked_network(text: &str) -> Result<ipnet::IpNet, ConfigError> {
    let address = || text.parse::<std::net::IpAddr>().ok().map(ipnet::IpNet::from);
    text.parse().ok().or_else(address).ok_or_else(|| {
        ConfigError::new("--trusted-proxy", format!("`{text}` is neither an address nor a network like 10.0.0.0/8"))
    })
}

/// The limits; those of flags or the variable before those of the file.
fn limits(given: &[String], file: &File) -> Result<Limits, ConfigError> {
    let mut limits = Limits::default();
    for (name, number) in &file.limits {
        let setting = format!("[limits] in {}", file.path.display());
        limits.set(name, *number).map_err(|wrong| ConfigError::new(setting, wrong))?;
    }
    for one in given {
        let wrong = || ConfigError::new(LIMITS, format!("`{one}` is not written NAME=NUMBER"));
        let (name, number) = one.split_once('=').ok_or_else(wrong)?;
        let number = number.trim().parse().map_err(|_| wrong())?;
        limits.set(name.trim(), number).map_err(|wrong| ConfigError::new(LIMITS, wrong))?;
    }
    Ok(limits)
}

/// Where limits are given that are not in the file.
const LIMITS: &str = "--limit, or CARRYALL_LIMITS";

/// The list of the limits, with their defaults.
fn limits_help() -> String {
    let mut help = String::from(
        "How much a client may ask for, such as document-depth=12; may be given several times, or with commas:\n",
    );
    for limit in Limits::all() {
        help.push_str(&format!("\n{} [default: {}]\n    {}", limit.name, limit.default, limit.what));
    }
    help
}
