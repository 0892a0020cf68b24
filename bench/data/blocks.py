"""The rows of a data set, made in blocks on all cores and handed out in order.

A block has its own random numbers, seeded by its table and number, so the data are the same on every machine.
"""

import multiprocessing
import random
import signal
import threading
from typing import NamedTuple

import rows
from schema import row_counts

# Blocks are of about the same few megabytes.
BLOCK_ROWS = {"documents": 150, "notes": 8_000, "ticket_comments": 10_000, "tickets": 10_000}
OTHER_BLOCK_ROWS = 25_000
# This many times the rows of usage_samples alone have the bytes of all tables.
ALONE = 4


class Block(NamedTuple):
    table: str
    number: int
    first: int
    end: int
    counts: dict


def blocks(shape, scale):
    """All blocks of a data set: `many` has all tables, `one` has usage_samples alone, with the bytes of all."""
    counts = row_counts(scale)
    sizes = {"usage_samples": int(counts["usage_samples"] * ALONE)} if shape == "one" else counts
    for table, size in sizes.items():
        step = BLOCK_ROWS.get(table, OTHER_BLOCK_ROWS)
        for number, first in enumerate(range(1, size + 1, step)):
            yield Block(table, number, first, min(first + step, size + 1), counts)


def make_rows(block):
    generator = random.Random(f"carryall:{block.table}:{block.number}")
    make = getattr(rows, block.table)
    return [make(generator, i, block.counts) for i in range(block.first, block.end)]


def in_order(work, jobs, processes):
    """`work` of each job on several processes, in order, and never more than a few ahead of the one who asks."""
    room = threading.Semaphore(3 * processes)
    ended = threading.Event()

    def admitted():
        for job in jobs:
            room.acquire()
            if ended.is_set():
                return
            yield job

    with multiprocessing.Pool(processes, leave_signals) as pool:
        try:
            for result in pool.imap(work, admitted()):
                yield result
                room.release()
        finally:
            ended.set()
            room.release()


def leave_signals():
    """An interrupt is for the process that asks, which then ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
