//! Where the lines end, and where the bills go.

use rusqlite::{Connection, Result, params};

use super::{accounts::Account, dice::Dice};

/// Fills `addresses`; the result has the service addresses' ids for every account, in order.
pub(super) fn fill(db: &Connection, accounts: &[Account<'_>]) -> Result<Vec<Vec<i64>>> {
    let mut dice = Dice::of("addresses");
    let mut ids = 1_i64..;
    let mut all = Vec::new();
    for account in accounts {
        let sites = if account.company.is_some() { dice.between(1, 3) } else { 1 };
        let mut service_sites = Vec::new();
        for (_, id) in (0..sites).zip(ids.by_ref()) {
            insert(db, &mut dice, account, id, "service")?;
            service_sites.push(id);
        }
        if dice.chance(20)
            && let Some(id) = ids.next()
        {
            insert(db, &mut dice, account, id, "billing")?;
        }
        all.push(service_sites);
    }
    Ok(all)
}

fn insert(db: &Connection, dice: &mut Dice, account: &Account<'_>, id: i64, kind: &str) -> Result<()> {
    let country = account.country;
    let latitude = country.latitude * 1000 + offset(dice);
    let longitude = country.longitude * 1000 + offset(dice);
    let located = dice.chance(88);
    db.prepare_cached(
        "INSERT INTO addresses (id, account_id, kind, line1, line2, postcode, town, country, latitude, longitude,
             directions) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        id,
        account.id,
        kind,
        country.street(dice),
        line2(dice),
        country.postcode(dice),
        dice.word(&country.towns),
        country.code,
        located.then_some(f64::from(latitude) / 1_000_000.0),
        located.then_some(f64::from(longitude) / 1_000_000.0),
        directions(dice),
    ])?;
    Ok(())
}

/// Up to nine tenths of a degree, in millionths.
fn offset(dice: &mut Dice) -> i32 {
    i32::try_from(dice.between(-900_000, 900_000)).unwrap_or_default()
}

fn line2(dice: &mut Dice) -> Option<String> {
    let number = dice.between(1, 40);
    match dice.below(10) {
        0..=3 => None,
        4..=6 => Some(String::new()),
        7 => Some(format!("c/o Žofie Černá, 2nd floor, door {number}")),
        8 => Some(format!("Hinterhaus\r\n{number}. Stock")),
        _ => Some(format!("Flat \"{number}\"; bell #{number}")),
    }
}

fn directions(dice: &mut Dice) -> Option<&'static str> {
    let text = dice.pick([
        "Ring twice. The dog (\"Brutus\") is harmless, mostly.",
        "Behind the church,\nblue door,\nkey under the 🪴",
        "=> through the yard, then left",
        "- no parking -",
        "Splitter in the cellar; caretaker: 555-0123",
        "",
    ]);
    dice.maybe(25, text)
}
