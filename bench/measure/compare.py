"""Carryall against what people use today, in turn: each round runs Carryall and all peers of a database once, so that
what else the machine does hits them alike.

    compare.py [PEER …]

Without peers, all are measured, and the report is written anew.
"""

import os
import shutil
import sys

import report
from commands import CARRYALL, FOLDER, measure

# For each database, the peers, and how many times Carryall's time they shall take.
GOALS = {
    "postgres": {
        "postgres-copy-then-7zip": 3.5,
        "postgres-dump-then-7zip": 1.4,
        "postgres-dump": 1.3,
        "postgres-copy-two-at-a-time": 0.7,
        "postgres-pyzipper": 3.3,
    },
    "mariadb": {"mariadb-dump-into-7zip": 3.0, "mariadb-mydumper": 2.8},
    "sqlite": {"sqlite-csv-then-7zip": 4.0, "sqlite-vacuum-then-7zip": 3.5},
}
# The peers to whose output our archive is compared, and how many times as large it may be.
SIZE_GOALS = {"postgres-dump": 1.0, "postgres-copy-then-7zip": 1.08}


def main(*only):
    unknown = set(only) - {peer for peers in GOALS.values() for peer in peers}
    if unknown:
        sys.exit(f"There is no peer {', '.join(sorted(unknown))}")
    scale, rounds = os.environ["BENCH_SCALE"], int(os.environ["RUNS"])
    runs = {}
    for engine, goals in GOALS.items():
        peers = [peer for peer in goals if not only or peer in only]
        if peers:
            runs[engine] = take_turns(engine, [CARRYALL, *peers], scale, rounds)
    shutil.rmtree(FOLDER, ignore_errors=True)
    report.keep_comparison(
        {"scale": scale, "rounds": rounds, "goals": GOALS, "size_goals": SIZE_GOALS, "runs": runs}, complete=not only
    )
    if any("failure" in run for names in runs.values() for results in names.values() for run in results):
        sys.exit("Not everything ran")


def take_turns(engine, names, scale, rounds):
    """The runs of each command. The first of Carryall does not count: it brings the database into the memory."""
    results = {name: [] for name in names}
    show(engine, "warming up", measure(CARRYALL, engine, "many", scale))
    for _ in range(rounds):
        for name in names:
            results[name].append(measure(name, engine, "many", scale))
            show(engine, name, results[name][-1])
    return results


def show(engine, name, run):
    took = run.get("failure") or f"{run['seconds']:8.2f} s {run['bytes'] / 1e6:9.1f} MB"
    print(f"{engine:9} {name:28} {took}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
