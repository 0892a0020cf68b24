"""psql copies each table into a pipe, and pyzipper writes what comes into an AES-256 zip, compressed at level 1.

    postgres-pyzipper.py FOLDER
"""

import os
import pathlib
import shutil
import subprocess
import sys

import pyzipper

archive = pathlib.Path(sys.argv[1]) / "export.zip"
with pyzipper.AESZipFile(
    archive, "w", compression=pyzipper.ZIP_DEFLATED, compresslevel=1, encryption=pyzipper.WZ_AES
) as zip_file:
    zip_file.setpassword(os.environ["BENCH_ARCHIVE_PASSWORD"].encode())
    for table in os.environ["BENCH_TABLES"].split():
        copy = f"COPY (SELECT * FROM {table}) TO STDOUT WITH (FORMAT csv, HEADER)"
        with (
            subprocess.Popen(["psql", "-qX", "-c", copy], stdout=subprocess.PIPE) as psql,
            zip_file.open(f"{table}.csv", "w", force_zip64=True) as entry,
        ):
            shutil.copyfileobj(psql.stdout, entry, 1 << 18)
        if psql.returncode:
            sys.exit(f"psql could not read {table}")
