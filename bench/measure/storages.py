"""Puts one file at two storages, by `rclone copyto` and by Carryall in turns: storages.py FILE ROUNDS

Prints what each took, and how many times as long rclone takes, as the median of the rounds. Each upload is of a name that is
not there yet, and gone before the next one. What Carryall's verification takes (it reads everything back) is told apart; what
rclone does to verify (at S3, it compares the checksum that the server computed) is part of its command.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from statistics import median

from process import run

FILE, ROUNDS = sys.argv[1], int(sys.argv[2])
PASSWORD, RCLONE = os.environ["BENCH_PASSWORD"], os.environ["RCLONE"]
GOALS = {"S3": 0.9, "SFTP": 1.0}
MOST_MEMORY = 150e6


class S3:
    name = "S3"
    address = "http://127.0.0.1:" + os.environ["BENCH_S3_PORT"]
    there = ":s3:bench/put.bin"
    environment = {
        "RCLONE_S3_PROVIDER": "Other", "RCLONE_S3_ENDPOINT": address, "RCLONE_S3_FORCE_PATH_STYLE": "true",
        "RCLONE_S3_ACCESS_KEY_ID": "AKBENCH", "RCLONE_S3_SECRET_ACCESS_KEY": PASSWORD,
        "STORAGE_ENDPOINT": "amazon-s3 " + address,
    }  # fmt: skip
    settings = {"amazonS3": {
        "key": "AKBENCH", "secret": PASSWORD, "region": "us-east-1", "apiVersion": "latest", "bucket": "bench",
        "basePath": "",
    }}  # fmt: skip

    def prepare(self):
        """A bucket with something in it already: what the server makes for the first file is no part of an upload."""
        deadline = time.monotonic() + 60
        while rclone(self, "mkdir", ":s3:bench", check=False):
            if time.monotonic() > deadline:
                sys.exit("the S3 server does not come up")
            time.sleep(0.2)
        rclone(self, "copyto", __file__, ":s3:bench/first.txt")

    def clear(self):
        """The room of a bucket is given back at once, that of a file in it some day."""
        rclone(self, "purge", ":s3:bench")


class Sftp:
    name = "SFTP"
    port = os.environ["BENCH_SFTP_PORT"]
    there = ":sftp:put.bin"
    environment = {
        "RCLONE_SFTP_HOST": "127.0.0.1", "RCLONE_SFTP_PORT": port, "RCLONE_SFTP_USER": "exporter",
        "RCLONE_SFTP_KNOWN_HOSTS_FILE": "none",
    }  # fmt: skip
    settings = {"sftp": {"host": "127.0.0.1", "port": int(port), "username": "exporter", "password": PASSWORD}}

    def __init__(self):
        obscured = subprocess.run([RCLONE, "obscure", PASSWORD], check=True, capture_output=True, text=True)
        self.environment["RCLONE_SFTP_PASS"] = obscured.stdout.strip()

    def prepare(self):
        pass

    def clear(self):
        pathlib.Path(os.environ["BENCH_SFTP_HOME"], "put.bin").unlink()


def rclone(storage, *arguments, check=True):
    environment = os.environ | {"RCLONE_CONFIG": "/dev/null"} | storage.environment
    output = None if check else subprocess.DEVNULL
    return subprocess.run([RCLONE, *arguments], env=environment, check=check, stderr=output).returncode


def put_by_rclone(storage):
    environment = os.environ | {"RCLONE_CONFIG": "/dev/null"} | storage.environment
    with tempfile.TemporaryDirectory() as folder:
        command = [RCLONE, "copyto", "--ignore-times", FILE, storage.there]
        took = run(command, environment, pathlib.Path(folder, "empty"))
    if "failure" in took:
        sys.exit(took["failure"])
    return {"put": {"seconds": took["seconds"], "cpu": took["client_cpu"], "peak": took["peak_memory"]}}


def put_by_carryall(storage):
    environment = os.environ | storage.environment | {"STORAGE": json.dumps(storage.settings)}
    os.sync()
    command = [os.environ["CARRYALL_BENCH"], "put.bin", FILE]
    said = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {step.pop("step"): step for step in map(json.loads, said.splitlines())}


def show(storage, who, took):
    size = os.path.getsize(FILE)
    for step, of in took.items():
        print(
            f"{storage.name:5} {who:9} {step:7} {of['seconds']:7.2f} s {size / 1e6 / of['seconds']:7.0f} MB/s"
            f"  CPU {of['cpu']:6.2f} s  peak {of['peak'] / 1e6:5.0f} MB",
            flush=True,
        )


def main():
    print(f"{os.path.getsize(FILE) >> 20} MiB, {ROUNDS} rounds; load {os.getloadavg()[0]:.2f}", flush=True)
    clients = {"rclone": put_by_rclone, "Carryall": put_by_carryall}
    results = []
    for storage in (S3(), Sftp()):
        taken = {who: [] for who in clients}
        for round in range(ROUNDS):
            # The one that is first takes turns too.
            for who in list(clients)[:: 1 if round % 2 == 0 else -1]:
                storage.prepare()
                took = clients[who](storage)
                storage.clear()
                show(storage, who, took)
                taken[who].append(took)
        results.append((storage, taken))
    print()
    for storage, taken in results:
        pairs = list(zip(taken["rclone"], taken["Carryall"]))
        ratio = median(theirs["put"]["seconds"] / ours["put"]["seconds"] for theirs, ours in pairs)
        cpu = median(theirs["put"]["cpu"] / ours["put"]["cpu"] for theirs, ours in pairs)
        peak = max(step["peak"] for ours in taken["Carryall"] for step in ours.values())
        met = "met" if ratio >= GOALS[storage.name] and peak < MOST_MEMORY else "missed"
        print(
            f"{storage.name}: rclone takes {ratio:.2f} times as long (goal {GOALS[storage.name]}) and {cpu:.2f} times the CPU;"
            f" our peak memory {peak / 1e6:.0f} MB (goal {MOST_MEMORY / 1e6:.0f}): {met}"
        )


main()
