#!/usr/bin/env python3
"""Random C programs do the same marked and unmarked.

`csmith` writes programs that print one checksum over all their variables and have no undefined behavior. All
are marked at random, every rule at work however rare its forms, under several seeds; each copy is built with
and without gcc's undefined-behavior sanitizer, run, and must print and report what its original does. Finding
the sites again in the copies measures closure.
"""

import argparse
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import time

import corpus as corpora
from results import Results, table

HEADERS = "/usr/include/csmith"
LIMIT = 5  # seconds a program may run; the original decides
OPTIONS = ["--max-funcs", "4", "--max-block-depth", "4", "--max-array-dim", "2", "--max-array-len-per-dim", "6",
           "--max-expr-complexity", "6", "--inline-function", "--builtins"]
BUILDS = {"plain": ["-O2"], "sanitized": ["-O0", "-fsanitize=undefined"]}


def run(command, limit):
    """A command's status and what it said; `None` for the status of one that ran out of time."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None, b"", b""
    return done.returncode, done.stdout, done.stderr


def generate(folder, seed):
    """Writes one program; gives its path or `None` if there is none for this seed."""
    path = folder / f"program-{seed:04}.c"
    if not path.exists():
        status, text, _ = run(["csmith", "--seed", str(seed), *OPTIONS], 30)
        if status != 0 or len(text) > 120_000:
            return None
        path.write_bytes(text)
    return path


def behavior(source, folder):
    """What a program does in each build, as text: the run's status, a digest of what it printed and reported."""
    seen = []
    for name, options in BUILDS.items():
        program = folder / f"{source.stem}-{name}-{source.parent.name}"
        status, _, _ = run(["gcc", "-w", *options, f"-I{HEADERS}", "-o", str(program), str(source)], 120)
        if status != 0:
            seen.append("no build")
            continue
        status, said, reported = run([str(program)], LIMIT)
        # A report begins with the place, where columns differ between copies.
        reported = re.sub(rb"(?m)^[^\n]*?: runtime error", b"runtime error", reported)
        digest = hashlib.sha256(said + b"\0" + reported).hexdigest()
        seen.append(f"{status} {digest}" if not reported else f"reports {status} {digest}")
        program.unlink()
    return "; ".join(seen)


def report(results):
    rows = [[row["seed"], row["programs"], row["sites"], f"{100 * row['closure']:.2f} %", row["same"], row["differ"]]
            for row in results.of("csmith")]
    return "\n### Random programs\n\n" + table(["seed", "programs", "sites", "found again", "same behavior", "other behavior"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--density", metavar="BIN", required=True, help="the example `density` of earmark-mark: marks a tree at random")
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3, help="marked copies of each program")
    parser.add_argument("--first", type=int, default=1, help="csmith's seed for the first program")
    parser.add_argument("--work", type=pathlib.Path, default=corpora.CACHE.parent / "bench" / "csmith")
    parser.add_argument("--minutes", type=float, default=1e9, help="start nothing new after so many")
    chosen = parser.parse_args()
    ends = time.monotonic() + 60 * chosen.minutes
    originals = chosen.work / "original"
    originals.mkdir(parents=True, exist_ok=True)
    results = Results(chosen.work / "csmith.jsonl")

    # Programs that run to their end without a report, with what they do.
    known = {}
    seed = chosen.first
    while len(known) < chosen.programs and time.monotonic() < ends:
        path = generate(originals, seed)
        if path and not results.has(f"program/{seed}"):
            results.add(f"program/{seed}", kind="program", name=path.name, does=behavior(path, chosen.work), ok=True)
        if path and all(done.startswith("0 ") for done in results.rows[f"program/{seed}"]["does"].split("; ")):
            known[path.name] = results.rows[f"program/{seed}"]["does"]
        elif path:
            path.unlink()
        seed += 1
    for mark in range(1, chosen.seeds + 1):
        key = f"csmith/{chosen.first}/{chosen.programs}/{mark}"
        if results.has(key) or time.monotonic() > ends:
            continue
        copies = chosen.work / f"marked-{mark}"
        shutil.rmtree(copies, ignore_errors=True)
        shutil.copytree(originals, copies)
        status, said, _ = run([chosen.density, str(originals), "--all", "--mark", str(copies), str(7919 * mark)], 600)
        total = re.search(rb"total (\d+) sites.*closure ([0-9.]+)", said)
        if status != 0 or not total:
            print(f"marking ended with {status}: {said[-500:]!r}", file=sys.stderr)
            return 1
        differ = [name for name, seen in known.items() if behavior(copies / name, chosen.work) != seen]
        for name in differ:
            print(f"{copies / name} does other things than {originals / name}", file=sys.stderr)
        results.add(key, kind="csmith", seed=mark, programs=len(known), sites=int(total.group(1)), closure=float(total.group(2)),
                    same=len(known) - len(differ), differ=len(differ), which=differ, ok=not differ)
    print(report(results), end="")
    return 0 if all(row["ok"] for row in results.rows.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
