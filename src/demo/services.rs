//! Plans, and the lines that customers have.

use chrono::{NaiveDate, TimeDelta};
use rusqlite::{Connection, Result, params};
use serde_json::json;

use super::{
    accounts::Account,
    calendar::{self, TODAY},
    dice::Dice,
};

/// What is sold.
pub(super) struct Plan {
    code: &'static str,
    pub(super) name: &'static str,
    pub(super) technology: &'static str,
    down_mbps: i64,
    up_mbps: i64,
    euro_cents: i64,
}

const PLANS: [Plan; 14] = [
    plan("FIBRE-100", "Fibre 100", "fibre", 100, 50, 2_490),
    plan("FIBRE-250", "Fibre 250", "fibre", 250, 100, 3_490),
    plan("FIBRE-600", "Fibre 600, \"Family\"", "fibre", 600, 300, 4_290),
    plan("FIBRE-1G", "Fibre 1 Gbit/s", "fibre", 1_000, 500, 5_490),
    plan("FIBRE-10G-BIZ", "Business 10G; with SLA", "fibre", 10_000, 10_000, 34_900),
    plan("DSL-16", "DSL 16 (old)", "dsl", 16, 1, 1_990),
    plan("DSL-50", "DSL 50", "dsl", 50, 10, 2_490),
    plan("DSL-100", "DSL 100", "dsl", 100, 40, 2_990),
    plan("RADIO-30", "Village Radio 30", "radio", 30, 5, 3_290),
    plan("RADIO-100", "Village Radio 100", "radio", 100, 20, 4_490),
    plan("SAT-20", "Satellite 20 🛰️", "satellite", 20, 2, 5_900),
    plan("VOICE", "Voice, flat rate", "voice", 0, 0, 490),
    plan("TV-BASIC", "TV Basic", "tv", 0, 0, 990),
    plan("TV-SPORT", "TV Sport + Films", "tv", 0, 0, 1_990),
];

const fn plan(
    code: &'static str,
    name: &'static str,
    technology: &'static str,
    down_mbps: i64,
    up_mbps: i64,
    euro_cents: i64,
) -> Plan {
    Plan { code, name, technology, down_mbps, up_mbps, euro_cents }
}

/// A line, as the other tables refer to it.
pub(super) struct Service {
    pub(super) id: i64,
    pub(super) plan: &'static Plan,
    pub(super) price_cents: i64,
    pub(super) starts: NaiveDate,
    pub(super) ends: Option<NaiveDate>,
    is_suspended: bool,
}

impl Service {
    /// Whether it is to be paid for on `day`.
    pub(super) fn runs_on(&self, day: NaiveDate) -> bool {
        self.starts <= day && self.ends.is_none_or(|end| end >= day)
    }

    /// Whether bytes go through it.
    pub(super) fn carries_data(&self) -> bool {
        self.plan.down_mbps > 0
    }

    fn status(&self) -> &'static str {
        match self.ends {
            Some(end) if end < TODAY => "ended",
            _ if self.is_suspended => "suspended",
            _ => "active",
        }
    }
}

/// Fills `plans` and `services`; the result has a list for every account, in order.
pub(super) fn fill(db: &Connection, accounts: &[Account<'_>], sites: &[Vec<i64>]) -> Result<Vec<Vec<Service>>> {
    add_plans(db)?;
    let mut dice = Dice::of("services");
    let mut ids = 1_i64..;
    let mut all = Vec::new();
    for (account, sites) in accounts.iter().zip(sites) {
        let extra = usize::from(dice.chance(30)) + usize::from(dice.chance(15));
        let mut services = Vec::new();
        for (nth, id) in (0..sites.len() + extra).zip(ids.by_ref()) {
            let site = sites.get(nth).or(sites.first()).copied();
            let service = draw(&mut dice, account, id, nth >= sites.len());
            insert(db, &mut dice, account, &service, site)?;
            services.push(service);
        }
        all.push(services);
    }
    Ok(all)
}

fn add_plans(db: &Connection) -> Result<()> {
    let mut insert = db.prepare(
        "INSERT INTO plans (id, code, name, technology, download_kbps, upload_kbps, price_cents, is_offered, \"order\",
             description) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for (id, plan) in (1_i64..).zip(&PLANS) {
        insert.execute(params![
            id,
            plan.code,
            plan.name,
            plan.technology,
            plan.down_mbps * 1000,
            plan.up_mbps * 1000,
            plan.euro_cents,
            plan.code != "DSL-16",
            -10 * id,
            (plan.technology == "satellite").then_some("Latency as physics allows;\nno games."),
        ])?;
    }
    Ok(())
}

fn draw(dice: &mut Dice, account: &Account<'_>, id: i64, is_extra: bool) -> Service {
    let plan = match (is_extra, account.company.is_some()) {
        (true, _) => dice.pick_from(&PLANS[11..]),
        (false, true) => dice.pick_from(&PLANS[..8]),
        (false, false) => dice.pick_from(&PLANS[..11]).filter(|plan| plan.up_mbps < 10_000),
    }
    .unwrap_or(&PLANS[0]);
    let last = account.last_day();
    let latest = (account.opened + TimeDelta::days(if is_extra { 2000 } else { 20 })).min(last);
    let starts = calendar::day_between(dice, account.opened, latest);
    let leaves = calendar::day_between(dice, starts, last);
    Service {
        id,
        plan,
        price_cents: account.country.price(plan.euro_cents),
        starts,
        ends: account.closed.or(dice.maybe(5, leaves)),
        is_suspended: account.status == "suspended",
    }
}

fn insert(db: &Connection, dice: &mut Dice, account: &Account<'_>, service: &Service, site: Option<i64>) -> Result<()> {
    let plan = (1_i64..).zip(&PLANS).find(|(_, plan)| plan.code == service.plan.code);
    let carries = service.carries_data();
    let label =
        dice.pick([None, Some(""), Some("Home"), Some("Office, 2nd floor"), Some("Küche \"oben\""), Some("=A1")]);
    let network = dice.pick(["192.0.2", "198.51.100", "203.0.113"]);
    db.prepare_cached(
        "INSERT INTO services (id, account_id, plan_id, address_id, status, label, price_cents, ipv4, ipv6, mac,
             router_serial, signal_dbm, router_config, starts_on, ends_on)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        service.id,
        account.id,
        plan.map(|(id, _)| id),
        site,
        service.status(),
        label,
        service.price_cents,
        carries.then(|| format!("{network}.{}", dice.between(1, 254))),
        carries.then(|| format!("2001:db8:{:x}::/48", service.id)),
        carries.then(|| format!("00:00:5e:00:53:{:02x}", dice.below(256))),
        carries.then(|| format!("00{:010}", dice.between(0, 9_999_999_999))),
        carries.then(|| dice.real(-350, -80, 10)),
        carries.then(|| router_config(dice)),
        service.starts.to_string(),
        service.ends.map(|day| day.to_string()),
    ])?;
    Ok(())
}

fn router_config(dice: &mut Dice) -> String {
    json!({
        "ssid": dice.pick(["Heronwire-Home", "café ☕", "FBI \"van\"; 2", "\\o/", "家のWi-Fi", "שלום"]),
        "channel": dice.pick([1, 6, 11, 36, 44]),
        "guest": dice.chance(20),
        "tx_power": dice.real(5, 200, 10),
        "ports": [{ "port": 443, "to": "192.0.2.10" }, { "port": 25565, "to": null }],
    })
    .to_string()
}
