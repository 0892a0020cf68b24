#!/usr/bin/env python3
"""A cluster on one machine: PostgreSQL, SeaweedFS (S3), two processes that serve the API and three that make exports, on free
ports; 200 exports are queued, and workers are killed at random while they are made.

    cluster.py CARRYALL WEED [--exports N] [--stay]

With --stay it serves until it is interrupted. Nothing is kept.
"""

import argparse
import base64
import collections
import contextlib
import glob
import json
import os
import pathlib
import random
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request

KEY, SECRET, BUCKET = "AKCARRYALL", secrets.token_hex(16), "exports"
NOBODY = 65534
ROOT = pathlib.Path(__file__).resolve().parent.parent


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def until(what, happened, seconds=60):
    end = time.monotonic() + seconds
    while not (found := happened()):
        if time.monotonic() > end:
            raise SystemExit(f"{what}: did not happen within {seconds} seconds")
        time.sleep(0.1)
    return found


class Cluster:
    def __init__(self, carryall, folder):
        self.carryall, self.folder, self.processes = carryall, folder, []

    def run(self, weed):
        carryall, folder = self.carryall, self.folder
        print(f"Starting PostgreSQL, SeaweedFS, two servers and three workers; their logs are in {folder}", flush=True)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("CARRYALL_")}
        self.environment |= {
            "CARRYALL_DATABASE_URL": self.postgres(),
            "CARRYALL_FILES_URL": f"s3://{BUCKET}/archives",
            "CARRYALL_SECRET_KEY": subprocess.check_output([carryall, "key", "generate"], text=True).strip(),
            "CARRYALL_SOURCE_SHOP": f"sqlite:{self.source()}",
            "CARRYALL_QUEUED_EXPORTS": "1000",
            "AWS_ENDPOINT_URL": self.seaweedfs(weed),
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }
        create = [carryall, "token", "create", "--name", "make cluster", "--role", "ADMIN"]
        data = {"CARRYALL_DATA_DIR": str(folder / "token")}
        output = subprocess.check_output(create, env=self.environment | data, cwd=folder, text=True)
        self.token = output.strip()
        self.apis = [self.api(number) for number in range(2)]
        self.workers = [self.worker(number) for number in range(3)]

    def start(self, command, **options):
        process = subprocess.Popen(command, start_new_session=True, **options)
        self.processes.append(process)
        return process

    def postgres(self):
        """A private server, as nobody where this runs as root: it refuses to be root's."""
        # Debian keeps each version apart.
        versions = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(pathlib.Path(path).parent.name))
        found = shutil.which("postgres", path=os.pathsep.join([os.environ.get("PATH", ""), *reversed(versions)]))
        if not found:
            raise SystemExit("PostgreSQL is needed: scripts/test-tools.sh installs it")
        programs = pathlib.Path(found).resolve().parent
        folder, port, password = self.folder / "postgres", free_ports(1)[0], secrets.token_hex(16)
        folder.mkdir()
        as_nobody = []
        if os.geteuid() == 0:
            as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            self.folder.chmod(0o711)
            os.chown(folder, NOBODY, NOBODY)
        (folder / "password").write_text(password)
        initdb = [programs / "initdb", "-U", "carryall", "-E", "UTF8", "-A", "scram-sha-256", "-D", folder / "data"]
        initdb += ["--pwfile", folder / "password"]
        subprocess.run(as_nobody + initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        server = as_nobody + [programs / "postgres", "-D", folder / "data", "-p", str(port), "-c", "unix_socket_directories="]
        self.start(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
        pid_file = folder / "data" / "postmaster.pid"
        until("PostgreSQL starts", lambda: pid_file.exists() and "ready" in pid_file.read_text())
        return f"postgres://carryall:{password}@127.0.0.1:{port}/postgres"

    def seaweedfs(self, weed):
        folder, (port, *others) = self.folder / "seaweedfs", free_ports(8)
        folder.mkdir()
        credentials = [{"accessKey": KEY, "secretKey": SECRET}]
        identity = {"name": "carryall", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        command = [ROOT / "tests/servers/seaweedfs.sh", weed, folder, str(port), *map(str, others)]
        self.start(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"

        def made():
            bucket = ["curl", "--silent", "--fail", "--aws-sigv4", "aws:amz:us-east-1:s3", "--config", "-"]
            bucket += ["--request", "PUT", f"{address}/{BUCKET}"]
            return subprocess.run(bucket, input=f'user = "{KEY}:{SECRET}"', text=True, capture_output=True).returncode == 0

        until("SeaweedFS starts", made)
        return address

    def source(self):
        path = self.folder / "shop.db"
        database = sqlite3.connect(path)
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT)")
        notes = ((base64.b85encode(random.randbytes(60)).decode(),) for _ in range(20_000))
        database.executemany("INSERT INTO orders (note) VALUES (?)", notes)
        database.commit()
        database.close()
        return path

    def process(self, name, *arguments):
        """Starts one and returns it with what it says when it is ready."""
        log = self.folder / f"{name}.log"
        with open(log, "a") as out:
            before = out.tell()
            command = [self.carryall, *arguments]
            data = {"CARRYALL_DATA_DIR": str(self.folder / name)}
            process = self.start(command, env=self.environment | data, stderr=out, stdout=out, cwd=self.folder)

        def ready():
            if process.poll() is not None:
                raise SystemExit(f"{name} ended: {log.read_text()[before:]}")
            lines = log.read_text()[before:].splitlines()
            return next((line for line in lines if "listening at" in line or "working as" in line), None)

        return process, until(f"{name} starts", ready)

    def api(self, number):
        _, said = self.process(f"api-{number}", "serve", "--no-worker", "--listen", "127.0.0.1:0")
        return said.split("listening at ")[1].strip()

    def worker(self, number):
        return self.process(f"worker-{number}", "worker")[0]

    def graphql(self, api, query):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.apis[api]}/graphql", json.dumps({"query": query}).encode(), headers)
        with urllib.request.urlopen(request) as answer:
            answer = json.load(answer)
        if "errors" in answer:
            raise SystemExit(f"{query}: {answer['errors']}")
        return answer["data"]

    def history(self):
        exports, after = [], ""
        while True:
            fields = "nodes { status restartedAs { id } } pageInfo { hasNextPage endCursor }"
            page = self.graphql(0, f"{{ dataExports(first: 100{after}) {{ {fields} }} }}")["dataExports"]
            exports += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return exports
            after = f', after: "{page["pageInfo"]["endCursor"]}"'

    def stop(self):
        # Once is enough: another Ctrl-C would leave some of them there.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        print("Stopping all processes …", flush=True)
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            # With what it has started.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def load(cluster, exports):
    """Queues exports at both servers, and kills a worker now and then until all are made."""
    cluster.graphql(0, "mutation { updateDataExportSettings(input: {maximumExports: 1000}) { settings { version } } }")
    begun = time.monotonic()
    for number in range(exports):
        create = f'createDataExport(input: {{name: "export {number}"}}) {{ userErrors {{ message }} }}'
        cluster.graphql(number % 2, f"mutation {{ {create} }}")
    print(f"{exports} exports are queued. While they are made, workers are killed:", flush=True)
    killed, told, kill_at = 0, None, time.monotonic()
    while True:
        states = collections.Counter(export["status"] for export in cluster.history())
        left = states["QUEUED"] + states["RUNNING"]
        told, before = f"{states['COMPLETED']} made, {left} to be made, {killed} workers killed", told
        if told != before:
            print(f"  {time.monotonic() - begun:5.0f} s  {told}", flush=True)
            if not states["QUEUED"] and states["RUNNING"]:
                print("           what killed workers had is given up when they were silent for 40 seconds, and made anew")
        if not left:
            break
        if states["QUEUED"] and time.monotonic() >= kill_at:
            number = random.randrange(3)
            cluster.workers[number].send_signal(signal.SIGKILL)
            cluster.workers[number].wait()
            cluster.workers[number] = cluster.worker(number)
            killed += 1
            kill_at = time.monotonic() + random.uniform(1, 4)
        time.sleep(2)
    lost = sum(export["status"] == "FAILED" and export["restartedAs"] is not None for export in cluster.history())
    print(f"All that were asked for: {states['COMPLETED']} of {exports}, in {time.monotonic() - begun:.0f} s, while {killed} workers "
          f"were killed. {lost} runs were lost with them (FAILED in the history), and each was made good for by a restart.")
    if states["COMPLETED"] != exports:
        raise SystemExit("not every export was made")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("carryall", type=pathlib.Path)
    parser.add_argument("weed", type=pathlib.Path)
    parser.add_argument("--exports", type=int, default=200)
    parser.add_argument("--stay", action="store_true")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: exit(143))
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(arguments.carryall.resolve(), pathlib.Path(folder))
        try:
            cluster.run(arguments.weed.resolve())
            load(cluster, arguments.exports)
            if arguments.stay:
                print("The Data Exports page, by either of the two servers, which have the same state:")
                for address in cluster.apis:
                    print(f"  {address}/#token={cluster.token}")
                print("The cluster runs until you press Ctrl-C. Nothing of it is kept.", flush=True)
                signal.pause()
        except KeyboardInterrupt:
            print()
        finally:
            cluster.stop()


main()
