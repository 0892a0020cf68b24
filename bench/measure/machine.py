"""What was measured on, and with which versions."""

import os
import pathlib
import platform
import re
import subprocess
import time
from importlib.metadata import version


def describe():
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "cpu": field("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": int(field("/proc/meminfo", "MemTotal").split()[0]) * 1024,
        "versions": {
            "Carryall": first_number([os.environ["CARRYALL_BIN"], "--version"]),
            "PostgreSQL": first_number(["postgres", "--version"]),
            "MariaDB": first_number(["mariadbd", "--no-defaults", "--version"]),
            "SQLite (sqlite3)": first_number(["sqlite3", "--version"]),
            "7-Zip": first_number(["7z"]),
            "mydumper": first_number(["mydumper", "--version"]),
            "Python": platform.python_version(),
            "pyzipper": version("pyzipper"),
        },
    }


def field(file, name):
    found = re.search(rf"^{name}\s*:\s*(.*)$", pathlib.Path(file).read_text(), re.MULTILINE)
    return found[1] if found else "unknown"


def first_number(command):
    said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    found = re.search(r"\d+\.[\d.]*\d", said.stdout + said.stderr)
    return found[0] if found else "unknown"
