#!/usr/bin/env python3
"""Fetches the corpora and what their tests need into the cache, each by its registry's own client.

Nothing is fetched twice; a folder half done is done again. `--tools` fetches the formatters.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

import corpus as corpora

SOURCES = "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main\n"


def run(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"`{' '.join(map(str, command))}` failed:\n{done.stdout[-2000:]}")
    return done.stdout


def apt(*arguments, cwd=None):
    """Runs apt-get with a source list of our own; the machine's lists stay as they are."""
    folder = corpora.CACHE / "apt"
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    sources = folder / "sources.list"
    sources.write_text(SOURCES)
    options = [f"Dir::Etc::sourcelist={sources}", "Dir::Etc::sourceparts=/dev/null", f"Dir::State::lists={folder}/lists",
               f"Dir::Cache={folder}/cache"]
    (folder / "cache").mkdir(exist_ok=True)
    run("apt-get", "-q", *[part for option in options for part in ("-o", option)], *arguments, cwd=cwd)


def whole(folder, make):
    """Makes `folder` by `make(new)`, in one rename."""
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = pathlib.Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        make(new / "it")
        (new / "it").rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def unpack(archive, target):
    """Unpacks an archive that holds one folder, as that folder's content."""
    with tarfile.open(archive) as tar:
        tar.extractall(target.parent / "unpacked", filter="data")
    (only,) = (target.parent / "unpacked").iterdir()
    only.rename(target)


def debian(package, patched):
    def make(target):
        marker = corpora.CACHE / "apt" / "updated"
        if not marker.exists():
            apt("update")
            marker.touch()
        apt("source", "--download-only", package, cwd=target.parent)
        (description,) = target.parent.glob("*.dsc")
        skip = [] if patched else ["--skip-patches"]
        run("dpkg-source", "--no-check", *skip, "-x", description, target)
    return make


def pypi(package, version):
    def make(target):
        folder = target.parent / "download"
        run(tools_python(), "-m", "pip", "-q", "download", "--no-deps", "--no-binary", package, "-d", folder, f"{package}=={version}")
        (archive,) = folder.iterdir()
        unpack(archive, target)
    return make


def crate(name, version):
    def make(target):
        probe = target.parent / "probe"
        (probe / "src").mkdir(parents=True)
        (probe / "src" / "lib.rs").touch()
        (probe / "Cargo.toml").write_text(
            f'[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n{name} = "={version}"\n[workspace]\n')
        run("cargo", "fetch", "-q", cwd=probe)
        listing = json.loads(run("cargo", "metadata", "--offline", "--format-version", "1", cwd=probe))
        (manifest,) = [package["manifest_path"] for package in listing["packages"] if package["name"] == name]
        shutil.copytree(pathlib.Path(manifest).parent, target, ignore=shutil.ignore_patterns(".cargo-ok", ".cargo_vcs_info.json"))
    return make


def tree(source):
    kind, *details = source
    return {"debian": debian, "pypi": pypi, "crate": crate}[kind](*details)


def environment(corpus):
    """Makes what the corpus' tests need beside it."""
    def make(target):
        needs = corpus.needs
        target.mkdir()
        if "pip" in needs:
            run(sys.executable, "-m", "venv", target)
            run(target / "bin" / "python", "-m", "pip", "-q", "install", *needs["pip"])
        if "npm" in needs:
            listed = json.loads((corpus.tree / needs["npm"]).read_text())
            wanted = dict(listed.get("dependencies", {}))
            wanted.update({name: version for name, version in listed.get("devDependencies", {}).items() if name not in ("eslint", "nyc")})
            (target / "package.json").write_text(json.dumps({"name": "deps", "version": "1.0.0", "private": True, "dependencies": wanted}))
            run("npm", "install", "--silent", "--ignore-scripts", cwd=target)
        if "cargo" in needs:
            run("cargo", "fetch", "-q", cwd=corpus.tree)
    return make


def tools_python():
    return corpora.CACHE / "tools" / "python" / "bin" / "python"


def tools():
    """Fetches black and prettier, and a pip of our own."""
    def python(target):
        run(sys.executable, "-m", "venv", target)
        run(target / "bin" / "python", "-m", "pip", "-q", "install", "black==25.1.0")

    def node(target):
        target.mkdir()
        (target / "package.json").write_text(json.dumps({"name": "tools", "version": "1.0.0", "private": True}))
        run("npm", "install", "--silent", "--ignore-scripts", "prettier@3.5.3", cwd=target)

    # A virtual environment names its own place, so it cannot be renamed into it.
    folder = corpora.CACHE / "tools"
    if not (folder / "python" / "bin" / "black").exists():
        shutil.rmtree(folder / "python", ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        python(folder / "python")
    whole(folder / "node", node)


def fetch(chosen):
    tools()
    for corpus in chosen:
        whole(corpus.tree, tree(corpus.source))
        done = corpus.env / ".done"
        if not done.exists():
            shutil.rmtree(corpus.env, ignore_errors=True)
            environment(corpus)(corpus.env)
            done.touch()
        lines = sum((corpus.tree / path).read_bytes().count(b"\n") for path in corpus.files())
        print(f"{corpus.name}: {len(corpus.files())} files, {lines} lines", file=sys.stderr)


def fetch_others():
    tools()
    for name, _, source in corpora.INNOCENTS:
        whole(corpora.CACHE / name / "tree", tree(source))
    fetch_releases()


def fetch_releases():
    name, versions, _ = corpora.RELEASES
    for version in versions:
        whole(corpora.CACHE / f"{name}-{version}" / "tree", crate(name, version))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="corpora, separated by commas; nothing else is fetched then")
    chosen = parser.parse_args()
    fetch(corpora.chosen(chosen.only))
    if not chosen.only:
        fetch_others()
