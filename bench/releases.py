#!/usr/bin/env python3
"""Releases of one asset: an unchanged declaration shows the same symbols in all copies of a recipient.

The vendored zlib of several versions of a crate, each protected as what succeeds the one before. What is
unchanged is found by comparing two originals line by line; a copy keeps its lines, so the same lines of both
copies must then be equal. Then each release, and two of them together, leak and are traced.
"""

import argparse
import difflib
import json
import pathlib
import shutil
import sys

import corpus as corpora
import fetch
from vault import PARTNERS, Vault, summary


def functions(lines):
    """Ranges of lines that look like whole functions: from a line at the margin behind a blank one to a brace at the margin."""
    start = None
    for number, line in enumerate(lines):
        if not line.strip():
            if start is not None and not any(inner.startswith("{") or inner.rstrip().endswith("{") for inner in lines[start:number]):
                start = None
        elif start is None and not line.startswith((" ", "\t", "#", "}")):
            start = number
        elif line.startswith("}") and start is not None:
            yield start, number + 1
            start = None


def unchanged(before, after):
    """Equal lines by number: (line before, line after, whether it is in a function that is equal as a whole)."""
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    whole = set()
    for start, end in functions(before):
        if any(block.a <= start and end <= block.a + block.size for block in blocks):
            whole.update(range(start, end))
    for block in blocks:
        for step in range(block.size):
            yield block.a + step, block.b + step, block.a + step in whole


def text(path):
    return path.read_text(errors="surrogateescape").split("\n")


def compare(versions, trees, copies, recipients):
    """What differs between the copies of two releases where the originals do not."""
    row = {"kind": "releases", "versions": versions, "recipients": len(recipients), "lines_in_functions": 0, "marked_in_functions": 0,
           "differ_in_functions": 0, "lines_elsewhere": 0, "marked_elsewhere": 0, "differ_elsewhere": 0, "differing": []}
    for path in sorted(set(file.name for file in trees[0].iterdir()) & set(file.name for file in trees[1].iterdir())):
        originals = [text(tree / path) for tree in trees]
        lines = list(unchanged(*originals))
        for _, _, whole in lines:
            row["lines_in_functions" if whole else "lines_elsewhere"] += 1
        for recipient in recipients:
            marked = [text(copy / recipient / path) for copy in copies]
            for first, second, whole in lines:
                here, there, plain = marked[0][first], marked[1][second], originals[0][first]
                place = "in_functions" if whole else "elsewhere"
                row[f"marked_{place}"] += here != plain or there != plain
                if here != there:
                    row[f"differ_{place}"] += 1
                    row["differing"].append([place, recipient, path, first + 1, here, there])
    return row


def leak(vault, work, recipient, parts):
    """Traces `parts`, (folder of copies, file), of one recipient, together."""
    folder = work / "leak"
    shutil.rmtree(folder, ignore_errors=True)
    for number, (copies, file) in enumerate(parts):
        (folder / str(number)).mkdir(parents=True)
        shutil.copy2(copies / recipient / file, folder / str(number) / "found.c")
    return {"kind": "leak", "recipient": recipient, "parts": [[copies.name, file] for copies, file in parts], **summary(vault.trace(folder))}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--earmark", metavar="BIN", required=True)
    parser.add_argument("--work", type=pathlib.Path, default=corpora.CACHE.parent / "bench")
    parser.add_argument("--recipients", type=int, default=5)
    chosen = parser.parse_args()
    fetch.fetch_releases()
    name, versions, folder = corpora.RELEASES
    work = chosen.work / "releases"
    vault = Vault(chosen.earmark, work / "vault").open()
    recipients = PARTNERS[:: max(1, len(PARTNERS) // chosen.recipients)][: chosen.recipients]
    trees, copies, revision = [], [], None
    for number, version in enumerate(versions):
        tree = work / f"original-{version}"
        if not tree.exists():
            tree.mkdir(parents=True)
            for path in sorted((corpora.CACHE / f"{name}-{version}" / "tree" / folder).glob("*.[ch]")):
                if path.name != "crc32.h":
                    shutil.copy2(path, tree / path.name)
        options = ["--succeeds", revision] if revision else []
        kept = work / f"protected-{number}.json"
        if not kept.exists():
            kept.write_text(json.dumps(vault.call("protect", tree, "--name", "zlib", *options, "--json")))
        revision = json.loads(kept.read_text())["revision"]
        out = work / f"copies-{number}"
        if not out.exists():
            vault.issue(f"zlib@{revision}", recipients, out)
        trees.append(tree)
        copies.append(out)
    rows = [compare(versions[at:at + 2], trees[at:at + 2], copies[at:at + 2], recipients) for at in range(len(versions) - 1)]
    for recipient in recipients:
        rows += [leak(vault, work, recipient, [(copy, "deflate.c")]) for copy in copies]
        rows += [leak(vault, work, recipient, [(copies[0], "deflate.c"), (copies[-1], "inflate.c")])]
    (chosen.work / "releases.json").write_text(json.dumps(rows, indent=1))
    print("| releases | lines in unchanged functions | marked | differ | other unchanged lines | marked | differ |\n|---|--:|--:|--:|--:|--:|--:|")
    wrong = 0
    for row in rows:
        if row["kind"] == "releases":
            print(f"| {' and '.join(row['versions'])} | " + " | ".join(
                str(row[f"{what}_{place}"]) for place in ("in_functions", "elsewhere") for what in ("lines", "marked", "differ")) + " |")
            wrong += row["differ_in_functions"] + row["differ_elsewhere"] + (not row["marked_in_functions"])
    leaks = [row for row in rows if row["kind"] == "leak"]
    named = sum(row["verdict"] == "traced" and row["suspects"] == [row["recipient"]] for row in leaks)
    print(f"\n{len(recipients)} recipients; {named} of {len(leaks)} leaks of one release or two name their recipient alone")
    return 1 if wrong or named < len(leaks) else 0


if __name__ == "__main__":
    sys.exit(main())
