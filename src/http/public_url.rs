//! Where the server is reached from outside: as the setting says, else as the request was addressed.

use axum::http::{HeaderMap, header, uri::Authority};

use super::App;
use crate::graphql::PublicUrl;

impl App {
    /// The address in front of the links of an answer to a request with these headers.
    pub(super) fn public_url(&self, headers: &HeaderMap) -> PublicUrl {
        if let Some(url) = &self.public_url {
            return PublicUrl(url.to_string());
        }
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        // A name and a port, nothing else. Without one (in HTTP/1.0, say) a link needs its host put right.
        let host = host.filter(|host| !host.contains('@')).and_then(|host| host.parse::<Authority>().ok());
        PublicUrl(host.map_or_else(|| "http://localhost".to_owned(), |host| format!("http://{host}")))
    }
}
