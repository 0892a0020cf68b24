"""The thirteen tables of the benchmark, like those of an internet provider's billing system: their columns, how many
rows they have at scale 1, and what creates them in each kind of database.

A column is a name, a kind, and a question mark if it can be NULL. Everything else in this folder reads this table.
"""

TABLES = {
    "users": "id int, username word, email word, name text, role word, mfa_enabled bool, last_login_at time?,"
    " preferences json?, created_at time",
    "settings": "id int, setting_key word, setting_value json?, updated_at time",
    "accounts": "id int, guid uuid, account_number word, name text, status word, kind word, company_id int,"
    " balance money, email word?, phone word?, address1 text, address2 text?, city text, state word, zip word,"
    " country word, latitude real?, longitude real?, activated_on date?, is_taxable bool, custom_fields json?,"
    " created_at time, updated_at time",
    "contacts": "id int, account_id int, first_name text, last_name text?, role word?, email word?, phone word?,"
    " language word, is_primary bool, created_at time, updated_at time",
    "services": "id int, account_id int, name text, kind word, ip_address word?, mac_address word?, price money,"
    " down_kbps int?, up_kbps int?, active bool, attributes json?, started_at time",
    "invoices": "id int, account_id int, invoice_number word, issued_on date, due_on date, status word,"
    " subtotal money, tax money, total money, remaining money, currency word, memo text?, created_at time",
    "invoice_items": "id big, invoice_id int, service_id int?, description text, quantity quantity, unit_price money,"
    " amount money, tax_code word?, period_start date, period_end date",
    "payments": "id int, account_id int, invoice_id int?, method word, amount money, currency word, reference word?,"
    " processor_response json?, successful bool, created_at time",
    "tickets": "id int, account_id int?, assignee_id int?, subject text, body text?, status word, priority int,"
    " opened_at time, closed_at time?, due_on date?",
    "ticket_comments": "id int, ticket_id int, author_id int?, body text, internal bool, created_at time",
    "notes": "id int, account_id int, user_id int?, priority word, subject text?, body text, created_at time,"
    " updated_at time",
    "documents": "id int, account_id int, filename text, mime word, size_bytes int, sha256 word, content blob?,"
    " created_at time",
    "usage_samples": "id big, service_id int, sampled_at time, bytes_in big, bytes_out big, latency_ms real?,"
    " signal_dbm money?",
}

ROWS = {
    "users": 500,
    "settings": 400,
    "accounts": 60_000,
    "contacts": 110_000,
    "services": 130_000,
    "invoices": 600_000,
    "invoice_items": 1_600_000,
    "payments": 550_000,
    "tickets": 110_000,
    "ticket_comments": 280_000,
    "notes": 240_000,
    "documents": 4_500,
    "usage_samples": 4_500_000,
}
# These do not grow with the number of customers.
SMALL = {"users", "settings"}

TYPES = {
    "postgres": {
        "int": "integer", "big": "bigint", "money": "numeric(14,2)", "quantity": "numeric(14,4)",
        "real": "double precision", "bool": "boolean", "text": "text", "word": "varchar(255)", "json": "jsonb",
        "uuid": "uuid", "date": "date", "time": "timestamptz(6)", "blob": "bytea",
    },
    "mariadb": {
        "int": "int", "big": "bigint", "money": "decimal(14,2)", "quantity": "decimal(14,4)",
        "real": "double", "bool": "tinyint(1)", "text": "mediumtext", "word": "varchar(255)", "json": "json",
        "uuid": "char(36)", "date": "date", "time": "datetime(6)", "blob": "longblob",
    },
    "sqlite": {
        "int": "integer", "big": "integer", "money": "numeric", "quantity": "numeric",
        "real": "real", "bool": "boolean", "text": "text", "word": "text", "json": "text",
        "uuid": "text", "date": "text", "time": "text", "blob": "blob",
    },
}  # fmt: skip


def columns(table):
    """Name, kind, and whether it can be NULL, of each column."""
    for column in TABLES[table].split(","):
        name, kind = column.split()
        yield name, kind.rstrip("?"), kind.endswith("?")


def row_counts(scale):
    """How many rows each table has at a scale."""
    return {
        table: max(20, int(rows * min(1, scale * 5))) if table in SMALL else max(3, int(rows * scale))
        for table, rows in ROWS.items()
    }


def create_table(engine, table):
    """The statement that creates a table."""
    lines = [
        f"{name} {TYPES[engine][kind]}{'' if nullable else ' NOT NULL'}{' PRIMARY KEY' if name == 'id' else ''}"
        for name, kind, nullable in columns(table)
    ]
    end = " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci" if engine == "mariadb" else ""
    return f"CREATE TABLE {table} ({', '.join(lines)}){end}"
