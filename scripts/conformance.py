#!/usr/bin/env python3
"""Makes the table of what every storage must do of what the tests have left: a file for each cell whose assertions held.

    conformance.py CELLS README           prints it; fails if a cell is missing, or if the README has another
    conformance.py CELLS README --write   puts it into the README
"""

import pathlib
import sys

PROVIDERS = {
    "amazon_s3": "amazonS3",
    "azure_blob": "azureBlob",
    "digitalocean_spaces": "digitaloceanSpaces",
    "dropbox": "dropbox",
    "google_cloud_storage": "googleCloudStorage",
    "rackspace": "rackspace",
    "scaleway": "scaleway",
    "sftp": "sftp",
}
CHECKS = {
    "put_and_read": "put",
    "replace": "replace",
    "put_of_0_bytes": "put of 0 bytes",
    "put_of_40_mib": "put of 40 MiB, in parts",
    "names": "names with spaces and `ü 漢 é%20+&#`",
    "base_paths": "base paths with and without slashes",
    "delete_twice": "delete twice",
    "wrong_secret": "wrong secret",
    "without_rights": "right secret without rights",
    "missing_bucket": "missing bucket",
    "damaged_file": "verify of a damaged file",
    "check": "check of the settings, which leaves nothing",
}
BEGIN, END = "<!-- conformance: made by the tests, see scripts/conformance.py -->", "<!-- /conformance -->"


def table(cells):
    """The table, and which cells it lacks."""
    notes, lacking = {}, []

    def cell(provider, check):
        file = cells / provider / check
        if not file.exists():
            lacking.append(f"{CHECKS[check]} at {PROVIDERS[provider]}")
            return "**no**"
        note = file.read_text()
        return f"yes [{notes.setdefault(note, len(notes) + 1)}]" if note else "yes"

    rows = [("", *PROVIDERS.values()), ("---",) * (1 + len(PROVIDERS))]
    rows += [(title, *(cell(provider, check) for provider in PROVIDERS)) for check, title in CHECKS.items()]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines += ["", *(f"- [{number}] {note}" for note, number in notes.items()), ""]
    lines += ["| provider | server | read back by |", "| --- | --- | --- |"]
    for provider, title in PROVIDERS.items():
        described = cells / provider / "described"
        lines.append("| " + " | ".join([title, *(described.read_text() if described.exists() else "\n").split("\n")]) + " |")
    return "\n".join(lines) + "\n", lacking


def main():
    cells, readme = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    made, lacking = table(cells)
    text = readme.read_text()
    before, _, rest = text.partition(BEGIN + "\n")
    there, marked, after = rest.partition(END)
    if not marked:
        sys.exit(f"{readme} has no place for the table, between {BEGIN} and {END}")
    if sys.argv[3:] == ["--write"] and not lacking:
        readme.write_text(f"{before}{BEGIN}\n{made}{END}{after}")
        there = made
    print(made)
    for cell in lacking:
        print(f"not passed: {cell}", file=sys.stderr)
    if lacking:
        sys.exit(1)
    if there != made:
        sys.exit(f"{readme} has another table: scripts/conformance.py {cells} {readme} --write")


main()
