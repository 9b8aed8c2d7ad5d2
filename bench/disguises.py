"""What a leaker does to files, by tools that share no code with the marks: formatters, a preprocessor, a renamer."""

import io
import os
import pathlib
import subprocess
import tokenize

import corpus as corpora
import renamer

NAMES = ("verbatim", "formatted", "stripped", "renamed", "all")
C_STYLES = ("LLVM", "GNU", "Google", "WebKit", "Mozilla", "Chromium")
LIMIT = 120


class Unusable(Exception):
    """A tool refused the text."""


def _pipe(command, text):
    done = subprocess.run(command, input=text, capture_output=True, timeout=LIMIT)
    if done.returncode or not done.stdout:
        raise Unusable(done.stderr.decode("utf-8", "replace")[-300:])
    return done.stdout


def formatted(language, path, data, seed):
    if language == "C":
        return _pipe(["clang-format", f"--style={C_STYLES[seed % len(C_STYLES)]}", "--assume-filename=x.c"], data)
    if language == "Python":
        widths = ("79", "88", "100", "120")
        tool = corpora.CACHE / "tools" / "python" / "bin" / "black"
        return _pipe([tool, "-q", "-l", widths[seed % len(widths)], "-"], data)
    if language == "JavaScript":
        options = (["--no-semi", "--single-quote"], ["--tab-width", "4"], ["--use-tabs", "--print-width", "100"], ["--trailing-comma", "none"])
        tool = corpora.CACHE / "tools" / "node" / "node_modules" / ".bin" / "prettier"
        return _pipe([tool, "--stdin-filepath", "x.js", *options[seed % len(options)]], data)
    if language == "Rust":
        options = ("max_width=100", "max_width=80,hard_tabs=true", "tab_spaces=2", "use_small_heuristics=Max")
        return _pipe(["rustfmt", "--edition", "2021", "--config", options[seed % len(options)]], data)
    raise Unusable(f"no formatter for {path}")


def stripped(language, path, data, seed):
    if language == "C":
        return _pipe(["gcc", "-fpreprocessed", "-dD", "-E", "-P", "-w", "-xc", "-"], data)
    text = data.decode("utf-8", "surrogateescape")
    if language == "Python":
        return _strip_python(text).encode("utf-8", "surrogateescape")
    return renamer.strip(language, text).encode("utf-8", "surrogateescape")


def _strip_python(text):
    """Takes comments out by Python's own tokenizer."""
    lines = text.splitlines(keepends=True)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
    except (tokenize.TokenError, SyntaxError) as problem:
        raise Unusable(str(problem)) from None
    return "".join(line for line in lines if line.strip())


class Disguise:
    """One leaker: the same names and the same style over all files."""

    def __init__(self, name, language, seed):
        self.name, self.language, self.seed = name, language, seed
        self.names = renamer.Renamer(language, seed) if name in ("renamed", "all") else None
        self.fallbacks = 0

    def apply(self, path, data):
        """Disguises one file; a step whose tool refuses the file is left out and counted."""
        steps = {"verbatim": (), "formatted": (formatted,), "stripped": (stripped,), "renamed": (self._rename,),
                 "all": (stripped, self._rename, formatted)}[self.name]
        for step in steps:
            try:
                data = step(self.language, path, data, self.seed)
            except (Unusable, subprocess.TimeoutExpired):
                self.fallbacks += 1
        return data

    def _rename(self, _language, _path, data, _seed):
        return self.names.rename(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def language_of(path):
    for language, extensions in corpora.EXTENSIONS.items():
        if pathlib.PurePath(path).suffix in extensions:
            return language
    return None


def write(folder, files):
    """Writes (path, bytes) pairs below a folder."""
    for path, data in files:
        target = folder / path
        os.makedirs(target.parent, exist_ok=True)
        target.write_bytes(data)
