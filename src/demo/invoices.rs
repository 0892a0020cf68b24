//! A year of invoices and their items.

use chrono::{Months, NaiveDate, TimeDelta};
use rusqlite::{Connection, Result, params};

use super::{
    accounts::Account,
    calendar::{self, TODAY},
    dice::Dice,
    services::Service,
    vocabulary::Prose,
};

const MONTHS: u32 = 12;

/// An invoice, as the payments refer to it.
pub(super) struct Invoice<'a> {
    pub(super) id: i64,
    pub(super) account: &'a Account<'a>,
    pub(super) status: &'static str,
    pub(super) total_cents: i64,
    pub(super) issued: NaiveDate,
    pub(super) due: NaiveDate,
}

struct Item {
    service: Option<i64>,
    description: String,
    quantity: i64,
    unit_cents: i64,
    discount_cents: i64,
}

/// Fills `invoices` and `invoice_items`, month by month.
pub(super) fn fill<'a>(
    db: &Connection,
    prose: &Prose,
    accounts: &'a [Account<'a>],
    services: &[Vec<Service>],
) -> Result<Vec<Invoice<'a>>> {
    let mut dice = Dice::of("invoices");
    let mut invoices = Vec::new();
    let mut ids = 1_i64..;
    for issued in (0..MONTHS).rev().map(|back| TODAY - Months::new(back)) {
        for (account, services) in accounts.iter().zip(services) {
            let items = draw_items(&mut dice, prose, account, services, issued);
            if !items.is_empty()
                && let Some(id) = ids.next()
            {
                let invoice = draw(&mut dice, account, &items, id, issued);
                insert(db, &mut dice, &invoice, &items)?;
                invoices.push(invoice);
            }
        }
    }
    Ok(invoices)
}

fn draw_items(
    dice: &mut Dice,
    prose: &Prose,
    account: &Account<'_>,
    services: &[Service],
    issued: NaiveDate,
) -> Vec<Item> {
    let mut items = Vec::new();
    let month = issued.format("%B %Y");
    for service in services.iter().filter(|service| service.runs_on(issued)) {
        items.push(item(Some(service), format!("{}, {month}", service.plan.name), 1, service.price_cents));
        if service.starts + Months::new(1) > issued {
            let price = account.country.price(4_900);
            let mut fee = item(Some(service), "Installation; first month's \"welcome\" offer".to_owned(), 1, price);
            fee.discount_cents = dice.maybe(60, price).unwrap_or_default();
            items.push(fee);
        }
        if dice.chance(3) {
            let days = dice.between(1, 9);
            let text = format!("-{days} days: credit for the outage,\nwith our apologies");
            items.push(item(Some(service), text, -days, service.price_cents / 30));
        }
    }
    if !items.is_empty() && dice.chance(30) {
        let price = account.country.price(dice.between(10, 60) * 10);
        let quantity = dice.between(1, 12);
        items.push(item(None, dice.word(&prose.extras).to_owned(), quantity, price));
    }
    items
}

fn item(service: Option<&Service>, description: String, quantity: i64, unit_cents: i64) -> Item {
    Item { service: service.map(|service| service.id), description, quantity, unit_cents, discount_cents: 0 }
}

fn draw<'a>(dice: &mut Dice, account: &'a Account<'a>, items: &[Item], id: i64, issued: NaiveDate) -> Invoice<'a> {
    let net = net(items);
    let due = issued + TimeDelta::days(14);
    let settled = if issued + Months::new(2) > TODAY { 88 } else { 97 };
    let status = match () {
        () if issued == TODAY => "open",
        () if dice.chance(1) => "void",
        () if dice.chance(settled) => "paid",
        () => "overdue",
    };
    Invoice { id, account, status, total_cents: net + tax(account, net), issued, due }
}

fn net(items: &[Item]) -> i64 {
    items.iter().map(|item| item.quantity * item.unit_cents - item.discount_cents).sum()
}

/// Rounded half up.
fn tax(account: &Account<'_>, net: i64) -> i64 {
    if account.is_tax_exempt { 0 } else { (net * account.country.tax + 500).div_euclid(1000) }
}

fn insert(db: &Connection, dice: &mut Dice, invoice: &Invoice<'_>, items: &[Item]) -> Result<()> {
    let net = net(items);
    let sent = calendar::moment_of(dice, invoice.issued);
    db.prepare_cached(
        "INSERT INTO invoices (id, account_id, number, status, currency, net_cents, tax_cents, total_cents, issued_on,
             due_on, sent_at, remark) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        invoice.id,
        invoice.account.id,
        format!("{}-{:06}", invoice.issued.format("%Y"), invoice.id),
        invoice.status,
        invoice.account.country.currency,
        net,
        invoice.total_cents - net,
        invoice.total_cents,
        invoice.issued.to_string(),
        invoice.due.to_string(),
        dice.maybe(97, calendar::utc(sent)),
        remark(dice),
    ])?;
    insert_items(db, invoice.id, items)
}

fn insert_items(db: &Connection, invoice: i64, items: &[Item]) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO invoice_items (invoice_id, position, service_id, description, quantity, unit_cents, discount_cents)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (position, item) in (1_i64..).zip(items) {
        insert.execute(params![
            invoice,
            position,
            item.service,
            item.description,
            item.quantity,
            item.unit_cents,
            item.discount_cents,
        ])?;
    }
    Ok(())
}

fn remark(dice: &mut Dice) -> Option<&'static str> {
    match dice.below(40) {
        0 => Some("PO \"4711\"; cost centre 12,5"),
        1 => Some("@accounting: by post, please"),
        2 => Some("Tack så mycket! 💙"),
        3..=7 => Some(""),
        _ => None,
    }
}
