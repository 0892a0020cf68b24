"""A long history in Carryall's own SQLite file, between two exports that were really made.

Those two stay the oldest and the newest, since a server opens their passwords when it starts. The others have what completed
exports have: tables, a snapshot, a file of their size, and copies at two storages. They are pinned, so that retention leaves
them all.
"""

import sqlite3

TABLES = ("accounts", "addresses", "contacts", "documents", "invoices", "invoice_lines", "notes", "payments", "services",
          "settings", "staff", "tickets", "usage")  # fmt: skip


def fill(state, files, count):
    """`state` is the file, `files` the folder of archives."""
    db = sqlite3.connect(state)
    db.row_factory = sqlite3.Row
    oldest, newest = db.execute("SELECT * FROM data_export ORDER BY id").fetchall()
    storages = [row["id"] for row in db.execute("SELECT id FROM storage_location")]
    # Behind the oldest by a millisecond, and so before the newest; in their order by a number behind that.
    first = (int.from_bytes(oldest["id"][:6], "big") + 1).to_bytes(6, "big")
    assert first < newest["id"][:6], "the two exports were made within a millisecond"
    for number in range(count):
        export = dict(oldest) | {
            "id": first + b"\x70\x00\x80" + number.to_bytes(7, "big"),
            "name": f"Nightly export {number}" if number % 7 else f"Before release {number // 7}",
            "trigger": "AUTOMATIC" if number % 7 else "MANUAL",
            "file_name": f"data-export-bench-{number:06}.zip",
            "size_bytes": 40_000_000 + number * 3_571,
            "rows_done": 8_000_000 + number * 701,
            "tables_done": len(TABLES),
            "tables_total": len(TABLES),
            "pinned": 1,
            "upload": 1,
            "idempotency_key": None,
        }
        insert(db, "data_export", export)
        with open(files / export["file_name"], "xb") as archive:
            # Without blocks on the disk: only its length is asked for.
            archive.truncate(export["size_bytes"])
        fill_one(db, export, number, storages)
    db.commit()
    db.close()


def fill_one(db, export, number, storages):
    for place, table in enumerate(TABLES):
        insert(db, "exported_table", {
            "data_export_id": export["id"], "position": place, "source": "app", "schema": "public", "name": table,
            "file_name": f"app/public.{table}.csv", "row_count": 1000 * (place + 1) + number,
            "bytes": 123_456 * (place + 1) + number, "sha256": f"{number * 13 + place:064x}",
        })  # fmt: skip
    snapshot = db.execute("SELECT * FROM source_snapshot").fetchone()
    insert(db, "source_snapshot", dict(snapshot) | {"data_export_id": export["id"]})
    for storage in storages:
        insert(db, "upload", {
            "data_export_id": export["id"], "storage_location_id": storage, "status": "UPLOADED", "receipt": "{}",
            "bytes_done": export["size_bytes"], "attempts": 1, "begun": 1, "may_be_there": 1,
            "requested_at": export["created_at"], "uploaded_at": export["finished_at"],
            "verified_at": export["finished_at"], "verify_due": 0,
        })  # fmt: skip


def insert(db, table, row):
    marks = ", ".join("?" * len(row))
    columns = ", ".join(f'"{name}"' for name in row)
    db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))
