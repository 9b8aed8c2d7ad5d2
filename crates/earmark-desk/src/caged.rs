//! What the cage does for the desk: opening containers, and reading the marks of a leaf.
//!
//! Both parse hostile bytes, so both run in a child process that can do nothing else; a child's death is a
//! result. Asks and frames are postcard.

use std::io;

use earmark_cage::{Cage, Death, Flow, Input, Job, Out};
use earmark_mark::{FileReading, FileTable};
use earmark_model::{Limits, Region, Sink};
use earmark_unpack::caged as unpack;
use serde::{Deserialize, Serialize};

/// The jobs: `main` hands them to [`earmark_cage::enter`] before anything else.
pub const JOBS: &[Job] = &[(unpack::JOB, open_job), ("read", read_job)];

/// What a reading needs beside the leaf.
#[derive(Serialize)]
struct ReadAsk<'a> {
    original: &'a [u8],
    table: &'a FileTable,
    regions: &'a [Region],
}

/// The same as it arrives.
#[derive(Deserialize)]
struct ReadJob {
    original: Vec<u8>,
    table: FileTable,
    regions: Vec<Region>,
}

/// Opens the container `input` in the cage and gives what it holds to `sink`, recursively.
///
/// # Errors
/// When the child died; what came before is good.
pub fn open(
    cage: &Cage,
    name: &str,
    input: Input<'_>,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Death> {
    cage.run(
        unpack::JOB,
        &unpack::ask(name, limits),
        input,
        &mut |frame| match unpack::receive(frame, sink) {
            earmark_model::Flow::Continue => Flow::Continue,
            earmark_model::Flow::Stop => Flow::Stop,
        },
    )
}

/// Reads the marks of `leaf` in the cage.
///
/// # Errors
/// When the child died: everything that would have been read there is erased.
pub fn read(
    cage: &Cage,
    original: &[u8],
    table: &FileTable,
    regions: &[Region],
    leaf: &[u8],
) -> Result<Option<FileReading>, Death> {
    let ask = postcard::to_stdvec(&ReadAsk { original, table, regions }).unwrap_or_default();
    let mut reading = None;
    cage.run("read", &ask, Input::Bytes(leaf), &mut |frame| {
        reading = postcard::from_bytes(&frame).ok();
        Flow::Continue
    })?;
    Ok(reading)
}

fn open_job(ask: &[u8], input: &[u8], out: &mut Out<'_>) -> io::Result<()> {
    unpack::serve(ask, input, out)
}

fn read_job(ask: &[u8], input: &[u8], out: &mut Out<'_>) -> io::Result<()> {
    let job: ReadJob = postcard::from_bytes(ask).map_err(io::Error::other)?;
    let reading = earmark_mark::read(&job.original, &job.table, &job.regions, input);
    out(&postcard::to_stdvec(&reading).map_err(io::Error::other)?)
}
