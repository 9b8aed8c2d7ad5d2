use std::path::PathBuf;

/// What one job in a [`Cage`](crate::Cage) may cost. Going over ends the worker, which is a
/// [`Death`](crate::Death).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Length of the input.
    pub input_bytes: u64,
    /// Private writable memory of the worker (heap, stack, anonymous maps); the mapped input comes
    /// on top.
    pub memory_bytes: u64,
    /// Processor seconds of one job.
    pub cpu_seconds: u64,
    /// Wall-clock seconds of one job.
    pub wall_seconds: u64,
    /// Bytes of all frames of one job together.
    pub output_bytes: u64,
    /// Bytes of one frame.
    pub frame_bytes: u32,
    /// After so many jobs a worker is replaced. With 1 no sample can touch what is found in
    /// another, even if it takes its worker over.
    pub jobs_per_worker: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            input_bytes: 64 << 30,
            memory_bytes: 2 << 30,
            cpu_seconds: 3_600,
            wall_seconds: 3_600,
            output_bytes: 32 << 30,
            frame_bytes: 256 << 20,
            jobs_per_worker: 1,
        }
    }
}

/// What [`build`](crate::build) lets a command use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildBudget {
    /// Wall-clock seconds; then everything the command started is killed.
    pub wall_seconds: u64,
    /// Processor seconds of each single process.
    pub cpu_seconds: u64,
    /// Private writable memory of each single process, and resident unshared memory of all together.
    pub memory_bytes: u64,
    /// Length of each single file written.
    pub file_bytes: u64,
    /// Processes alive at one time.
    pub processes: u32,
    /// How much of the end of the output is kept.
    pub tail_bytes: usize,
    /// Folders beside the system's own that may be read and executed from (toolchains).
    pub read_also: Vec<PathBuf>,
    /// Environment beside `PATH`, `HOME`, `TMPDIR` and `LANG`; may replace these.
    pub environment: Vec<(String, String)>,
    /// Go on without landlock where the kernel has none. The command can then read and write what
    /// the user can; seccomp, limits and the missing network stay.
    pub without_landlock: bool,
}

impl Default for BuildBudget {
    fn default() -> Self {
        Self {
            wall_seconds: 1_800,
            cpu_seconds: 1_800,
            memory_bytes: 8 << 30,
            file_bytes: 8 << 30,
            processes: 512,
            tail_bytes: 64 << 10,
            read_also: Vec::new(),
            environment: Vec::new(),
            without_landlock: false,
        }
    }
}
