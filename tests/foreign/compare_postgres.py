"""Has PostgreSQL compare an archive with the database that it was made from, whose address is CARRYALL_TEST_DATABASE.

    compare_postgres.py ARCHIVE PASSWORD

pyzipper opens the archive. PostgreSQL's own COPY reads each CSV into a table whose columns have the types of the original;
only what CSV has no form for, bytes (in base64) and arrays (in JSON), is taken as text first. JSON Lines are read by Python's
json. Then EXCEPT ALL must find nothing on either side. All this is rolled back.
"""

import csv
import json
import os
import pathlib
import sys
import tempfile

import psycopg
import pyzipper
from psycopg.sql import SQL, Identifier, Literal

TABLES = """
    SELECT n.nspname, c.relname, c.relkind = 'p' FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relpersistence <> 't'
        AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    UNION SELECT 'pg_catalog', 'pg_sequences', true WHERE EXISTS (SELECT FROM pg_sequences)"""

# The columns of a table, and what they are behind all domains.
COLUMNS = """
    WITH RECURSIVE behind AS (
        SELECT attnum, attname, format_type(atttypid, atttypmod) AS name, atttypid AS type FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT attnum, attname, name, typbasetype FROM behind JOIN pg_type t ON t.oid = type WHERE typtype = 'd')
    SELECT attname, name, CASE WHEN t.oid = 'bytea'::regtype THEN 'bytes' WHEN typcategory = 'A' THEN 'array' END
    FROM behind JOIN pg_type t ON t.oid = type WHERE typtype <> 'd' ORDER BY attnum"""

# What PostgreSQL reads as an array, made of a JSON array.
LITERAL = r"""
    CREATE FUNCTION pg_temp.literal(value json) RETURNS text LANGUAGE sql AS $$
        SELECT CASE json_typeof(value)
            WHEN 'array' THEN '{' || (SELECT coalesce(string_agg(pg_temp.literal(item), ',' ORDER BY place), '')
                FROM json_array_elements(value) WITH ORDINALITY items (item, place)) || '}'
            WHEN 'null' THEN 'NULL'
            ELSE '"' || replace(replace(value #>> '{}', '\', '\\'), '"', '\"') || '"' END $$"""

# Of a column that was taken as text. What begins with a brace, or with bounds as in [2:3]=, is no JSON.
ORIGINAL = {
    "bytes": "decode({0}, 'base64')",
    "array": r"CASE WHEN {0} ~ '^(\{{|\[-?\d+:)' THEN {0} ELSE pg_temp.literal({0}::json) END",
    None: "{0}",
}


def main(archive, password):
    with tempfile.TemporaryDirectory() as folder, pyzipper.AESZipFile(archive) as zip_file:
        zip_file.setpassword(password.encode())
        zip_file.extractall(folder)
        folder = pathlib.Path(folder)
        resources = json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]
        with psycopg.connect(os.environ["CARRYALL_TEST_DATABASE"]) as connection:
            connection.execute("SET client_encoding = 'UTF8'; SET timezone = 'UTC'")
            connection.execute(LITERAL)
            check_tables(connection, folder, [resource for resource in resources if "table" in resource.get("carryall", {})])
            check_objects(connection, folder, [resource for resource in resources if "file" in resource.get("carryall", {})])
            connection.rollback()


def check_tables(connection, folder, resources):
    listed = connection.execute(TABLES).fetchall()
    exported = {(resource["carryall"]["schema"], resource["carryall"]["table"]): resource for resource in resources}
    assert {row[:2] for row in listed} == set(exported), f"not the same tables: {sorted(exported)}"
    for schema, table, whole in listed:
        resource = exported[schema, table]
        origin = SQL("FROM {}{}").format(SQL("" if whole else "ONLY "), Identifier(schema, table))
        check_table(connection, folder, resource, Identifier(schema, table), origin)


def check_table(connection, folder, resource, name, origin):
    (count,) = connection.execute(SQL("SELECT count(*) ") + origin).fetchone()
    assert count == resource["carryall"]["rowCount"], f"{name}: {count} rows, not {resource['carryall']['rowCount']}"
    columns = connection.execute(COLUMNS, [name.as_string()]).fetchall()
    if not columns:
        return
    assert [field["name"] for field in resource["schema"]["fields"]] == [column[0] for column in columns]
    taken = [SQL("{} {}").format(Identifier(column), SQL("text" if kind else type_)) for column, type_, kind in columns]
    connection.execute(SQL("CREATE TEMP TABLE staged ({})").format(SQL(", ").join(taken)))
    load = load_csv if resource["format"] == "csv" else load_jsonl
    load(connection, folder / resource["path"], [column[0] for column in columns])
    staged = [
        SQL("(" + ORIGINAL[kind] + ")::{1}").format(Identifier(column), SQL(type_)) for column, type_, kind in columns
    ]
    own = [Identifier(column) for column, *_ in columns]
    # As texts, since not every type can be compared. A row's text tells NULL from an empty text, 0 from -0.
    ours = SQL("SELECT ROW({})::text FROM staged").format(SQL(", ").join(staged))
    theirs = SQL("SELECT ROW({})::text {}").format(SQL(", ").join(own), origin)
    for what, one, other in [("lacks", theirs, ours), ("invents", ours, theirs)]:
        rows = connection.execute(SQL("{} EXCEPT ALL {} LIMIT 3").format(one, other)).fetchall()
        assert not rows, f"{resource['path']} {what} {rows}, of {columns}"
    connection.execute("DROP TABLE staged")


def load_csv(connection, path, columns):
    with path.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == columns, f"{path}: another header"
    with path.open("rb") as file, connection.cursor() as cursor:
        with cursor.copy("COPY staged FROM STDIN WITH (FORMAT csv, HEADER)") as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)


def load_jsonl(connection, path, columns):
    with path.open(encoding="utf-8", newline="\n") as file, connection.cursor() as cursor:
        with cursor.copy("COPY staged FROM STDIN") as copy:
            for line in file:
                # Numbers keep all their digits as texts.
                row = json.loads(line, parse_int=str, parse_float=str)
                assert list(row) == columns, f"{path}: another order of columns"
                copy.write_row([next(iter(value.values())) if isinstance(value, dict) else value for value in row.values()])


def check_objects(connection, folder, resources):
    stored = {f"large_objects/{oid}": oid for (oid,) in connection.execute("SELECT oid FROM pg_largeobject_metadata")}
    assert set(stored) == {resource["carryall"]["file"] for resource in resources}, f"not all of {stored}"
    for resource in resources:
        (data,) = connection.execute(SQL("SELECT lo_get({})").format(Literal(stored[resource["carryall"]["file"]]))).fetchone()
        assert (folder / resource["path"]).read_bytes() == data, f"{resource['path']} is not the same"


main(*sys.argv[1:])
