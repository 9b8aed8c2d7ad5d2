use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::peers::{self, Peer, Source};

/// Fetches every counterpart that is missing: Debian packages for the machine, the others into our
/// cache outside the repository.
///
/// # Errors
/// When a Debian package is missing and we are not root (the message holds the line to run), a
/// registry does not answer, or a program is still missing afterwards.
pub(crate) fn fetch() -> Result<()> {
    let missing = peers::missing();
    if missing.is_empty() {
        println!("install: all {} counterparts are here", peers::PEERS.len());
        return Ok(());
    }
    let wanted = wanted(&missing);
    let mut debian = wanted.debian.clone();
    if !wanted.pypi.is_empty() && !runs("python3", &["-c", "import venv, ensurepip"]) {
        debian.push("python3-venv");
    }
    if !wanted.npm.is_empty() && !runs("npm", &["--version"]) {
        debian.push("npm");
    }
    if !debian.is_empty() {
        apt(&debian)?;
    }
    let cache = peers::cache()?;
    if !wanted.pypi.is_empty() {
        let venv = cache.join("venv");
        run("python3", &["-m", "venv"], &[venv.as_path()], &[])?;
        run(venv.join("bin/pip"), &["install", "--quiet", "--disable-pip-version-check"], &[], &wanted.pypi)?;
    }
    if !wanted.npm.is_empty() {
        let folder = cache.join("npm");
        run(
            "npm",
            &["install", "--silent", "--no-save", "--no-audit", "--no-fund", "--prefix"],
            &[&folder],
            &wanted.npm,
        )?;
    }
    let still: Vec<&str> = peers::missing().iter().map(|peer| peer.program).collect();
    if !still.is_empty() {
        bail!("still missing after installation: {}", still.join(", "));
    }
    println!("install: all {} counterparts are here", peers::PEERS.len());
    Ok(())
}

/// Packages by the tool that fetches them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted {
    debian: Vec<&'static str>,
    pypi: Vec<&'static str>,
    npm: Vec<&'static str>,
}

/// Sorts what is missing by where it comes from.
fn wanted(missing: &[&Peer]) -> Wanted {
    let mut wanted = Wanted::default();
    for peer in missing {
        match peer.source {
            Source::Debian(package) => wanted.debian.push(package),
            Source::PyPi(package) => wanted.pypi.push(package),
            // `npm install` removes what it is not asked for: all of them or none.
            Source::Npm(_) => wanted.npm = npm_packages(),
        }
    }
    wanted
}

fn npm_packages() -> Vec<&'static str> {
    let npm = |peer: &Peer| match peer.source {
        Source::Npm(package) => Some(package),
        Source::Debian(_) | Source::PyPi(_) => None,
    };
    peers::PEERS.iter().filter_map(npm).collect()
}

/// Installs Debian packages when we are root; else prints the line for somebody who is.
fn apt(packages: &[&str]) -> Result<()> {
    if !runs("apt-get", &["--version"]) {
        bail!("this is no Debian: please install the equivalents of {}", packages.join(" "));
    }
    if !is_root() {
        bail!("run this first, then try again:\n\n  {}\n", apt_line(packages));
    }
    println!("install: {}", packages.join(" "));
    let install = |packages: &[&str]| {
        run("apt-get", &["install", "--yes", "--quiet", "--no-install-recommends"], &[], packages)
    };
    // A fresh machine has no package lists yet.
    if install(packages).is_err() {
        run("apt-get", &["update", "--quiet"], &[], &[])?;
        install(packages)?;
    }
    Ok(())
}

/// The one line that installs `packages`.
fn apt_line(packages: &[&str]) -> String {
    format!("sudo apt-get install --no-install-recommends {}", packages.join(" "))
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Tells whether a program is here and does this much without failing.
fn runs(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Runs a program that must succeed.
fn run(program: impl Into<PathBuf>, arguments: &[&str], paths: &[&Path], packages: &[&str]) -> Result<()> {
    let program = program.into();
    let status = Command::new(&program)
        .args(arguments)
        .args(paths)
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()
        .with_context(|| format!("cannot run `{}`", program.display()))?;
    if status.success() {
        return Ok(());
    }
    bail!("`{} {} ..` failed", program.display(), arguments.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_programs_become_packages_by_source() {
        let all: Vec<&Peer> =
            peers::PEERS.iter().filter(|peer| ["gpg", "black", "initdb"].contains(&peer.program)).collect();
        let wanted = wanted(&all);
        assert_eq!(wanted.debian, ["gnupg", "postgresql"]);
        assert_eq!(wanted.pypi.len(), 1);
        assert!(wanted.npm.is_empty());
        let one: Vec<&Peer> = peers::PEERS.iter().filter(|peer| peer.program == "prettier").collect();
        assert_eq!(super::wanted(&one).npm, npm_packages());
        assert!(apt_line(&wanted.debian).ends_with(" gnupg postgresql"));
    }

    #[test]
    fn a_failing_program_is_an_error() {
        assert!(run("false", &[], &[], &[]).is_err());
        assert!(run("/nowhere/at/all", &[], &[], &[]).is_err());
        assert!(run("true", &[], &[], &[]).is_ok());
    }
}
