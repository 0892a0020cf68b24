"""Succeeds if pyzipper cannot read one entry of an archive with a wrong password.

    refuse.py ARCHIVE WRONG_PASSWORD
"""

import sys

import pyzipper

archive, password = sys.argv[1:]
with pyzipper.AESZipFile(archive) as zip_file:
    zip_file.setpassword(password.encode())
    for name in zip_file.namelist():
        try:
            zip_file.read(name)
        except RuntimeError:
            continue
        sys.exit(f"{name} was opened with a wrong password")
