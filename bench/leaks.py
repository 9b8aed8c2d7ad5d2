#!/usr/bin/env python3
"""Leaks of marked copies are traced to their recipient, and nobody else is ever named.

For each corpus one vault of 79 partners. A leak: one recipient drawn by the seed, a part of the copy (10 % of
its files, or 300, 1,000, 3,000 consecutive lines from a start drawn uniformly over all lines), under one of five
disguises. 40 leaks a corpus by default, two for each of the twenty pairs; `--each N` makes N for every pair. Beside
them: leaks traced under another program key, the unmarked original, trees by other people, five lines.
"""

import argparse
import pathlib
import random
import shutil
import sys
import tempfile
import time

import corpus as corpora
import disguises
import fetch
from corpora import asset_folder
from results import Results, share, table
from vault import PARTNERS, Refused, Vault, summary

SIZES = ("10 % of files", 300, 1000, 3000)
WHOLE = "all files"


class Bench:
    def __init__(self, corpus, binary, work, results):
        self.corpus, self.binary, self.results = corpus, binary, results
        self.work = work / corpus.name
        self.asset = self.work / "asset"
        if not self.asset.exists():
            asset_folder(corpus, self.asset)
        self.files = [str(path) for path in corpus.files()]
        self.vaults = {}

    def vault(self, which):
        """The vault numbered so, with the asset protected."""
        if which not in self.vaults:
            vault = Vault(self.binary, self.work / f"leaks-{which}").open()
            vault.protect(self.asset, self.corpus.name)
            vault.issue_all(self.corpus.name)
            self.vaults[which] = vault
        return self.vaults[which]

    def copy(self, recipient):
        """The folder of a recipient's marked copy."""
        out = self.work / "leak-copies"
        if not (out / f"{recipient}.done").exists():
            self.vault(0).issue(self.corpus.name, [recipient], out)
            (out / f"{recipient}.done").touch()
        return out / recipient

    def leak(self, tree, seed, size, disguise, folder):
        """Writes one leak of the files below `tree` into `folder`; says what it holds."""
        dice = random.Random(f"{self.corpus.name}/{seed}/{size}/{disguise}")
        coat = disguises.Disguise(disguise, self.corpus.language, dice.randrange(1 << 30))
        if isinstance(size, str):
            count = len(self.files) if size == WHOLE else max(1, round(len(self.files) / 10))
            parts = [(name, coat.apply(name, (tree / name).read_bytes())) for name in sorted(dice.sample(self.files, count))]
        else:
            parts = self.stretch(tree, dice, size, coat)
        disguises.write(folder, parts)
        return {"files": len(parts), "lines": sum(data.count(b"\n") for _, data in parts), "tool_refusals": coat.fallbacks}

    def stretch(self, tree, dice, wanted, coat):
        """So many consecutive lines of the disguised tree, from a start drawn uniformly over the lines before the disguise.

        The disguise comes first, since formatters refuse what is cut in mid-function. The start is the same share
        of the way down the disguised file; the stretch goes on in the next file, and moves up near the tree's end.
        """
        counts = [(tree / name).read_bytes().count(b"\n") for name in self.files]
        start = dice.randrange(max(1, sum(counts)))
        place = 0
        while start >= counts[place]:
            start -= counts[place]
            place += 1
        lines = {}

        def disguised(number):
            if number not in lines:
                lines[number] = coat.apply(self.files[number], (tree / self.files[number]).read_bytes()).splitlines(keepends=True)
            return lines[number]

        first = int(start / counts[place] * len(disguised(place)))
        last, have = place, len(disguised(place)) - first
        while have < wanted and last + 1 < len(self.files):
            last += 1
            have += len(disguised(last))
        while have < wanted and (place, first) != (0, 0):
            if first == 0:
                place -= 1
                first = len(disguised(place))
                continue
            step = min(first, wanted - have)
            first -= step
            have += step
        parts, left = [], wanted
        for number in range(place, last + 1):
            piece = disguised(number)[first if number == place else 0:][:left]
            left -= len(piece)
            if piece:
                # A leaker's own names, so that nothing is told by a path.
                parts.append((f"part{number - place + 1}{pathlib.PurePath(self.files[number]).suffix}", b"".join(piece)))
        return parts

    def trace(self, key, vault, parts, **facts):
        """Traces what `parts(folder)` writes, unless that was done before."""
        if self.results.has(key):
            return
        with tempfile.TemporaryDirectory(prefix="earmark-leak-") as folder:
            try:
                sample = pathlib.Path(folder) / "sample"
                sample.mkdir()
                facts.update(parts(sample) or {})
                facts.update(summary(self.vault(vault).trace(sample)))
            except Refused as problem:
                facts.update(verdict="failed", suspects=[], why=str(problem))
        row = self.results.add(key, corpus=self.corpus.name, language=self.corpus.language, **facts)
        print(f"{key}: {row['verdict']} {','.join(row['suspects'])}", file=sys.stderr)

    def leaks(self, seeds, each, ends):
        pairs = [(size, disguise) for size in SIZES for disguise in disguises.NAMES]
        plan = [(seed, *pairs[seed % len(pairs)]) for seed in range(seeds)]
        if each:
            plan = [(seed, size, disguise) for seed in range(each) for size, disguise in pairs]
        for seed, size, disguise in plan:
            if time.monotonic() > ends:
                return
            recipient = random.Random(f"recipient/{self.corpus.name}/{seed}/{size}/{disguise}").choice(PARTNERS)
            key = f"{self.corpus.name}/{size}/{disguise}/{seed}"
            facts = {"size": str(size), "disguise": disguise, "seed": seed, "recipient": recipient}
            if not self.results.has(key):
                try:
                    tree = self.copy(recipient)
                except Refused as problem:
                    self.results.add(key, kind="leak", corpus=self.corpus.name, language=self.corpus.language, **facts, verdict="failed",
                                     suspects=[], why=str(problem))
                    continue
                self.trace(key, 0, lambda folder: self.leak(tree, seed, size, disguise, folder), kind="leak", **facts)

    def controls(self, ends, count):
        """What must name nobody."""
        name = self.corpus.name
        for seed in range(count):
            for size, disguise in ((3000, "verbatim"), (SIZES[0], "all")):
                if time.monotonic() > ends:
                    return
                facts = {"size": str(size), "disguise": disguise, "seed": seed}
                recipient = random.Random(f"swapped/{name}/{seed}").choice(PARTNERS)
                if not self.results.has(f"{name}/swapped/{size}/{disguise}/{seed}"):
                    tree = self.copy(recipient)
                    self.trace(f"{name}/swapped/{size}/{disguise}/{seed}", 1, lambda folder: self.leak(tree, seed, size, disguise, folder),
                               kind="swapped", recipient=recipient, **facts)
            for disguise in disguises.NAMES:
                self.trace(f"{name}/unmarked/{disguise}/{seed}", 0, lambda folder: self.leak(self.asset, seed, WHOLE, disguise, folder),
                           kind="unmarked", disguise=disguise, seed=seed)
            self.trace(f"{name}/five/{seed}", 0, lambda folder: self.five(seed, folder), kind="five", seed=seed)
        for other, language, tree, files in strangers():
            # An older Lua is no stranger to a newer one, nor to Redis, whose script_lua.c took over two of its functions.
            related = other == "lua5.1" and name in ("lua", "redis")
            if language == self.corpus.language and other != name and not related and time.monotonic() <= ends:
                self.trace(f"{name}/innocent/{other}", 0, lambda folder: lay(tree, files, folder), kind="innocent", other=other)

    def five(self, seed, folder):
        """Five consecutive lines that each hold several words and no comment, from a marked copy."""
        dice = random.Random(f"five/{self.corpus.name}/{seed}")
        tree = self.copy(dice.choice(PARTNERS))
        for _ in range(100_000):
            name = dice.choice(self.files)
            lines = (tree / name).read_bytes().splitlines(keepends=True)
            if len(lines) < 10:
                continue
            start = dice.randrange(len(lines) - 5)
            piece = lines[start:start + 5]
            meaning = [line for line in piece if len(line.split()) >= 4 and not line.strip().startswith((b"/", b"*", b"#", b'"'))]
            if len(meaning) == 5 and len(set(piece)) == 5:
                disguises.write(folder, [(f"five{pathlib.PurePath(name).suffix}", b"".join(piece))])
                return {"lines": 5, "from": f"{name}:{start + 1}"}
        raise Refused("no five lines of meaning in a row")


def strangers():
    """Every tree that may be an innocent: (name, language, tree, files)."""
    for corpus in corpora.CORPORA:
        yield corpus.name, corpus.language, corpus.tree, [str(path) for path in corpus.files()]
    for name, language, _ in corpora.INNOCENTS:
        tree = corpora.CACHE / name / "tree"
        if tree.exists():
            files = [str(path.relative_to(tree)) for path in sorted(tree.rglob("*"))
                     if path.is_file() and path.suffix in corpora.EXTENSIONS[language]]
            yield name, language, tree, files


def lay(tree, files, folder):
    disguises.write(folder, [(name, (tree / name).read_bytes()) for name in files])
    return {"files": len(files)}


def vendored(binary, work, results):
    """An innocent that shares vendored upstream with the asset: Lua 5.1 beside a Redis that brings it along."""
    (redis,) = corpora.chosen("redis")
    key = "redis/vendored/lua5.1"
    other = corpora.CACHE / "lua5.1" / "tree"
    if results.has(key) or not other.exists():
        return
    asset = work / "redis" / "asset-with-lua"
    if not asset.exists():
        asset_folder(redis, asset)
        shutil.copytree(redis.tree / "deps" / "lua" / "src", asset / "deps" / "lua" / "src")
    facts = {"kind": "vendored", "corpus": "redis", "language": "C", "other": "lua5.1"}
    try:
        vault = Vault(binary, work / "redis" / "vendored").open()
        vault.protect(asset, "redis", "--upstream", asset / "deps")
        with tempfile.TemporaryDirectory(prefix="earmark-leak-") as folder:
            lay(other, [f"src/{path.name}" for path in sorted((other / "src").glob("*.[ch]"))], pathlib.Path(folder))
            facts.update(summary(vault.trace(folder)))
    except Refused as problem:
        facts.update(verdict="failed", suspects=[], why=str(problem))
    results.add(key, **facts)


def traced(row):
    return row["verdict"] == "traced" and row["suspects"] == [row["recipient"]]


def wrong(row):
    """Names somebody who had no part in it."""
    named = set(row["suspects"]) | {name for group in row.get("one_of") or [] for name in group}
    if row["kind"] == "leak":
        return bool(row["suspects"]) and any(name != row["recipient"] for name in row["suspects"]) or bool(named) and row["recipient"] not in named
    return bool(named)


WANTED = {"swapped": ("unmarked", "ours-untraceable"), "unmarked": ("unmarked",), "five": ("ours-untraceable",),
          "innocent": ("not-ours",), "vendored": ("not-ours",)}


def report(results):
    text = ""
    leaks = results.of("leak")
    sizes = [str(size) for size in SIZES]
    if leaks:
        for name, group in (("language", "language"), ("corpus", "corpus")):
            rows = []
            for value in dict.fromkeys(row[group] for row in leaks):
                for size in sizes:
                    mine = [row for row in leaks if row[group] == value and row["size"] == size]
                    if mine:
                        rows.append([value, size, *[share([row for row in mine if row["disguise"] == disguise], traced) for disguise in disguises.NAMES],
                                     share(mine, traced), sum(map(wrong, mine))])
            text += f"### Traced of attempted, by {name}\n\n" + table([name, "lines", *disguises.NAMES, "together", "wrong names"], rows) + "\n"
        refused = sum(row.get("tool_refusals", 0) for row in leaks)
        text += f"{len(leaks)} leaks, {sum(map(wrong, leaks))} wrong names, {sum(row['verdict'] == 'failed' for row in leaks)} failed runs; " \
                f"{refused} files that a tool refused went on as they were.\n\n"
    rows = []
    for kind, verdicts in WANTED.items():
        for corpus in dict.fromkeys(row["corpus"] for row in results.of(kind)):
            mine = [row for row in results.of(kind) if row["corpus"] == corpus]
            other = sorted({row["verdict"] for row in mine if row["verdict"] not in verdicts})
            rows.append([kind, corpus, " or ".join(verdicts), share(mine, lambda row: row["verdict"] in verdicts), ", ".join(other) or "–",
                         sum(map(wrong, mine))])
    if rows:
        text += "### Controls\n\n" + table(["what", "corpus", "wanted", "so", "otherwise", "named"], rows)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--earmark", metavar="BIN", required=True)
    parser.add_argument("--only", help="corpora, separated by commas")
    parser.add_argument("--seeds", type=int, default=40, help="leaks a corpus")
    parser.add_argument("--each", type=int, default=0, metavar="N", help="N leaks for every size and disguise instead")
    parser.add_argument("--controls", type=int, default=2, metavar="N", help="seeds of the controls")
    parser.add_argument("--work", type=pathlib.Path, default=corpora.CACHE.parent / "bench", help="vaults and results")
    parser.add_argument("--minutes", type=float, default=1e9, help="start nothing new after so many")
    parser.add_argument("--report", action="store_true", help="only write the tables of what is there")
    chosen = parser.parse_args()
    results = Results(chosen.work / "leaks.jsonl")
    if not chosen.report:
        ends = time.monotonic() + 60 * chosen.minutes
        fetch.fetch(corpora.chosen(chosen.only))
        if chosen.controls:
            fetch.fetch_others()
        for corpus in corpora.chosen(chosen.only):
            bench = Bench(corpus, chosen.earmark, chosen.work, results)
            bench.leaks(chosen.seeds, chosen.each, ends)
            if chosen.controls:
                bench.controls(ends, chosen.controls)
        if chosen.controls and (not chosen.only or "redis" in chosen.only.split(",")) and time.monotonic() <= ends:
            vendored(chosen.earmark, chosen.work, results)
    (chosen.work / "leaks.md").write_text(report(results))
    print(report(results), end="")
    return 1 if any(wrong(row) for row in results.rows.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
