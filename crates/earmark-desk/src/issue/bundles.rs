//! Sealed bundles: packing, signing and sealing a copy beside its place.
//!
//! What is signed, and for whom: inside, `SHA256SUMS`, so that who opened a bundle can show later where its content came
//! from; outside, the sealed file, so that a recipient can refuse a strange one unopened. Each with two signatures, for
//! `ssh-keygen` and for `minisign`.

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use earmark_model::{Digest, Entry, EntryKind, KeyKind, UnixMillis};
use earmark_seal::{BundleSigner, CheckedKey, SignError, Signatures, write_tar_zst};
use tempfile::NamedTempFile;

use super::receivers::Lock;
use super::staging::Staging;
use super::writing::{Files, Staged, paper, tar_entry, unpacked};
use crate::error::{DeskError, Kind};

/// The list of everything in a bundle that `sha256sum -c` checks.
const SUMS: &str = "SHA256SUMS";

/// The ends of the names of signatures that `ssh-keygen` and `minisign` check.
const SIGNATURES: [&str; 2] = ["sig", "minisig"];

/// Where and how bundles are written.
pub(super) struct Press<'a> {
    /// The folder beside their place.
    pub(super) staging: &'a Staging,
    /// Where they go.
    pub(super) out: &'a Path,
    /// What they are signed with.
    pub(super) signer: &'a BundleSigner,
    /// The instant that signatures name.
    pub(super) now: UnixMillis,
}

/// A sealed bundle that is written and not yet in its place.
pub(super) struct StagedBundle {
    bundle: Staged,
    /// Where each signature lies, and its place.
    signatures: Vec<(PathBuf, PathBuf)>,
    /// SHA-256 of the sealed file.
    pub(super) sha256: Digest,
}

impl StagedBundle {
    /// Puts the signatures in their place, then the bundle: whoever sees it finds them there.
    ///
    /// # Errors
    /// When the file system refuses.
    pub(super) fn put_in_place(self) -> Result<(PathBuf, Vec<PathBuf>), DeskError> {
        let mut signatures = Vec::new();
        for (staged, place) in self.signatures {
            fs::rename(&staged, &place).map_err(|source| DeskError::io("write", &place, source))?;
            signatures.push(place);
        }
        Ok((self.bundle.put_in_place()?, signatures))
    }
}

impl Press<'_> {
    /// Writes the bundle of a copy: the material in a folder of its own, beside it the papers and a signed list of all
    /// files.
    ///
    /// Keys of both families make two files of the same plaintext, age's first, since no file can be opened with both.
    ///
    /// # Errors
    /// When signing or sealing fails or the disk refuses.
    pub(super) fn bundles(
        &self,
        name: &str,
        material: &Files,
        papers: &Files,
        lock: &Lock,
    ) -> Result<Vec<StagedBundle>, DeskError> {
        let refused = |source| DeskError::io("write in", self.out, source);
        let tempfile = || tempfile::tempfile_in(self.out).map_err(refused);
        let mut plain = tempfile()?;
        self.pack(name, material, papers, &mut plain)?;
        let mut end = "tar.zst".to_owned();
        if let Some(timed) = &lock.timed {
            plain.rewind().map_err(refused)?;
            let inner = tempfile()?;
            let sealed = earmark_seal::seal(&mut plain, std::slice::from_ref(timed), &inner);
            let sealed = sealed.map_err(|source| {
                DeskError::because(Kind::Unavailable, format!("cannot seal `{name}`"), source)
            })?;
            end = format!("{end}.{}", sealed.form.extension());
            plain = inner;
        }
        let (openpgp, age): (Vec<CheckedKey>, Vec<CheckedKey>) =
            lock.keys.iter().cloned().partition(|key| key.key().kind() == KeyKind::OpenPgp);
        let mut bundles = Vec::new();
        for family in [age, openpgp].iter().filter(|family| !family.is_empty()) {
            plain.rewind().map_err(refused)?;
            bundles.push(self.seal(&format!("{name}.{end}"), &mut plain, family)?);
        }
        Ok(bundles)
    }

    /// Packs material, papers, the list of both and its signatures, which name no instant: the same copy is the same
    /// tar, whenever it is made.
    fn pack(&self, name: &str, material: &Files, papers: &Files, plain: &mut File) -> Result<(), DeskError> {
        let prefixed: Vec<(Entry, Arc<Vec<u8>>)> = material
            .iter()
            .map(|(entry, bytes)| {
                let path = [b"material/", entry.path.as_slice()].concat();
                (Entry { path, ..entry.clone() }, Arc::clone(bytes))
            })
            .chain(papers.iter().cloned())
            .collect();
        let sums = sums(&prefixed);
        let signatures = self.signer.sign(sums.as_slice(), SUMS, None).map_err(|why| unsigned(name, why))?;
        let mut all = prefixed;
        all.push((paper(SUMS, &sums), Arc::new(sums)));
        for (end, text) in SIGNATURES.into_iter().zip([signatures.ssh, signatures.minisign]) {
            let bytes = text.into_bytes();
            all.push((paper(&format!("{SUMS}.{end}"), &bytes), Arc::new(bytes)));
        }
        all.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        write_tar_zst(all.iter().map(tar_entry), plain).map(drop).map_err(|source| unpacked(name, source))
    }

    fn seal(&self, name: &str, plain: &mut File, keys: &[CheckedKey]) -> Result<StagedBundle, DeskError> {
        let staging = self.staging.path();
        let file =
            NamedTempFile::new_in(staging).map_err(|source| DeskError::io("write in", staging, source))?;
        let sealed = earmark_seal::seal(plain, keys, file.as_file()).map_err(|source| {
            DeskError::because(Kind::Unavailable, format!("cannot seal `{name}`"), source)
        })?;
        let name = format!("{name}.{}", sealed.form.extension());
        let (path, place) = self.keep(file, &name)?;
        let sealed = File::open(&path).map_err(|source| DeskError::io("read", &path, source))?;
        let Signatures { sha256, ssh, minisign } =
            self.signer.sign(sealed, &name, Some(self.now)).map_err(|why| unsigned(&name, why))?;
        let mut signatures = Vec::new();
        for (end, text) in SIGNATURES.into_iter().zip([ssh, minisign]) {
            let mut file = NamedTempFile::new_in(staging)
                .map_err(|source| DeskError::io("write in", staging, source))?;
            file.write_all(text.as_bytes()).map_err(|source| DeskError::io("write in", staging, source))?;
            signatures.push(self.keep(file, &format!("{name}.{end}"))?);
        }
        Ok(StagedBundle { bundle: Staged::Bundle(path, place), signatures, sha256 })
    }

    /// Keeps a finished file, durable; gives where it lies and its place in the folder that bundles go to.
    fn keep(&self, file: NamedTempFile, name: &str) -> Result<(PathBuf, PathBuf), DeskError> {
        let place = self.out.join(name);
        let (file, staged) = file.keep().map_err(|source| DeskError::io("write", &place, source.error))?;
        fs::set_permissions(&staged, fs::Permissions::from_mode(0o644))
            .and_then(|()| file.sync_all())
            .map_err(|source| DeskError::io("write", &place, source))?;
        Ok((staged, place))
    }
}

fn unsigned(name: &str, source: SignError) -> DeskError {
    DeskError::because(Kind::Unavailable, format!("cannot sign `{name}`"), source)
}

/// The text of `SHA256SUMS`.
fn sums(files: &Files) -> Vec<u8> {
    let mut text = Vec::new();
    for (entry, _) in files.iter().filter(|(entry, _)| entry.kind == EntryKind::File) {
        // coreutils escapes a name with a backslash or a line break and says so by a leading backslash.
        let unusual = entry.path.iter().any(|byte| matches!(byte, b'\\' | b'\n'));
        if unusual {
            text.push(b'\\');
        }
        text.extend_from_slice(format!("{}  ", entry.sha256).as_bytes());
        for &byte in &entry.path {
            match byte {
                b'\\' => text.extend_from_slice(b"\\\\"),
                b'\n' => text.extend_from_slice(b"\\n"),
                other => text.push(other),
            }
        }
        text.push(b'\n');
    }
    text
}
