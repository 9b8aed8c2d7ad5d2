#!/usr/bin/env python3
"""Two releases of one asset: an unchanged declaration shows the same symbols in both copies of a recipient.

The vendored zlib of two successive versions of a crate. What is unchanged is found by comparing the
originals line by line; a copy keeps its lines, so the same lines of both copies must then be equal.
"""

import argparse
import difflib
import json
import pathlib
import shutil
import sys

import corpus as corpora
import fetch
from vault import PARTNERS, Vault


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
    """Pairs of equal functions: (first line before, first line after, number of lines)."""
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    for start, end in functions(before):
        for block in blocks:
            if block.a <= start and end <= block.a + block.size:
                yield start, start - block.a + block.b, end - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--earmark", metavar="BIN", required=True)
    parser.add_argument("--work", type=pathlib.Path, default=corpora.CACHE.parent / "bench")
    parser.add_argument("--recipients", type=int, default=5)
    chosen = parser.parse_args()
    fetch.fetch_others()
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
    row = {"kind": "releases", "versions": versions, "functions": 0, "lines": 0, "marked_lines": 0, "lines_that_differ": 0, "examples": []}
    for path in sorted(set(file.name for file in trees[0].iterdir()) & set(file.name for file in trees[1].iterdir())):
        originals = [(tree / path).read_text(errors="surrogateescape").split("\n") for tree in trees]
        pairs = list(unchanged(*originals))
        row["functions"] += len(pairs)
        row["lines"] += sum(length for _, _, length in pairs)
        for recipient in recipients:
            marked = [(copy / recipient / path).read_text(errors="surrogateescape").split("\n") for copy in copies]
            for first, second, length in pairs:
                for step in range(length):
                    here, there, plain = marked[0][first + step], marked[1][second + step], originals[0][first + step]
                    row["marked_lines"] += here != plain or there != plain
                    if here != there:
                        row["lines_that_differ"] += 1
                        row["examples"] = [*row["examples"], [path, first + step + 1, here, there]][:10]
    (chosen.work / "releases.json").write_text(json.dumps(row, indent=1))
    print(f"zlib in {name} {' and '.join(versions)}, {len(recipients)} recipients: {row['functions']} unchanged functions, {row['lines']} lines; "
          f"{row['marked_lines']} marked lines in them, {row['lines_that_differ']} differ between a recipient's two copies")
    return 1 if row["lines_that_differ"] or not row["marked_lines"] else 0


if __name__ == "__main__":
    sys.exit(main())
