//! How a process knows that it was entered again.

/// Zeroth argument of a worker.
pub(crate) const WORKER: &str = "earmark-cage-worker";

/// Zeroth argument of the supervisor of a build.
pub(crate) const SUPERVISOR: &str = "earmark-cage-build";

/// Environment variable of every caged process. It stops a binary that forgot to call `enter` from
/// starting cages without end.
pub(crate) const INSIDE: &str = "EARMARK_CAGE";

/// First argument when landlock may be missing.
pub(crate) const LENIENT: &str = "without-landlock";

/// First argument when landlock must be there.
pub(crate) const STRICT: &str = "strict";

/// Whether this process is itself caged.
pub(crate) fn inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}
