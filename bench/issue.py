#!/usr/bin/env python3
"""Issues a 5 MB asset to 1,643 recipients, the partners of the largest coordinated case, and takes the time.

The asset is files of redis, in the order of their paths, until there are 5,000,000 bytes. Each recipient has an age
key of their own. Wanted: a minute on two cores, from the command to the last bundle in its place. Three of the
bundles are then opened with Debian's `age`, `tar` and `sha256sum`.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import corpus as corpora
import fetch
from results import table
from vault import COUNTRIES, Vault

RECIPIENTS = 1643
BYTES = 5_000_000


def asset(folder):
    """Writes the asset, unless it is there; gives its bytes."""
    redis = next(corpus for corpus in corpora.CORPORA if corpus.name == "redis")
    fetch.whole(redis.tree, fetch.tree(redis.source))
    length = 0
    for path in redis.files():
        if length >= BYTES:
            break
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(redis.tree / path, place)
        length += place.stat().st_size
    return length


def vault(binary, work, recipients):
    """Makes a vault with so many partners, each with a key, unless it is there."""
    vault = Vault(binary, work / f"vault-{recipients}", limit=1800)
    done = work / f"vault-{recipients}.done"
    if done.exists():
        return vault
    keys = work / "keys"
    keys.mkdir(exist_ok=True)
    subprocess.run([vault.binary, "init", vault.folder, "--name", "Bench"], check=True, stdout=subprocess.DEVNULL)
    rows = []
    for number in range(recipients):
        slug, key = f"partner-{number:04}", keys / f"partner-{number:04}.txt"
        if not key.exists():
            subprocess.run(["age-keygen", "-o", key], check=True, stderr=subprocess.DEVNULL)
        public = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout.strip()
        country = COUNTRIES[number % len(COUNTRIES)]
        rows.append({"slug": slug, "name": slug, "country": country, "tier": "one", "keys": [public]})
    (work / "partners.json").write_text(json.dumps(rows))
    vault.call("partner", "import", work / "partners.json")
    done.touch()
    return vault


def opens(bundle, key):
    """Whether standard tools open a bundle and its sums are right."""
    plain = subprocess.run(["age", "-d", "-i", key, bundle], check=True, capture_output=True).stdout
    with tempfile.TemporaryDirectory(prefix="earmark-bundle-") as folder:
        subprocess.run(["tar", "--zstd", "-x", "-C", folder], input=plain, check=True)
        return subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=folder).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--earmark", metavar="BIN", required=True)
    parser.add_argument("--recipients", type=int, default=RECIPIENTS)
    parser.add_argument("--work", type=pathlib.Path, default=corpora.CACHE.parent / "bench")
    chosen = parser.parse_args()
    work = chosen.work / "issue"
    work.mkdir(parents=True, exist_ok=True)
    length = asset(work / "asset")
    bench = vault(chosen.earmark, work, chosen.recipients)
    protected = bench.protect(work / "asset", "asset")
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    load = os.getloadavg()[0]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    issued = bench.call("issue", "asset", "--to", "all", "--out", out, "--json")["copies"]
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    for copy in random.Random(7).sample(issued, min(3, len(issued))):
        if not opens(pathlib.Path(copy["bundle"]), work / "keys" / f"{copy['recipient']}.txt"):
            raise SystemExit(f"{copy['bundle']} does not hold what it says")
    sealed = sum(pathlib.Path(copy["bundle"]).stat().st_size for copy in issued)
    shutil.rmtree(out)
    row = [len(issued), length, protected["sites"]["total"], round(wall, 1), round(after.ru_utime - before.ru_utime, 1),
           round(after.ru_stime - before.ru_stime, 1), sealed, round(load, 1)]
    text = table(["recipients", "bytes", "sites", "wall s", "user s", "system s", "bytes sealed", "load before"], [row])
    (chosen.work / "issue.md").write_text(text)
    print(text, end="")
    return 0 if wall <= 60 else 1


if __name__ == "__main__":
    sys.exit(main())
