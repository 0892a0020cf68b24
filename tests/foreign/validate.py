"""Extracts an archive with pyzipper and has frictionless validate its descriptor: types, keys, hashes, sizes.

    validate.py ARCHIVE PASSWORD
"""

import pathlib
import sys
import tempfile

import frictionless
import pyzipper

archive, password = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    with pyzipper.AESZipFile(archive) as zip_file:
        zip_file.setpassword(password.encode())
        zip_file.extractall(folder)
    report = frictionless.validate(str(pathlib.Path(folder) / "datapackage.json"))
    if not report.valid:
        sys.exit(str(report.flatten(["title", "rowNumber", "fieldName", "message"])))
    if not report.tasks:
        sys.exit("nothing was validated")
