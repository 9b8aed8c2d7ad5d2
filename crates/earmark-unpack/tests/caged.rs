//! Opening in a real cage gives what opening outside gives. No test harness: this binary is its own worker.

#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code, which the lints cannot see without the harness"
)]

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use earmark_cage::{Budget, Cage, Input, Job, OWN_EXE};
use earmark_model::{Leaf, Limits, Loss, Sink};
use earmark_unpack::{caged, open_bytes};

const JOBS: &[Job] = &[(caged::JOB, caged::serve)];

#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    leaves: Vec<Leaf>,
    losses: Vec<Loss>,
}

impl Sink for Found {
    fn leaf(&mut self, leaf: Leaf) -> earmark_model::Flow {
        self.leaves.push(leaf);
        earmark_model::Flow::Continue
    }

    fn loss(&mut self, loss: Loss) -> earmark_model::Flow {
        self.losses.push(loss);
        earmark_model::Flow::Continue
    }
}

fn open_caged(cage: &Cage, name: &str, bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let ask = caged::ask(name, &Limits::default());
    cage.run(caged::JOB, &ask, Input::Bytes(bytes), &mut |frame| match caged::receive(frame, &mut found) {
        earmark_model::Flow::Continue => earmark_cage::Flow::Continue,
        earmark_model::Flow::Stop => earmark_cage::Flow::Stop,
    })
    .unwrap();
    found
}

fn open_outside(name: &str, bytes: &[u8]) -> Found {
    let mut found = Found::default();
    open_bytes(name, bytes, &Limits::default(), &mut found);
    found
}

fn main() {
    earmark_cage::enter(JOBS);
    let cage =
        Cage::new(OWN_EXE.as_ref(), 1, Budget { jobs_per_worker: 1_000, ..Budget::default() }).unwrap();
    let coats = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/coats");
    let mut count = 0;
    for entry in std::fs::read_dir(coats).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let whole = std::fs::read(&path).unwrap();
        for bytes in [&whole[..], &whole[..whole.len() * 6 / 10]] {
            assert_eq!(open_caged(&cage, &name, bytes), open_outside(&name, bytes), "{name}");
            count += 1;
        }
    }
    println!("{count} samples open alike inside and outside");

    // What the cage costs: a big compressed file through it and beside it.
    let line = "the quick brown fox jumps over the lazy dog and a number, 1234567\n";
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for number in 0..400_000_u32 {
        write!(writer, "{} {line}", number.wrapping_mul(2_654_435_761)).unwrap();
    }
    let packed = writer.finish().unwrap();
    let started = Instant::now();
    let outside = open_outside("big.gz", &packed);
    let outside_took = started.elapsed();
    let started = Instant::now();
    let inside = open_caged(&cage, "big.gz", &packed);
    println!(
        "{} bytes: outside {outside_took:?}, inside {:?}",
        outside.leaves[0].bytes.len(),
        started.elapsed()
    );
    assert!(inside == outside);
}
