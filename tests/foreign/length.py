"""Succeeds if pyzipper reads an entry to its end, checks it, and finds so many bytes.

    length.py ARCHIVE PASSWORD ENTRY BYTES
"""

import sys

import pyzipper

archive, password, entry, expected = sys.argv[1:]
with pyzipper.AESZipFile(archive) as zip_file:
    zip_file.setpassword(password.encode())
    with zip_file.open(entry) as file:
        length = sum(len(piece) for piece in iter(lambda: file.read(1 << 22), b""))
if length != int(expected):
    sys.exit(f"{entry} has {length} bytes, not {expected}")
