#!/usr/bin/env python3
"""Tells 1,643 recipients of an instant by mail and takes the time, from the worker's start to the last mail taken.

The mail server is aiosmtpd (PyPI, `aiosmtpd` on the search path), on this machine. Wanted: a minute.
"""

import argparse
import datetime
import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import sys
import time

import corpus as corpora
from results import table
from vault import Vault

RECIPIENTS = 1643


def after(seconds):
    instant = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return instant.isoformat(timespec="milliseconds")


def server():
    """A server that takes everything and keeps nothing; gives the process and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(["aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"])
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, f"smtp://127.0.0.1:{port}"
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise SystemExit("the mail server does not start")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--earmark", metavar="BIN", required=True)
    parser.add_argument("--recipients", type=int, default=RECIPIENTS)
    parser.add_argument("--work", type=pathlib.Path, default=corpora.CACHE.parent / "bench")
    chosen = parser.parse_args()
    work = chosen.work / "tell"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    bench = Vault(chosen.earmark, work / "vault", limit=1800)
    subprocess.run([bench.binary, "init", bench.folder, "--name", "Bench"], check=True, stdout=subprocess.DEVNULL)
    rows = []
    for number in range(chosen.recipients):
        slug = f"partner-{number:04}"
        rows.append({"slug": slug, "name": slug, "country": "DE", "tier": "one", "contact": f"desk@{slug}.example"})
    (work / "partners.json").write_text(json.dumps(rows))
    bench.call("partner", "import", work / "partners.json")
    bench.call("disclosure", "add", "d", "--title", "A flaw", "--public", after(3600), "--stage", f"advisory:one={after(20)}")
    bench.call("disclosure", "accept", "d")
    post, url = server()
    try:
        time.sleep(20)
        load = os.getloadavg()[0]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = bench.call("worker", "--once", "--smtp", url, "--json")
        wall, after_all = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    finally:
        post.kill()
        post.wait()
    if done["mail"] != chosen.recipients:
        raise SystemExit(f"{done['mail']} of {chosen.recipients} were told: {done}")
    row = [done["mail"], round(wall, 1), round(after_all.ru_utime - before.ru_utime, 1), round(after_all.ru_stime - before.ru_stime, 1), round(load, 1)]
    text = table(["told", "wall s", "user s", "system s", "load before"], [row])
    (chosen.work / "tell.md").write_text(text)
    print(text, end="")
    return 0 if wall <= 60 else 1


if __name__ == "__main__":
    sys.exit(main())
