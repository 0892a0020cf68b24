"""How much of the processor each thread of an export takes, and the database's server: what more cores could do, and where one
thread would be what all wait for. Printed only.

    threads.py ENGINE SCALE
"""

import os
import pathlib
import shutil
import subprocess
import sys
import time

from commands import ARCHIVE_PASSWORD, FOLDER, url
from load import dataset_name
from process import TICKS, server_time

# Its user time is the 14th field of a thread's line, its system time the next; the name before them may hold spaces.
USER, SYSTEM = 11, 12


def main(engine, scale):
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CARRYALL_", "RUST_LOG"))}
    environment |= {
        "CARRYALL_EXPORT_PASSWORD": ARCHIVE_PASSWORD,
        "CARRYALL_SOURCE_APP": url(engine, dataset_name("many", scale)),
    }
    server = os.environ.get("BENCH_POSTGRES_PID")
    command = [os.environ["CARRYALL_BIN"], "export", "--output", str(FOLDER / "export.zip")]
    before, started = server_time(server), time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    threads = {}
    while process.poll() is None:
        # A thread that has ended keeps what it had when it was last seen.
        for task in pathlib.Path(f"/proc/{process.pid}/task").glob("*"):
            try:
                name, _, rest = (task / "stat").read_text().partition("(")[2].rpartition(")")
            except OSError:
                continue
            fields = rest.split()
            threads[task.name] = (name, (int(fields[USER]) + int(fields[SYSTEM])) / TICKS)
        time.sleep(0.02)
    if process.returncode:
        sys.exit(f"It exited with {process.returncode}")
    seconds = time.perf_counter() - started
    print(f"{seconds:.2f} s; the server {server_time(server) - before:.2f} s of the processor, and of ours:")
    for name, used in sorted(threads.values(), key=lambda thread: -thread[1]):
        if used >= 0.01:
            print(f"  {used:6.2f} s  {name}")
    shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
