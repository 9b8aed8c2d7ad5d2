"""The corpora: where each comes from, what of it is protected, how it is built and tested.

An asset is the part of a corpus that its owner would protect. Tests stay outside it (except where
they stand inside the sources, as in Rust), so that unmarked tests judge marked code.
"""

import os
import pathlib
import shlex
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("EARMARK_CACHE", "~/.cache/earmark")).expanduser() / "corpora"


@dataclass(frozen=True)
class Corpus:
    name: str
    language: str
    # One of ("debian", package, patched), ("pypi", package), ("crate", name, version).
    source: tuple
    # Glob patterns below the tree, and those to leave out again.
    asset: tuple
    but: tuple = ()
    # Shell lines run in a copy of the tree; {env} is the folder of what the tests need, {here} this folder.
    build: tuple = ()
    test: tuple = ()
    # Regular expressions that count passed tests in the output: a sum of their first groups.
    counts: tuple = ()
    # A text that must be in the output beside exit status 0.
    says: str = ""
    # Seconds that building and testing may take.
    limit: int = 900
    # The tests refuse to run as root.
    unprivileged: bool = False
    # Everything is marked: densities count data as lines.
    whole: bool = False
    needs: dict = field(default_factory=dict)

    @property
    def tree(self):
        return CACHE / self.name / "tree"

    @property
    def env(self):
        return CACHE / self.name / "env"

    def files(self, root=None):
        """The asset's files, relative to the tree, in the order of their paths' bytes."""
        root = root or self.tree
        found = set()
        for pattern in self.asset:
            found.update(path for path in root.glob(pattern) if path.is_file() and not path.is_symlink())
        for pattern in self.but:
            found.difference_update(root.glob(pattern))
        return sorted((path.relative_to(root) for path in found), key=lambda path: os.fsencode(path))

    def commands(self, which):
        return [line.format(env=shlex.quote(str(self.env)), here=shlex.quote(str(HERE))) for line in which]


_PYTHON = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=src {env}/bin/python -m pytest -q --no-header -p no:cacheprovider "

CORPORA = [
    Corpus(
        "zlib", "C", ("debian", "zlib", True),
        asset=("*.c", "*.h", "test/*.c"), but=("crc32.h", "inffixed.h", "zconf.h"),
        build=("./configure --static", "make -s -j1"),
        test=("make -s test",),
        counts=(r"(?m)^\s*\*\*\* zlib .*test OK",),
        says="zlib test OK",
    ),
    Corpus(
        "lua", "C", ("debian", "lua5.4", False),
        asset=("src/*.c", "src/*.h"),
        build=("make -s -j1 -C src linux",),
        test=("src/lua {here}/checks/lua_check.lua", "src/luac -p {here}/checks/lua_check.lua"),
        counts=(r"(\d+) checks passed",),
        says="checks passed",
    ),
    Corpus(
        "sqlite3", "C", ("debian", "sqlite3", True),
        asset=("src/*.c", "src/*.h", "src/*.in"), but=("src/ctime.c", "src/pragma.h"),
        build=("./configure --disable-readline", "make -s -j1 testfixture CFLAGS='-O1 -w'"),
        test=(
            # One test of file system sizes fails on the unmarked tree under overlay file systems; no other may.
            "./testfixture test/extraquick.test > out.txt; grep -E 'errors out of|^!Fail' out.txt; grep -q '^0 errors out of' out.txt "
            "|| grep -qx '!Failures on these tests: io-5.5' out.txt",
        ),
        counts=(r"errors out of (\d+) tests",),
        says="errors out of",
        limit=1800, unprivileged=True,
    ),
    Corpus(
        "redis", "C", ("debian", "redis", True),
        asset=("src/*.c", "src/*.h"), but=("src/commands.c", "src/help.h"),
        build=("make -s -j1 MALLOC=libc CFLAGS=-w OPTIMIZATION=-O1",),
        test=(
            "./runtest --clients 1 --single unit/type/string --single unit/type/hash --single unit/type/list "
            "--single unit/type/set --single unit/type/zset --single unit/scripting --single unit/expire",
        ),
        counts=(r"(?m)^\[ok\]:",),
        says="All tests passed without errors",
        limit=1200,
    ),
    Corpus(
        "requests", "Python", ("pypi", "requests", "2.34.2"),
        asset=("src/**/*.py",),
        # Timeouts on connecting need a route to an address that never answers.
        test=(_PYTHON + "-k 'not connect_timeout and not total_timeout_connect' tests",),
        counts=(r"(\d+) passed",), says=" passed",
        needs={"pip": ("pytest", "pytest-httpbin==2.1.0", "httpbin~=0.10.0", "trustme", "pysocks", "urllib3", "certifi",
                       "idna", "charset_normalizer")},
    ),
    Corpus(
        "packaging", "Python", ("pypi", "packaging", "26.3"),
        asset=("src/**/*.py",), but=("src/packaging/licenses/_spdx.py",),
        test=(_PYTHON + "tests",),
        counts=(r"(\d+) passed",), says=" passed",
        needs={"pip": ("pytest", "pretend", "hypothesis", "tomli_w")},
    ),
    Corpus(
        "express", "JavaScript", ("debian", "node-express", False),
        asset=("index.js", "lib/**/*.js", "examples/**/*.js"),
        build=("ln -sfn {env}/node_modules node_modules",),
        # Four tests of the strict option expect an older engine's words for a broken document.
        test=(
            "node_modules/.bin/mocha --require test/support/env --reporter dot --check-leaks "
            "--grep 'with strict option' --invert test/ test/acceptance/",
        ),
        counts=(r"(\d+) passing",), says=" passing",
        needs={"npm": "package.json"},
    ),
    Corpus(
        "bytes", "Rust", ("crate", "bytes", "1.12.2"),
        asset=("src/**/*.rs",),
        test=("CARGO_TARGET_DIR={env}/target cargo test -q --offline -j1",),
        counts=(r"(\d+) passed",), says="test result: ok",
        needs={"cargo": True},
    ),
    Corpus(
        "aho-corasick", "Rust", ("crate", "aho-corasick", "1.1.5"),
        asset=("src/**/*.rs",),
        test=("CARGO_TARGET_DIR={env}/target cargo test -q --offline -j1",),
        counts=(r"(\d+) passed",), says="test result: ok",
        needs={"cargo": True},
    ),
]

# Trees by other people; beside them every corpus is an innocent to the others. The old Lua is also vendored in Redis.
INNOCENTS = [("lua5.1", "C", ("debian", "lua5.1", False)), ("idna", "Python", ("pypi", "idna", "3.20"))]

# Successive releases of one vendored library: zlib 1.2.11, 1.2.13, 1.3, 1.3.1, 1.3.2.
RELEASES = ("libz-sys", ("1.1.8", "1.1.9", "1.1.14", "1.1.15", "1.1.31"), "src/zlib")

EXTENSIONS = {"C": (".c", ".h", ".in"), "Python": (".py",), "JavaScript": (".js",), "Rust": (".rs",)}


def chosen(names, among=CORPORA):
    """The corpora that `names`, a comma-separated list or nothing, asks for."""
    if not names:
        return among
    wanted = names.split(",")
    known = {corpus.name: corpus for corpus in among}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise SystemExit(f"no corpus named {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in wanted]
