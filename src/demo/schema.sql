-- The demo source: an internet provider's customers, bills, tickets and measurements.
-- Declared types are kept to: DATE is YYYY-MM-DD, TIMESTAMP is ISO 8601 with "Z" or an offset, BOOLEAN is 0 or 1,
-- JSON is a valid document (never a bare number: SQLite would store it as one), money is in hundredths of the currency.

CREATE TABLE roles (
  id          INTEGER PRIMARY KEY,
  name        TEXT    NOT NULL UNIQUE,
  description TEXT,
  is_admin    BOOLEAN NOT NULL DEFAULT 0
);

CREATE TABLE users (
  id            INTEGER PRIMARY KEY,
  username      TEXT      NOT NULL UNIQUE,
  full_name     TEXT      NOT NULL,
  email         TEXT      NOT NULL,
  locale        TEXT      NOT NULL DEFAULT 'en-IE',
  manager_id    INTEGER   REFERENCES users (id),
  is_enabled    BOOLEAN   NOT NULL DEFAULT 1,
  preferences   JSON      NOT NULL DEFAULT '{}' CHECK (json_valid(preferences)),
  created_at    TIMESTAMP NOT NULL,
  last_login_at TIMESTAMP
);

CREATE TABLE user_roles (
  user_id    INTEGER   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role_id    INTEGER   NOT NULL REFERENCES roles (id),
  granted_by INTEGER   REFERENCES users (id) ON DELETE SET NULL,
  granted_at TIMESTAMP NOT NULL,
  PRIMARY KEY (user_id, role_id)
);

CREATE TABLE settings (
  "key"       TEXT      NOT NULL PRIMARY KEY,
  "value"     JSON      NOT NULL CHECK (json_valid("value")),
  description TEXT,
  updated_by  INTEGER   REFERENCES users (id),
  updated_at  TIMESTAMP NOT NULL
) WITHOUT ROWID;

-- Exact decimals, as text: more digits than a floating-point number can hold.
CREATE TABLE exchange_rates (
  currency TEXT NOT NULL,
  valid_on TEXT NOT NULL,
  rate     TEXT NOT NULL,
  inverse  TEXT NOT NULL,
  PRIMARY KEY (currency, valid_on)
) STRICT;

CREATE TABLE plans (
  id            INTEGER PRIMARY KEY,
  code          TEXT    NOT NULL UNIQUE,
  name          TEXT    NOT NULL,
  technology    TEXT    NOT NULL,
  download_kbps INTEGER NOT NULL,
  upload_kbps   INTEGER NOT NULL,
  price_cents   INTEGER NOT NULL CHECK (price_cents >= 0),
  is_offered    BOOLEAN NOT NULL DEFAULT 1,
  "order"       INTEGER NOT NULL DEFAULT 0,
  description   TEXT
);

CREATE TABLE accounts (
  id            INTEGER PRIMARY KEY,
  number        TEXT      NOT NULL UNIQUE,
  name          TEXT      NOT NULL,
  kind          TEXT      NOT NULL DEFAULT 'residential' CHECK (kind IN ('residential', 'business')),
  status        TEXT      NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'closed')),
  country       CHAR(2)   NOT NULL,
  currency      CHAR(3)   NOT NULL DEFAULT 'EUR',
  locale        TEXT      NOT NULL,
  tax_number    TEXT,
  is_tax_exempt BOOLEAN   NOT NULL DEFAULT 0,
  balance_cents INTEGER   NOT NULL DEFAULT 0,
  referred_by   INTEGER   REFERENCES accounts (id) ON DELETE SET NULL,
  custom_fields JSON      CHECK (custom_fields IS NULL OR json_valid(custom_fields)),
  opened_at     TIMESTAMP NOT NULL,
  closed_on     DATE
);

CREATE TABLE contacts (
  id               INTEGER PRIMARY KEY,
  account_id       INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  is_primary       BOOLEAN NOT NULL DEFAULT 0,
  full_name        TEXT    NOT NULL,
  given_name       TEXT,
  family_name      TEXT,
  job_title        TEXT,
  email            TEXT,
  phone            TEXT,
  language         TEXT    NOT NULL,
  wants_newsletter BOOLEAN,
  born_on          DATE
);

CREATE TABLE addresses (
  id         INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind       TEXT    NOT NULL CHECK (kind IN ('service', 'billing')),
  line1      TEXT    NOT NULL,
  line2      TEXT,
  postcode   TEXT    NOT NULL,
  town       TEXT    NOT NULL,
  country    CHAR(2) NOT NULL,
  latitude   REAL,
  longitude  REAL,
  directions TEXT
);

CREATE TABLE services (
  id            INTEGER PRIMARY KEY,
  account_id    INTEGER NOT NULL REFERENCES accounts (id),
  plan_id       INTEGER NOT NULL REFERENCES plans (id),
  address_id    INTEGER NOT NULL REFERENCES addresses (id),
  status        TEXT    NOT NULL CHECK (status IN ('active', 'suspended', 'ended')),
  is_active     BOOLEAN GENERATED ALWAYS AS (status = 'active') VIRTUAL,
  label         TEXT,
  price_cents   INTEGER NOT NULL,
  ipv4          TEXT,
  ipv6          TEXT,
  mac           TEXT,
  router_serial TEXT,
  signal_dbm    REAL,
  router_config JSON    CHECK (router_config IS NULL OR json_valid(router_config)),
  starts_on     DATE    NOT NULL,
  ends_on       DATE
);

-- Counters since the router's first day; they pass 2^53 on the big lines. A correction may be negative.
CREATE TABLE usage_samples (
  service_id       INTEGER   NOT NULL REFERENCES services (id),
  taken_at         TIMESTAMP NOT NULL,
  bytes_down       INTEGER   NOT NULL,
  bytes_up         INTEGER   NOT NULL,
  correction_bytes INTEGER,
  is_online        BOOLEAN   NOT NULL,
  signal_dbm       REAL,
  latency_ms       REAL,
  error_rate       REAL,
  PRIMARY KEY (service_id, taken_at)
) WITHOUT ROWID;

CREATE TABLE invoices (
  id          INTEGER PRIMARY KEY,
  account_id  INTEGER   NOT NULL REFERENCES accounts (id),
  number      TEXT      NOT NULL UNIQUE,
  status      TEXT      NOT NULL CHECK (status IN ('open', 'paid', 'overdue', 'void')),
  currency    CHAR(3)   NOT NULL,
  net_cents   INTEGER   NOT NULL,
  tax_cents   INTEGER   NOT NULL DEFAULT 0,
  total_cents INTEGER   NOT NULL CHECK (total_cents = net_cents + tax_cents),
  issued_on   DATE      NOT NULL,
  due_on      DATE      NOT NULL,
  sent_at     TIMESTAMP,
  remark      TEXT
);

CREATE TABLE invoice_items (
  id             INTEGER PRIMARY KEY,
  invoice_id     INTEGER NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
  position       INTEGER NOT NULL,
  service_id     INTEGER REFERENCES services (id),
  description    TEXT    NOT NULL,
  quantity       INTEGER NOT NULL DEFAULT 1,
  unit_cents     INTEGER NOT NULL,
  discount_cents INTEGER NOT NULL DEFAULT 0,
  amount_cents   INTEGER GENERATED ALWAYS AS (quantity * unit_cents - discount_cents) STORED,
  UNIQUE (invoice_id, position)
);

CREATE TABLE payments (
  id           INTEGER PRIMARY KEY,
  account_id   INTEGER   NOT NULL REFERENCES accounts (id),
  invoice_id   INTEGER   REFERENCES invoices (id),
  refund_of    INTEGER   REFERENCES payments (id),
  method       TEXT      NOT NULL,
  amount_cents INTEGER   NOT NULL CHECK (amount_cents <> 0),
  reference    TEXT,
  received_at  TIMESTAMP NOT NULL
);

CREATE TABLE tickets (
  id            INTEGER PRIMARY KEY,
  account_id    INTEGER   NOT NULL REFERENCES accounts (id),
  contact_id    INTEGER   REFERENCES contacts (id) ON DELETE SET NULL,
  assignee_id   INTEGER   REFERENCES users (id) ON DELETE SET NULL,
  merged_into   INTEGER   REFERENCES tickets (id),
  subject       TEXT      NOT NULL,
  status        TEXT      NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'open', 'waiting', 'closed')),
  priority      INTEGER   NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5),
  rating        INTEGER   CHECK (rating BETWEEN 1 AND 5),
  tags          JSON      NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  custom_fields JSON      CHECK (custom_fields IS NULL OR json_valid(custom_fields)),
  created_at    TIMESTAMP NOT NULL,
  closed_at     TIMESTAMP
);

-- Written by a member of staff or by a customer, never by both.
CREATE TABLE ticket_comments (
  id          INTEGER PRIMARY KEY,
  ticket_id   INTEGER   NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  user_id     INTEGER   REFERENCES users (id),
  contact_id  INTEGER   REFERENCES contacts (id),
  is_internal BOOLEAN   NOT NULL DEFAULT 0,
  body        TEXT      NOT NULL,
  created_at  TIMESTAMP NOT NULL,
  CHECK ((user_id IS NULL) <> (contact_id IS NULL))
);

CREATE TABLE notes (
  id         INTEGER PRIMARY KEY,
  account_id INTEGER   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  author_id  INTEGER   NOT NULL REFERENCES users (id),
  is_pinned  BOOLEAN   NOT NULL DEFAULT 0,
  title      TEXT,
  body       TEXT      NOT NULL,
  created_at TIMESTAMP NOT NULL,
  edited_at  TIMESTAMP
);

CREATE TABLE documents (
  id          INTEGER PRIMARY KEY,
  account_id  INTEGER   NOT NULL REFERENCES accounts (id),
  uploaded_by INTEGER   REFERENCES users (id),
  file_name   TEXT      NOT NULL,
  media_type  TEXT      NOT NULL DEFAULT 'application/octet-stream',
  size_bytes  INTEGER   NOT NULL,
  content     BLOB,
  uploaded_at TIMESTAMP NOT NULL,
  purged_at   TIMESTAMP
);

CREATE INDEX contacts_by_account ON contacts (account_id);
CREATE INDEX services_by_account ON services (account_id);
CREATE INDEX invoices_by_account ON invoices (account_id, issued_on);
CREATE INDEX invoices_unpaid ON invoices (due_on) WHERE status IN ('open', 'overdue');
CREATE INDEX payments_by_account ON payments (account_id);
CREATE INDEX payments_by_invoice ON payments (invoice_id) WHERE invoice_id IS NOT NULL;
CREATE INDEX comments_by_ticket ON ticket_comments (ticket_id, created_at);
CREATE INDEX contacts_by_email ON contacts (lower(email));

CREATE VIEW overdue_accounts AS
SELECT accounts.id, accounts.number, accounts.name, accounts.currency,
       count(*) AS invoices, sum(invoices.total_cents) AS total_cents, min(invoices.due_on) AS due_since
FROM accounts
JOIN invoices ON invoices.account_id = accounts.id AND invoices.status = 'overdue'
GROUP BY accounts.id;
