#!/usr/bin/env python3
"""The story of 2012: the client alone, renamed and reformatted, or the advisory alone, retyped, names one of 79."""

import argparse
import pathlib
import random
import re
import sys
import tempfile

import corpus as corpora
import disguises
import fetch
from results import Results, table
from vault import PARTNERS, Refused, Vault, summary

STORY = corpora.HERE.parent / "testdata" / "stories" / "2012"


def retyped(text):
    """Typed off a screen: small letters, no punctuation, lines of its own."""
    words = re.sub(r"[^a-z0-9\s]+", " ", text.lower().replace("'", "")).split()
    return "\n".join(" ".join(words[place:place + 11]) for place in range(0, len(words), 11)) + "\n"


def client(copy, seed):
    coat = disguises.Disguise("all", "C", seed)
    return "client.c", coat.apply("client.c", (copy / "poc.c").read_bytes())


def advisory(copy, _seed):
    return "note.txt", retyped((copy / "advisory.md").read_text()).encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--earmark", metavar="BIN", required=True)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--bound", type=float, default=-6.0, help="log10 of the false accusation bound wanted")
    parser.add_argument("--work", type=pathlib.Path, default=corpora.CACHE.parent / "bench")
    chosen = parser.parse_args()
    fetch.tools()
    results = Results(chosen.work / "story.jsonl")
    work = chosen.work / "story"
    vault = Vault(chosen.earmark, work / "vault").open()
    vault.protect(STORY, "story")
    vault.issue_all("story")
    for seed in range(chosen.seeds):
        recipient = random.Random(f"story/{seed}").choice(PARTNERS)
        for what, make in (("client, stripped, renamed, reformatted", client), ("advisory, retyped", advisory)):
            key = f"{what}/{seed}"
            if results.has(key):
                continue
            facts = {"kind": "story", "what": what, "seed": seed, "recipient": recipient}
            try:
                out = work / "copies"
                if not (out / recipient).exists():
                    vault.issue("story", [recipient], out)
                with tempfile.TemporaryDirectory(prefix="earmark-leak-") as folder:
                    disguises.write(pathlib.Path(folder), [make(out / recipient, seed)])
                    facts.update(summary(vault.trace(folder)))
            except Refused as problem:
                facts.update(verdict="failed", suspects=[], bound=None, why=str(problem))
            results.add(key, **facts)

    def good(row):
        return row["suspects"] == [row["recipient"]] and row["bound"] is not None and row["bound"] <= chosen.bound

    rows = []
    for what in dict.fromkeys(row["what"] for row in results.of("story")):
        mine = [row for row in results.of("story") if row["what"] == what]
        wrong = sum(1 for row in mine if set(row["suspects"]) - {row["recipient"]})
        rows.append([what, f"{sum(map(good, mine))} / {len(mine)}", wrong])
    text = table(["what leaked", f"named at 1e{chosen.bound:g}", "wrong names"], rows)
    (chosen.work / "story.md").write_text(text)
    print(text, end="")
    return 0 if all(map(good, results.of("story"))) else 1


if __name__ == "__main__":
    sys.exit(main())
