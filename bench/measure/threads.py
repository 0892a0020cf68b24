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
    # What each has used; and what it had used when the archive was written and its reading back began.
    used, written, packed = {}, {}, 0.0
    while process.poll() is None:
        names = {}
        # A thread that has ended keeps what it had when it was last seen.
        for task in pathlib.Path(f"/proc/{process.pid}/task").glob("*"):
            try:
                name, _, rest = (task / "stat").read_text().partition("(")[2].rpartition(")")
            except OSError:
                continue
            fields = rest.split()
            names[task.name] = name
            used[task.name] = (name, (int(fields[USER]) + int(fields[SYSTEM])) / TICKS)
        # These are there until everything is written.
        if "deflate" in names.values():
            written, packed = dict(used), time.perf_counter() - started
        time.sleep(0.01)
    if process.returncode:
        sys.exit(f"It exited with {process.returncode}")
    seconds = time.perf_counter() - started
    print(f"{packed:.2f} s until it is written, {seconds:.2f} s until it is read back")
    print("seconds of the processor, written and read back:")
    print(f"  {server_time(server) - before:6.2f}       -  the server")
    split = [(name, written.get(task, (name, 0))[1], all_of_it) for task, (name, all_of_it) in used.items()]
    for name, first, all_of_it in sorted(split, key=lambda thread: -thread[2]):
        if all_of_it >= 0.05:
            print(f"  {first:6.2f}  {all_of_it - first:6.2f}  {name}")
    shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
