//! Copies of a published log, made file by file: whole ones are sound, and a server that lies costs little.

use std::fs;
use std::io;
use std::path::Path;

use earmark_log::{Checkpoint, Hash, MirrorError, Note, audit, mirror};

use crate::published::{files, publish, trust};

fn file(root: &Path, path: &str) -> io::Result<Option<Vec<u8>>> {
    match fs::read(root.join(path)) {
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

#[test]
fn a_copy_is_as_sound_as_the_log() {
    for sizes in [&[3][..], &[256], &[256, 512, 1024], &[256, 700], &[100, 300]] {
        let (log, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        publish(log.path(), sizes);
        let copied = mirror(copy.path(), |path| file(log.path(), path)).unwrap();
        let (whole, found) = (audit(log.path(), &trust()).unwrap(), audit(copy.path(), &trust()).unwrap());
        assert_eq!(found.faults, vec![], "{sizes:?}");
        assert_eq!(found.entries, whole.entries, "{sizes:?}");
        assert_eq!(copied as usize, found.checkpoints.len());
        assert_eq!(found.checkpoints.keys().last(), sizes.last());
        if sizes.iter().all(|size| size % 256 == 0) {
            assert_eq!(files(copy.path()).len(), files(log.path()).len(), "{sizes:?}");
        }
    }
}

#[test]
fn each_file_that_is_gone_or_changed_is_noticed() {
    let log = tempfile::tempdir().unwrap();
    publish(log.path(), &[256, 512]);
    for gone in files(log.path()) {
        let name = gone.strip_prefix(log.path()).unwrap().to_str().unwrap().to_owned();
        let copy = tempfile::tempdir().unwrap();
        let copied = mirror(copy.path(), |path| if path == name { Ok(None) } else { file(log.path(), path) });
        match copied {
            Err(MirrorError::Missing(missing)) => assert_eq!(missing, name),
            // An older checkpoint that nobody told of cannot be missed.
            Ok(copied) => {
                let faults = audit(copy.path(), &trust()).unwrap().faults;
                assert_eq!(faults.is_empty(), name == "checkpoints/256", "{name}");
                assert!(copied > 0);
            }
            Err(other) => panic!("{other}"),
        }
        let copy = tempfile::tempdir().unwrap();
        let changed = |path: &str| {
            let bytes = file(log.path(), path)?;
            Ok::<_, io::Error>(bytes.map(|mut bytes| {
                if path == name {
                    bytes.extend(b"x");
                }
                bytes
            }))
        };
        if mirror(copy.path(), changed).is_ok() {
            assert_ne!(audit(copy.path(), &trust()).unwrap().faults, vec![], "{name}");
        }
    }
}

#[test]
fn a_log_that_says_it_is_endless_is_not_asked_for() {
    let checkpoint =
        Checkpoint { origin: "x".to_owned(), size: u64::MAX, root: Hash([0; 32]), extensions: Vec::new() };
    let mut note = Note::new(checkpoint.to_string()).unwrap().to_string();
    note += "\n\u{2014} x AAAAAAAA\n";
    let copy = tempfile::tempdir().unwrap();
    let mut asked = 0;
    let outcome = mirror(copy.path(), |_| {
        asked += 1;
        Ok::<_, io::Error>(Some(note.clone().into_bytes()))
    });
    assert!(matches!(outcome, Err(MirrorError::Long(_) | MirrorError::Malformed(_))), "{outcome:?}");
    assert_eq!(asked, 1);
}
