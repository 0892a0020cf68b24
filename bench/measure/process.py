"""Runs one command and measures it: seconds, processor time of its processes and of the database server, peak memory,
the bytes that it leaves, and what the rest of the machine did meanwhile, which is the noise.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")


def run(command, environment, folder, server=None):
    """`command` in an empty `folder`, which the caller removes; `server` is the pid of the database it reads.

    If we are told to end, all processes of the command end with us.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.sync()
    server_before, all_before = server_time(server), busy_time()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
        )
        memory = PeakMemory(process.pid)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            raise
        finally:
            peak_memory = memory.stop()
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        client = usage.ru_utime + usage.ru_stime
        server_used = server_time(server) - server_before
        result = {
            "seconds": seconds,
            "client_cpu": client,
            "server_cpu": server_used,
            "other_cpu": max(0, busy_time() - all_before - client - server_used),
            "peak_memory": peak_memory,
            "bytes": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
        }
        if process.returncode:
            errors.seek(0)
            lines = errors.read().decode(errors="replace").split("\n")
            result["failure"] = " ".join(line for line in lines[-3:] if line) or f"it exited with {process.returncode}"
    return result


class PeakMemory:
    """The peak of a process's memory as the kernel knows it (VmHWM), asked for until the process ends.

    What `wait4` says will not do: it begins with the memory of the process that started this one.
    """

    def __init__(self, pid):
        self.status = pathlib.Path(f"/proc/{pid}/status")
        self.peak = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.ended.wait(0.01):
            try:
                status = self.status.read_text()
            except OSError:
                return
            for line in status.splitlines():
                if line.startswith("VmHWM:"):
                    self.peak = max(self.peak, int(line.split()[1]) * 1024)

    def stop(self):
        self.ended.set()
        self.thread.join()
        return self.peak


def server_time(pid):
    """Processor seconds of a server: its own, those of its children, and those of the children it had."""
    if not pid:
        return 0
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(times(pid)) + sum(sum(times(child)[:2]) for child in children)


def times(pid):
    """User and system time of a process, and of its children that ended."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return [0, 0, 0, 0]
    return [int(ticks) / TICKS for ticks in stat.rpartition(")")[2].split()[11:15]]


def busy_time():
    """Processor seconds of all that runs on the machine."""
    fields = [int(ticks) for ticks in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    user, nice, system, _idle, _wait, interrupts, soft_interrupts = fields[:7]
    return (user + nice + system + interrupts + soft_interrupts) / TICKS
