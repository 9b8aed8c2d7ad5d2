"""Projects that no rule was tuned for, marked whole: sources, tests, whatever parses, as somebody would who names a folder.

A row's density says little, since data, documents and generated files count as lines.
"""

from corpus import Corpus

_PYTEST = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=src:. {env}/bin/python -m pytest -q --no-header -p no:cacheprovider "


def _c(name, build, test, says, counts=()):
    return Corpus(name, "C", ("debian", name, True), asset=("**/*",), build=build, test=test, says=says, counts=counts, whole=True)


def _python(name, version, *needs, tests="tests"):
    return Corpus(name, "Python", ("pypi", name, version), asset=("**/*",), test=(_PYTEST + tests,), says=" passed",
                  counts=(r"(\d+) passed",), needs={"pip": ("pytest", *needs)}, whole=True)


def _rust(name, version):
    return Corpus(name, "Rust", ("crate", name, version), asset=("**/*",), test=("CARGO_TARGET_DIR={env}/target cargo test -q -j1",),
                  says="test result: ok", counts=(r"(\d+) passed",), needs={"cargo": True}, whole=True)


STRANGERS = [
    _c("bzip2", ("make -s -j1 bzip2 bzip2recover libbz2.a",), ("make check",), "you're in business"),
    _c("lzip", ("./configure", "make -s -j1"), ("make check",), "tests completed successfully"),
    _c("lz4", ("make -s -j1 lib programs", "make -s -j1 -C tests fullbench fuzzer frametest"),
       ("cd tests && ./frametest -i200 && ./fuzzer -i200 && echo both passed",), "both passed"),
    _c("mawk", ("./configure", "make -s -j1"), ("make check && echo mawk passed",), "mawk passed"),
    _c("jq", ("autoreconf -i", "./configure --disable-maintainer-mode --with-oniguruma=/usr --disable-valgrind", "make -s -j1"),
       ("./tests/jqtest && ./tests/mantest && echo jq passed",), "jq passed"),
    _c("libyaml", ("./bootstrap", "./configure", "make -s -j1"), ("make check",), "# FAIL:  0", (r"# PASS: +(\d+)",)),
    _c("expat", ("cd expat && ./buildconf.sh && ./configure --without-docbook && make -s -j1",), ("make -C expat check",), "# FAIL:  0",
       (r"# PASS: +(\d+)",)),
    _python("more-itertools", "11.2.1"),
    _python("itsdangerous", "2.2.0", "freezegun"),
    _python("boltons", "26.2.0"),
    _python("pyparsing", "3.3.3", tests="tests/test_unit.py tests/test_simple_unit.py"),
    _python("click", "8.5.1", "click==8.5.1"),
    _python("jinja2", "3.1.6", "markupsafe", "trio"),
    _rust("smallvec", "1.15.1"),
    _rust("semver", "1.0.27"),
    _rust("heck", "0.5.0"),
    _rust("fnv", "1.0.7"),
]
