#!/usr/bin/env python3
"""Marked copies of whole projects build, pass their own tests, and keep their lines.

For each corpus: three vaults with a program key each, one recipient each; the marked asset is laid over
the tree, built and tested. `--unmarked` builds and tests the trees as they are, without the binary.
"""

import argparse
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import corpus as corpora
import fetch
from results import Results, table
from strangers import STRANGERS
from vault import PARTNERS, Refused, Vault

FLOOR = 120  # bits per 1,000 lines, below which a corpus in C is left unresolved


def asset_folder(corpus, folder):
    """Lays the asset's files alone into `folder`."""
    for path in corpus.files():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(corpus.tree / path, target)
    return folder


def shell(line, cwd, limit, unprivileged=False):
    """Runs a shell line with no terminal; gives its status, its output, its seconds."""
    command = ["bash", "-c", line]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    if unprivileged and os.geteuid() == 0:
        subprocess.run(["chown", "-R", "65534:65534", str(cwd)], check=True)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        environment["HOME"] = str(cwd)
    started = time.monotonic()
    with tempfile.TemporaryFile() as output:
        try:
            status = subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                    stderr=subprocess.STDOUT, timeout=limit).returncode
        except subprocess.TimeoutExpired:
            status = "out of time"
        output.seek(0)
        # Colors would stand between a test's brackets.
        text = re.sub(r"\x1b\[[0-9;]*m", "", output.read().decode("utf-8", "replace"))
    return status, text, time.monotonic() - started


def build_and_test(corpus, marked=None):
    """Builds and tests the tree, under the asset `marked` if given; gives a row of what happened."""
    with tempfile.TemporaryDirectory(prefix=f"earmark-bench-{corpus.name}-") as folder:
        os.chmod(folder, 0o755)
        tree = pathlib.Path(folder) / "tree"
        shutil.copytree(corpus.tree, tree, symlinks=True)
        if marked:
            for path in corpus.files():
                # The copy keeps the original's mode; a new time makes the build see it.
                shutil.copyfile(marked / path, tree / path)
        # Whatever compares times must find one instant.
        now = time.time()
        for path in tree.rglob("*"):
            if not path.is_symlink():
                os.utime(path, (now, now))
        row = {"build_seconds": 0.0, "test_seconds": 0.0, "passed": 0, "ok": False, "why": None}
        left = corpus.limit
        for which in ("build", "test"):
            for line in corpus.commands(getattr(corpus, which)):
                status, text, seconds = shell(line, tree, max(left, 1), corpus.unprivileged and which == "test")
                left -= seconds
                row[f"{which}_seconds"] = round(row[f"{which}_seconds"] + seconds, 1)
                if status != 0:
                    return {**row, "why": f"`{line}` ended with {status}: {text[-1500:]}"}
                if which == "test":
                    for pattern in corpus.counts:
                        for match in re.finditer(pattern, text):
                            row["passed"] += int(match.group(1)) if match.groups() else 1
                    said = corpus.says in text or row["ok"]
                    row["ok"] = said
        if not row["ok"]:
            row["why"] = f"`{corpus.says}` is missing from the tests' output"
        return row


def compare(corpus, original, marked):
    """What differs between the asset and a copy: files, modes, numbers of lines, lines, places within them."""
    def listing(root):
        return sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())

    row = {"files_differ": listing(original) != listing(marked), "modes_differ": 0, "line_counts_differ": 0, "lines_changed": 0,
           "places_changed": 0, "lines": 0}
    word = re.compile(rb"\w+|\s+|.", re.S)
    for path in corpus.files(original):
        if not (marked / path).is_file():
            continue
        row["modes_differ"] += (original / path).stat().st_mode & 0o777 != (marked / path).stat().st_mode & 0o777
        before, after = (original / path).read_bytes().split(b"\n"), (marked / path).read_bytes().split(b"\n")
        row["lines"] += len(before) - 1
        if len(before) != len(after):
            row["line_counts_differ"] += 1
            continue
        for left, right in zip(before, after):
            if left != right:
                row["lines_changed"] += 1
                matcher = difflib.SequenceMatcher(None, word.findall(left), word.findall(right), autojunk=False)
                row["places_changed"] += sum(1 for step in matcher.get_opcodes() if step[0] != "equal")
    return row


def marked_rows(corpus, binary, work, keys, results):
    asset = work / corpus.name / "asset"
    if not asset.exists():
        asset_folder(corpus, asset)
    for key in range(keys):
        name = f"marked/{corpus.name}/{key}"
        if results.has(name):
            continue
        base = {"kind": "marked", "corpus": corpus.name, "language": corpus.language, "vault": key}
        try:
            vault = Vault(binary, work / corpus.name / f"vault-{key}").open()
            plan = vault.protect(asset, corpus.name)
            recipient = PARTNERS[(17 * key + 5) % len(PARTNERS)]
            out = work / corpus.name / f"copies-{key}"
            said = vault.issue(corpus.name, [recipient], out)
            differs = compare(corpus, asset, out / recipient)
            row = build_and_test(corpus, out / recipient)
        except Refused as problem:
            results.add(name, **base, ok=False, why=str(problem))
            continue
        density = 1000 * plan["bits"] / max(differs["lines"], 1)
        sound = not (differs["files_differ"] or differs["modes_differ"] or differs["line_counts_differ"])
        results.add(name, **{**base, **differs, **row}, sound=sound, recipient=recipient, sites=plan["sites"]["total"],
                    sites_by_language=plan["sites"].get("by_language"), positions=plan["positions"], bits=plan["bits"],
                    bits_per_kloc=round(density, 1), left_alone=len(plan.get("left_alone", [])),
                    smallest_fragment_lines=plan.get("smallest_fragment_lines"), protect_seconds=plan["seconds_here"],
                    issued_sites=[copy.get("sites") for copy in said["copies"]],
                    resolved=corpus.whole or not (corpus.language == "C" and density < FLOOR))
        shutil.rmtree(out, ignore_errors=True)


def report(results):
    """The tables, ready for the documentation."""
    text = ""
    unmarked = results.of("unmarked")
    if unmarked:
        text += "### The unmarked trees\n\n" + table(
            ["corpus", "language", "tests passed", "build s", "tests s", "result"],
            [[row["corpus"], row["language"], row["passed"], row["build_seconds"], row["test_seconds"], "passes" if row["ok"] else "fails"]
             for row in unmarked])
    marked = results.of("marked")
    if marked:
        heads = ["corpus", "language", "key", "sites", "places changed", "lines changed", "bits per 1,000 lines", "same lines, files, modes",
                 "tests passed", "result"]
        text += "\n### Marked copies\n\n" + table(heads, [
            [row["corpus"], row["language"], row["vault"] + 1, row.get("sites"), row.get("places_changed"), row.get("lines_changed"),
             row.get("bits_per_kloc"), "yes" if row.get("sound") else "no", row.get("passed"),
             ("passes" if row.get("resolved") else f"passes, not resolved (under {FLOOR} bits)") if row["ok"] else "fails"]
            for row in marked])
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--earmark", metavar="BIN", help="the binary; needed unless --unmarked")
    parser.add_argument("--strangers", action="store_true", help="projects that no rule was tuned for, marked whole")
    parser.add_argument("--only", help="corpora, separated by commas")
    parser.add_argument("--keys", type=int, default=3, help="program keys for each corpus")
    parser.add_argument("--unmarked", action="store_true", help="build and test the trees as they are")
    parser.add_argument("--work", type=pathlib.Path, default=corpora.CACHE.parent / "bench", help="vaults and results")
    parser.add_argument("--minutes", type=float, default=1e9, help="start nothing new after so many")
    chosen = parser.parse_args()
    if not (chosen.earmark or chosen.unmarked):
        parser.error("--earmark BIN or --unmarked is needed")
    results = Results(chosen.work / "corpora.jsonl")
    ends = time.monotonic() + 60 * chosen.minutes
    among = corpora.chosen(chosen.only, STRANGERS if chosen.strangers else corpora.CORPORA)
    fetch.fetch(among)
    for corpus in among:
        if time.monotonic() > ends:
            break
        if chosen.unmarked:
            if not results.has(f"unmarked/{corpus.name}"):
                row = build_and_test(corpus)
                results.add(f"unmarked/{corpus.name}", kind="unmarked", corpus=corpus.name, language=corpus.language, **row)
                print(f"{corpus.name}: {'passes' if row['ok'] else 'FAILS'}, {row['passed']} tests, build {row['build_seconds']} s, "
                      f"tests {row['test_seconds']} s {row['why'] or ''}", file=sys.stderr)
        else:
            marked_rows(corpus, chosen.earmark, chosen.work, chosen.keys, results)
    (chosen.work / "corpora.md").write_text(report(results))
    print(report(results), end="")
    wrong = [row for row in results.rows.values() if not row["ok"] or row.get("sound") is False]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
