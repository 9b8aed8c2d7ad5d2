//! Lists what is in a file or folder, as `earmark_unpack` opens it: `cargo run --example open -- PATH`.
//!
//! Not for hostile files: this is not sandboxed.

use std::collections::HashSet;
use std::path::Path;

use earmark_model::{Flow, Leaf, Limits, Loss, Sink};

/// Prints, and remembers the longer lines to tell how much of a known text came out.
#[derive(Default)]
struct List {
    quiet: bool,
    leaves: u64,
    bytes: u64,
    lines: HashSet<Vec<u8>>,
}

impl Sink for List {
    fn leaf(&mut self, leaf: Leaf) -> Flow {
        self.leaves += 1;
        self.bytes += leaf.bytes.len() as u64;
        if self.quiet {
            let lines = leaf.bytes.split(|byte| *byte == b'\n').filter(|line| line.len() >= 20);
            self.lines.extend(lines.map(<[u8]>::to_vec));
        } else {
            println!(
                "{:>10} {} {}",
                leaf.bytes.len(),
                if leaf.partial { "partial" } else { "whole  " },
                leaf.path
            );
        }
        Flow::Continue
    }

    fn loss(&mut self, loss: Loss) -> Flow {
        println!("      lost {}: {}", loss.path, loss.why);
        Flow::Continue
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quiet = arguments.len() == 2;
    let mut lists = Vec::new();
    for path in &arguments {
        let started = std::time::Instant::now();
        let mut list = List { quiet, ..List::default() };
        if let Err(error) = earmark_unpack::open_path(Path::new(path), &Limits::default(), &mut list) {
            println!("{error}");
        }
        println!("{path}: {} leaves, {} bytes, {:?}", list.leaves, list.bytes, started.elapsed());
        lists.push(list);
    }
    // Of two, the second is judged by the first.
    if let [whole, found] = lists.as_slice() {
        let common = whole.lines.intersection(&found.lines).count();
        println!(
            "{common} of {} lines found, {:.4}",
            whole.lines.len(),
            common as f64 / whole.lines.len() as f64
        );
    }
}
