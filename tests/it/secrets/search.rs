//! Looks for secrets in everything that came out, in every form in which they could have come out.

use std::collections::BTreeSet;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use memchr::memmem::{Finder, FinderBuilder};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// Shorter ones would be found by chance.
const SHORTEST: usize = 8;

/// What is looked for.
#[derive(Default)]
pub struct Secrets {
    forms: Vec<(String, Finder<'static>)>,
}

/// Where a secret stands: the place, and what the secret is called.
pub type Found = BTreeSet<(String, String)>;

impl Secrets {
    /// Looks for a text from now on.
    pub fn add(&mut self, name: &str, secret: &str) {
        let texts = text_forms(secret);
        let encoded = texts.iter().flat_map(|text| byte_forms(text)).collect::<Vec<_>>();
        self.add_forms(name, texts.into_iter().chain(encoded));
    }

    /// Looks for bytes from now on.
    pub fn add_bytes(&mut self, name: &str, secret: &[u8]) {
        self.add_forms(name, byte_forms(secret).into_iter());
    }

    /// Looks for a few bytes from now on, as they are.
    pub fn add_raw(&mut self, name: &str, bytes: &[u8]) {
        self.forms.push((name.to_owned(), Finder::new(bytes).into_owned()));
    }

    fn add_forms(&mut self, name: &str, forms: impl Iterator<Item = Vec<u8>>) {
        for form in forms.collect::<BTreeSet<_>>() {
            assert!(form.len() >= SHORTEST, "{name} is too short to be looked for");
            self.forms.push((name.to_owned(), FinderBuilder::new().build_forward(&form).into_owned()));
        }
    }

    /// Which of them stand in `bytes`, each with a part of what is around it.
    pub fn find(&self, bytes: &[u8]) -> Vec<(&str, String)> {
        let hits = self.forms.iter().filter_map(|(name, form)| {
            let place = form.find(bytes)?;
            let around = &bytes[place.saturating_sub(300)..(place + 300).min(bytes.len())];
            Some((name.as_str(), String::from_utf8_lossy(around).into_owned()))
        });
        hits.collect()
    }
}

/// A text as it is, and as an address, JSON, GraphQL or Rust's `Debug` writes it.
fn text_forms(text: &str) -> Vec<Vec<u8>> {
    const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    let json = serde_json::Value::from(text).to_string();
    let json_in_json = serde_json::Value::from(json.as_str()).to_string();
    let mut address = Url::parse("http://u@h/").unwrap();
    address.set_query(Some(text));
    address.set_path(text);
    address.set_password(Some(text)).unwrap();
    let strict = utf8_percent_encode(text, STRICT).to_string();
    [
        text.to_owned(),
        json[1..json.len() - 1].to_owned(),
        json_in_json[3..json_in_json.len() - 3].to_owned(),
        format!("{text:?}").trim_matches('"').to_owned(),
        address.query().unwrap_or_default().to_owned(),
        address.password().unwrap_or_default().to_owned(),
        address.path()[1..].to_owned(),
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
        strict.replace("%20", "+"),
        strict.to_ascii_lowercase(),
        strict,
    ]
    .map(String::into_bytes)
    .into()
}

/// Bytes as they are, in hexadecimal, in a `Debug` of them, and in base64, wherever in a longer text they begin.
fn byte_forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    let hexadecimal = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let numbers = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let mut forms = vec![bytes.to_owned(), hexadecimal.to_ascii_uppercase().into(), hexadecimal.into(), numbers.into()];
    for before in 0..3 {
        let shifted = [&vec![0; before][..], bytes].concat();
        // The first and the last character hold bits of what stands beside.
        let (start, cut) = (if before == 0 { 0 } else { before + 1 }, usize::from(shifted.len() % 3 != 0));
        for encoded in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            forms.push(encoded.as_bytes()[start..encoded.len() - cut].to_owned());
        }
    }
    forms
}

#[test]
fn a_secret_is_found_in_every_form() {
    let secret = "Mk \"9\"/ü+\\%";
    let mut secrets = Secrets::default();
    secrets.add("it", secret);
    let json = serde_json::json!({ "a": secret }).to_string();
    for text in [
        format!("a{secret}b"),
        json.clone(),
        serde_json::json!({ "a": json }).to_string(),
        format!("{:?}", [secret]),
        format!("{:?}", secret.as_bytes()),
        String::from_utf8_lossy(&STANDARD_NO_PAD.encode(format!("user:{secret}")).into_bytes()).into_owned(),
        URL_SAFE_NO_PAD.encode(format!("{secret}.")),
        STANDARD_NO_PAD.encode(format!("aa{secret}aa")),
        format!("?a={}", utf8_percent_encode(secret, NON_ALPHANUMERIC)),
        url::form_urlencoded::Serializer::new(String::new()).append_pair("a", secret).finish(),
        Url::parse(&format!("http://h/?a={secret}")).unwrap().to_string(),
    ] {
        assert!(!secrets.find(text.as_bytes()).is_empty(), "{text}");
    }
    assert!(secrets.find(b"nothing of the kind").is_empty());
}
