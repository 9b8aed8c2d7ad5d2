"""Driving the `earmark` binary: a vault with 79 partners, protected assets, issued copies, traces."""

import json
import pathlib
import subprocess
import tempfile
import time

PARTNERS = [f"partner-{number:02}" for number in range(1, 80)]
COUNTRIES = ["US", "DE", "JP", "FR", "GB", "IN", "KR", "IL", "CN", "BR"]


class Refused(Exception):
    """The binary ended with another status than wanted."""


class Vault:
    def __init__(self, binary, folder, limit=600):
        self.binary = pathlib.Path(binary).resolve()
        self.folder = pathlib.Path(folder)
        self.limit = limit

    def call(self, *arguments, wanted=(0, 1)):
        """Runs one command and gives its JSON document when it was asked for, else its text."""
        command = [str(self.binary), "--vault", str(self.folder), *map(str, arguments)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=self.limit)
        except subprocess.TimeoutExpired:
            raise Refused(f"`{' '.join(command)}` took more than {self.limit} s") from None
        if done.returncode not in wanted:
            raise Refused(f"`{' '.join(command)}` ended with {done.returncode}: {done.stderr.strip()[-800:]}")
        if "--json" not in command:
            return done.stdout
        try:
            return json.loads(done.stdout)
        except ValueError:
            raise Refused(f"`{' '.join(command)}` printed no JSON document: {done.stdout[:300]!r}") from None

    def open(self):
        """Makes the vault, with a program key of its own and 79 partners, unless it is there."""
        if (self.folder / "partners.done").exists():
            return self
        done = subprocess.run([str(self.binary), "init", str(self.folder), "--name", "Bench"], capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise Refused(f"init ended with {done.returncode}: {done.stderr.strip()[-800:]}")
        for number, slug in enumerate(PARTNERS):
            self.call("partner", "add", slug, "--name", slug.title(), "--country", COUNTRIES[number % len(COUNTRIES)], "--tier", "1")
        (self.folder / "partners.done").touch()
        return self

    def protect(self, path, name, *options):
        """Protects `path`; what the command said is kept beside the vault, and asked for once only."""
        kept = self.folder.with_name(f"{self.folder.name}.{name}.json")
        if not kept.exists():
            started = time.monotonic()
            said = self.call("protect", path, "--name", name, "--json", *options)
            said["seconds_here"] = round(time.monotonic() - started, 1)
            kept.write_text(json.dumps(said))
        return json.loads(kept.read_text())

    def issue(self, asset, recipients, out):
        """Writes the marked trees of `recipients` below `out`; gives the JSON document."""
        return self.call("issue", asset, "--to", ",".join(recipients), "--out", out, "--plain", "--json")

    def issue_all(self, asset):
        """Has a copy on record for every partner, so that a trace considers all of them; the trees are thrown away."""
        done = self.folder.with_name(f"{self.folder.name}.{asset}.issued")
        if not done.exists():
            with tempfile.TemporaryDirectory(prefix="earmark-copies-") as out:
                self.issue(asset, PARTNERS, out)
            done.touch()

    def trace(self, path):
        started = time.monotonic()
        said = self.call("trace", path, "--json")
        said["seconds_here"] = round(time.monotonic() - started, 2)
        return said


def summary(said):
    """What a table needs of a trace."""
    return {
        "verdict": said.get("verdict"),
        "suspects": [suspect.get("recipient") for suspect in said.get("suspects", [])],
        "one_of": [group.get("recipients") for group in said.get("one_of", [])],
        "read": (said.get("positions") or {}).get("read"),
        "erased": (said.get("positions") or {}).get("erased"),
        "bound": min((suspect.get("log10_false_accusation_bound", 0) for suspect in said.get("suspects", [])), default=None),
        "public": len(said.get("public", [])),
        "seconds": said.get("seconds_here"),
    }
