"""Markdown of what was measured. Times are medians; ratios are medians of the rounds, each of which compares two runs
that followed each other."""

from statistics import median

from commands import CARRYALL


API_HEADING = "## The API with a long history\n"


def comparison(results):
    runs = results["runs"]
    head = "against|its s|our s|its s ÷ ours|goal||its MB|our MB|its CPU s, client + server|our CPU s"
    times = [tuple(head.split("|"))]
    for engine, names in runs.items():
        for peer in names:
            if peer != CARRYALL:
                times.append(time_row(peer, names[peer], names[CARRYALL], results["goals"][engine][peer]))
    ours = [("database", "s", "MB/s of CSV", "archive, MB", "peak memory, MB")]
    for engine, names in runs.items():
        ours.append(own_row(engine, names[CARRYALL], results["csv_bytes"]))
    sizes = [("our archive against the output of", "ours ÷ its", "at most", "")]
    for peer, goal in results["size_goals"].items():
        if peer in runs.get("postgres", {}):
            sizes.append(size_row(peer, runs["postgres"][peer], runs["postgres"][CARRYALL], goal))
    parts = [
        "## Against what people use today\n",
        f"Scale {results['scale']}: {results['csv_bytes'] / 1e6:,.0f} MB of CSV in 13 tables; {results['rounds']} rounds."
        f" {machine(results['machine'])} {noise(results)}\n",
        markdown(times),
        markdown(ours),
    ]
    if len(sizes) > 1:
        parts.append(markdown(sizes))
    verdicts = [row[5] for row in times[1:]] + [row[3] for row in sizes[1:]]
    parts.append(f"{verdicts.count('met')} of {len(verdicts)} goals are met.\n")
    return "\n".join(parts)


def memory(results):
    rows = [("database", "tables", "CSV, MB", "s", "MB/s of CSV", "peak memory, MB")]
    speeds, notes = {}, []
    for run in results["runs"]:
        engine, shape, size = run["engine"], run["shape"], run["csv_bytes"] / 1e6
        shown = ("13" if shape == "many" else "1", f"{size:,.0f}")
        failure = failed(run["results"])
        if failure:
            rows.append((engine, *shown, f"failed: {failure}", "", ""))
            continue
        seconds = middle(run["results"], "seconds")
        speeds[engine, shape, run["scale"]] = size / seconds
        rows.append((engine, *shown, f"{seconds:.2f}", f"{size / seconds:.0f}", peak(run["results"])))
    for engine in dict.fromkeys(run["engine"] for run in results["runs"]):
        notes += ratios(engine, {key[1:]: speed for key, speed in speeds.items() if key[0] == engine})
    notes += [f"- Scale {name.split()[1]} was left out: the disk had no room." for name in results["skipped"]]
    return "\n".join(
        (
            "## Memory and speed as the data grow\n",
            f"{results['rounds']} runs each. {machine(results['machine'])}\n",
            markdown(rows),
            *notes,
            "",
        )
    )


def api(results):
    """The goals are those of a two-core machine: 50 ms, and 300 MB."""
    answers = [tuple("database|queries a second|p50, ms|p95, ms|p99, ms|at most||cores, Carryall + database".split("|"))]
    memory = [tuple("database|RSS without, MB|with, MB|at most||until all have heard of a change, s|peak, MB".split("|"))]
    for engine, run in results["runs"].items():
        p50, p95, p99 = (f"{run[name] * 1000:.1f}" for name in ("p50", "p95", "p99"))
        cores = f"{run['own_cpu'] / results['seconds']:.2f} + {run['database_cpu'] / results['seconds']:.2f}"
        answers.append((engine, f"{run['rate']:.0f}", p50, p95, p99, "50", met(run["p99"] <= 0.05), cores))
        of = run["subscriptions"]
        before, during, peak = (f"{of[name] / 1e6:.0f}" for name in ("before", "during", "peak"))
        memory.append((engine, before, during, "300", met(of["during"] < 300e6), f"{of['told']:.2f}", peak))
    others = max(run["other_cpu"] for run in results["runs"].values()) / results["seconds"]
    client = max(run["client_cpu"] for run in results["runs"].values()) / results["seconds"]
    return "\n".join(
        (
            API_HEADING,
            f"The dashboard's query of a page of the history, with {results['exports']:,} completed exports in it, each with 13"
            f" tables and 2 copies, {results['rate']} times a second for {results['seconds']} s over 50 connections; times count"
            f" from when a request was due. {machine(results['machine'])} oha itself took {client:.2f} cores on the same"
            f" machine, and other programs {others:.2f}.\n",
            markdown(answers),
            f"{results['count']:,} WebSockets with a subscription each to an export that waits:\n",
            markdown(memory),
            f"`carryall migrate-state` took that history from SQLite to PostgreSQL, and compared it, in {results['moved']:.1f} s.\n",
        )
    )


def met(is_met):
    return "met" if is_met else "missed"


def ratios(engine, speeds):
    """How the speed changes from the last but one to the last scale, and with one table of the same bytes."""
    many = sorted((float(scale), speed) for (shape, scale), speed in speeds.items() if shape == "many")
    if len(many) > 1:
        (small, before), (large, after) = many[-2:]
        yield f"- {engine}: the speed at scale {large:g} is {after / before:.2f} of that at scale {small:g}."
    for (shape, scale), speed in speeds.items():
        if shape == "one" and ("many", scale) in speeds:
            ratio = speed / speeds["many", scale]
            yield f"- {engine}: the speed with one table is {ratio:.2f} of that with 13 tables of about the same bytes."


def time_row(peer, theirs, ours, goal):
    failure = failed(theirs) or failed(ours)
    if failure:
        return (peer, f"failed: {failure}", "", "", f"{goal:.1f}", "", "", "", "", "")
    ratio = median(t["seconds"] / o["seconds"] for t, o in zip(theirs, ours))
    return (
        peer, f"{middle(theirs, 'seconds'):.2f}", f"{middle(ours, 'seconds'):.2f}", f"{ratio:.2f}", f"{goal:.1f}",
        "met" if ratio >= goal else "missed", megabytes(theirs), megabytes(ours), cpu(theirs), cpu(ours),
    )  # fmt: skip


def own_row(engine, ours, csv_bytes):
    failure = failed(ours)
    if failure:
        return (engine, f"failed: {failure}", "", "", "")
    seconds = middle(ours, "seconds")
    return (engine, f"{seconds:.2f}", f"{csv_bytes / 1e6 / seconds:.0f}", megabytes(ours), peak(ours))


def size_row(peer, theirs, ours, goal):
    if failed(theirs) or failed(ours):
        return (peer, "failed", f"{goal:.2f}", "")
    ratio = middle(ours, "bytes") / middle(theirs, "bytes")
    return (peer, f"{ratio:.3f}", f"{goal:.2f}", "met" if ratio <= goal else "missed")


def machine(described):
    versions = ", ".join(f"{name} {version}" for name, version in described["versions"].items())
    return (
        f"{described['date']}, {described['cpu']}, {described['cores']} cores, {described['memory'] / 1e9:.0f} GB."
        f" {versions}."
    )


def noise(results):
    """What else ran, in cores: a measurement is good if it is near 0."""
    runs = [run for names in results["runs"].values() for results in names.values() for run in results]
    cores = sum(run["other_cpu"] for run in runs) / sum(run["seconds"] for run in runs)
    return f"Other programs took {cores:.2f} cores meanwhile."


def failed(runs):
    return next((run["failure"].replace("|", "/") for run in runs if "failure" in run), None)


def middle(runs, key):
    return median(run[key] for run in runs)


def megabytes(runs):
    return f"{middle(runs, 'bytes') / 1e6:,.1f}"


def peak(runs):
    return f"{max(run['peak_memory'] for run in runs) / 1e6:.1f}"


def cpu(runs):
    return f"{middle(runs, 'client_cpu'):.1f} + {middle(runs, 'server_cpu'):.1f}"


def markdown(rows):
    head, *others = rows
    lines = [head, ("---",) * len(head), *others]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
