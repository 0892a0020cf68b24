//! The words that the demo is made of, read from the tables in `words/`.

use chrono::NaiveDateTime;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    calendar::{self, Summer},
    dice::Dice,
};

/// All words.
pub(super) struct Vocabulary {
    pub(super) countries: Vec<Country>,
    pub(super) prose: Prose,
    pub(super) settings: Vec<Setting>,
}

/// A country with customers: how its people, places and prices look.
#[derive(Deserialize)]
pub(super) struct Country {
    pub(super) code: String,
    pub(super) currency: String,
    /// Millionths of the currency for one euro.
    pub(super) rate: i64,
    pub(super) locale: String,
    /// Offset from UTC in winter.
    minutes: i32,
    summer: Summer,
    /// Per mille of the net price.
    pub(super) tax: i64,
    /// How many customers live here, beside the other countries.
    share: u32,
    pub(super) latitude: i32,
    pub(super) longitude: i32,
    postcode: String,
    street_form: String,
    #[serde(default)]
    family_first: bool,
    #[serde(default = "blank")]
    joiner: String,
    given: Vec<String>,
    family: Vec<String>,
    company: Vec<String>,
    pub(super) towns: Vec<String>,
    streets: Vec<String>,
    pub(super) says: Vec<String>,
}

/// Sentences.
#[derive(Deserialize)]
pub(super) struct Prose {
    pub(super) subjects: Vec<String>,
    pub(super) customer: Vec<String>,
    pub(super) agent: Vec<String>,
    pub(super) internal: Vec<String>,
    pub(super) extras: Vec<String>,
    pub(super) log: Vec<String>,
}

/// A row of `settings`; the value is JSON.
#[derive(Deserialize)]
pub(super) struct Setting {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) description: Option<String>,
}

/// Somebody's name, in parts and as it is written in their country.
pub(super) struct Person {
    pub(super) given: String,
    pub(super) family: String,
    pub(super) full: String,
}

impl Vocabulary {
    pub(super) fn load() -> Result<Self, toml::de::Error> {
        Ok(Self {
            countries: list(include_str!("words/countries.toml"))?,
            prose: toml::from_str(include_str!("words/prose.toml"))?,
            settings: list(include_str!("words/settings.toml"))?,
        })
    }

    /// A country, by its share of the customers.
    pub(super) fn country(&self, dice: &mut Dice) -> Option<&Country> {
        let all = self.countries.iter().map(|country| country.share).sum();
        let mut ticket = dice.below(all);
        self.countries.iter().find(|country| {
            let found = ticket < country.share;
            ticket = ticket.saturating_sub(country.share);
            found
        })
    }
}

impl Country {
    pub(super) fn person(&self, dice: &mut Dice) -> Person {
        let given = dice.word(&self.given).to_owned();
        let family = dice.word(&self.family).to_owned();
        let full = if self.family_first {
            format!("{family}{}{given}", self.joiner)
        } else {
            format!("{given}{}{family}", self.joiner)
        };
        Person { given, family, full }
    }

    pub(super) fn company(&self, dice: &mut Dice) -> String {
        let family = dice.word(&self.family);
        dice.word(&self.company).replace("{family}", family)
    }

    /// Street and house number.
    pub(super) fn street(&self, dice: &mut Dice) -> String {
        let number = format!("{}{}", dice.between(1, 180), dice.pick(["", "", "", "", "a", "b", "/2"]));
        let street = dice.word(&self.streets);
        self.street_form.replace("{street}", street).replace("{n}", &number)
    }

    pub(super) fn postcode(&self, dice: &mut Dice) -> String {
        let letters = *b"ACDEFHKNPRTVWXY";
        let sign = |sign| match sign {
            '#' => char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or_default()),
            '@' => char::from(dice.pick(letters)),
            other => other,
        };
        self.postcode.chars().map(sign).collect()
    }

    /// Euro cents in this country's currency, to the nearest ten hundredths below.
    pub(super) fn price(&self, euro_cents: i64) -> i64 {
        euro_cents * self.rate / 1_000_000 / 10 * 10
    }

    /// A moment as the clock on the wall shows it here.
    pub(super) fn local(&self, moment: NaiveDateTime) -> String {
        calendar::local(moment, self.minutes, self.summer)
    }
}

/// TOML has no list at its top: the one entry of the table is the list.
fn list<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, toml::de::Error> {
    #[derive(Deserialize)]
    struct Document<T> {
        #[serde(alias = "country", alias = "setting")]
        entries: Vec<T>,
    }
    toml::from_str::<Document<T>>(text).map(|document| document.entries)
}

fn blank() -> String {
    " ".to_owned()
}
