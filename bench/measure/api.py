"""The API of a server with a long history: how quickly the history is answered, and what subscriptions take."""

import asyncio
import json
import os
import pathlib
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request

import history
import report
from process import busy_time, server_time
from sockets import Subscriber

CARRYALL = os.environ["CARRYALL_BIN"]
EXPORTS, RATE = int(os.environ["EXPORTS"]), int(os.environ["RATE"])
SECONDS, SUBSCRIPTIONS = int(os.environ["SECONDS_EACH"]), int(os.environ["SUBSCRIPTIONS"])
FOLDER = pathlib.Path(os.environ["BENCH_DIR"], "api")
DATA, APPLICATION = FOLDER / "data", FOLDER / "app.db"
POSTGRES = f"postgres://{os.environ['PGUSER']}@{os.environ['PGHOST']}:{os.environ['PGPORT']}/carryall_api"
# What one client may not by default.
RAISED = ("requests-per-second", "connections", "connections-per-address", "streams-per-token", "subscriptions-per-token")


class Server:
    """`carryall serve` over the data folder, and the database that `address` names, if it does."""

    def __init__(self, address=None):
        command = [CARRYALL, "serve", "--data-dir", DATA, "--listen", "127.0.0.1:0"]
        command += ["--source", f"app=sqlite:{APPLICATION}"]
        for name in RAISED:
            command += ["--limit", f"{name}=10000"]
        environment = os.environ | ({"CARRYALL_DATABASE_URL": address} if address else {})
        log = FOLDER / "server.log"
        with log.open("wb") as errors:
            self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
        while not (url := re.search(r"listening at http://(\S+):(\d+)", log.read_text())):
            if self.process.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(0.05)
        self.host, self.port = url[1], int(url[2])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ask(self, document, **variables):
        body = json.dumps({"query": document, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token()}"}
        request = urllib.request.Request(f"http://{self.host}:{self.port}/graphql", body, headers)
        answer = json.load(urllib.request.urlopen(request))
        assert "errors" not in answer, answer
        return answer["data"]

    def create(self, name):
        created = self.ask(f'mutation {{ createDataExport(input: {{name: "{name}"}}) {{ dataExport {{ id }} }} }}')
        return created["createDataExport"]["dataExport"]["id"]

    def wait(self, export, status):
        while self.ask(f'{{ dataExport(id: "{export}") {{ status }} }}')["dataExport"]["status"] != status:
            time.sleep(0.1)

    def memory(self, field="VmRSS"):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s*(\d+)", status, re.MULTILINE)[1]) * 1024


def token():
    return (FOLDER / "token").read_text().strip()


def operation(name, *fragments):
    """An operation of the dashboard as it stands in its source, with its fragments."""
    source = pathlib.Path("web/src/history/history.graphql").read_text()
    definitions = re.findall(r"^(?:fragment|query|subscription|mutation) .*?^}", source, re.MULTILINE | re.DOTALL)
    found = {definition.split()[1].split("(")[0]: definition for definition in definitions}
    return "\n".join(found[part] for part in (name, *fragments))


def prepare():
    """The history in SQLite, and its copy in PostgreSQL."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with sqlite3.connect(APPLICATION) as application:
        application.execute("CREATE TABLE t (a)")
    create = [CARRYALL, "token", "create", "--name", "bench", "--role", "ADMIN", "--data-dir", DATA]
    (FOLDER / "token").write_bytes(subprocess.run(create, check=True, stdout=subprocess.PIPE).stdout)
    with Server() as server:
        for name in ("oldest", "newest"):
            server.wait(server.create(name), "COMPLETED")
        for name in ("first", "second"):
            config = f'{{sftp: {{host: "storage.example.com", username: "{name}", password: "p"}}}}'
            made = f'createStorageLocation(input: {{name: "{name}", config: {config}}}) {{ userErrors {{ code }} }}'
            assert server.ask(f"mutation {{ {made} }}")["createStorageLocation"]["userErrors"] == []
    history.fill(DATA / "carryall.db", DATA / "files", EXPORTS)
    psql, quiet = ["psql", "-qX", "-d"], os.environ | {"PGOPTIONS": "-c client_min_messages=warning"}
    for sql in ("DROP DATABASE IF EXISTS carryall_api", "CREATE DATABASE carryall_api"):
        subprocess.run([*psql, "postgres", "-c", sql], check=True, env=quiet)
    started = time.perf_counter()
    subprocess.run([CARRYALL, "migrate-state", "--data-dir", DATA, "--to", POSTGRES], check=True)
    moved = time.perf_counter() - started
    # What the database does by itself after a while.
    subprocess.run([*psql, "carryall_api", "-c", "VACUUM ANALYZE"], check=True)
    return moved


def load(server, database_pid):
    """The history's first page at the rate, as `oha` sees it."""
    page = int(re.search(r"PAGE = (\d+)", pathlib.Path("web/src/history/useHistory.ts").read_text())[1])
    document, variables = operation("History", "ExportRow"), {"first": page, "operator": True}
    answer = server.ask(document, **variables)["dataExports"]
    assert len(answer["nodes"]) == page and answer["totalCount"] == EXPORTS + 2, answer["totalCount"]
    body = FOLDER / "body.json"
    body.write_text(json.dumps({"query": document, "variables": variables}))
    command = [os.environ["OHA"], "-q", str(RATE), "-z", f"{SECONDS}s", "-c", "50", "--latency-correction", "--no-tui",
               "--output-format", "json", "-m", "POST", "-T", "application/json", "-D", body,
               "-H", f"Authorization: Bearer {token()}", f"http://{server.host}:{server.port}/graphql"]  # fmt: skip
    client_before = child_time()
    own, database, all_before = server_time(server.process.pid), server_time(database_pid), busy_time()
    said = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    used = {
        "client_cpu": child_time() - client_before,
        "own_cpu": server_time(server.process.pid) - own,
        "database_cpu": server_time(database_pid) - database,
    }
    assert set(said["statusCodeDistribution"]) == {"200"}, said["statusCodeDistribution"]
    latency = said["latencyPercentiles"]
    return used | {
        "other_cpu": busy_time() - all_before - sum(used.values()),
        "rate": said["summary"]["requestsPerSec"],
        **{name: latency[name] for name in ("p50", "p95", "p99")},
    }


def child_time():
    """Processor seconds of the programs that were run to their end."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


async def subscribe(server, export):
    """The memory without and with the subscriptions, and how long it takes until all have heard of a change."""
    before = server.memory()
    document, variables = operation("Watch", "ExportRow"), {"id": export, "operator": True}
    gate = asyncio.Semaphore(50)

    async def one():
        async with gate:
            subscriber = await Subscriber.open(server.host, server.port, token(), document, variables)
            assert (await subscriber.state("dataExportProgress"))["status"] == "QUEUED"
            return subscriber

    subscribers = await asyncio.gather(*(one() for _ in range(SUBSCRIPTIONS)))
    await asyncio.sleep(5)
    during = server.memory()
    cancel = f'mutation {{ cancelDataExport(input: {{id: "{export}"}}) {{ userErrors {{ code }} }} }}'
    started = time.perf_counter()
    await asyncio.to_thread(server.ask, cancel)
    ends = await asyncio.gather(*(subscriber.state("dataExportProgress") for subscriber in subscribers))
    told = time.perf_counter() - started
    assert all(end["status"] == "CANCELED" for end in ends)
    for subscriber in subscribers:
        subscriber.writer.close()
    return {"before": before, "during": during, "told": told, "peak": server.memory("VmHWM")}


def measure(address, database_pid):
    with Server(address) as server:
        server.ask(operation("History", "ExportRow"), first=1, operator=True)
        result = load(server, database_pid)
    # With a new one, so that the memory is that of the subscriptions alone.
    with Server(address) as server, sqlite3.connect(APPLICATION, isolation_level=None) as application:
        # What runs waits for this lock, and what is behind it in the queue for that.
        application.execute("BEGIN EXCLUSIVE")
        running, waiting = server.create("running"), server.create("waiting")
        server.wait(running, "RUNNING")
        result |= {"subscriptions": asyncio.run(subscribe(server, waiting))}
        server.ask(f'mutation {{ cancelDataExport(input: {{id: "{running}"}}) {{ userErrors {{ code }} }} }}')
        application.execute("ROLLBACK")
    return result


def main():
    moved = prepare()
    runs = {"sqlite": measure(None, None), "postgres": measure(POSTGRES, int(os.environ["BENCH_POSTGRES_PID"]))}
    shutil.rmtree(FOLDER)
    asked = {"exports": EXPORTS, "rate": RATE, "seconds": SECONDS, "count": SUBSCRIPTIONS}
    report.keep_api(asked | {"moved": moved, "runs": runs})


if __name__ == "__main__":
    main()
