//! Giving up the file system.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, PathBeneath, PathFd,
    Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
};

/// The newest interface whose rights we ask for; older kernels give what they have of it.
const NEWEST: ABI = ABI::V6;

/// What stays reachable.
#[derive(Debug, Default)]
pub(crate) struct Reachable {
    /// May be read and executed from.
    pub(crate) read: Vec<PathBuf>,
    /// May be read and written.
    pub(crate) write: Vec<PathBuf>,
}

/// Leaves this thread and its descendants nothing of the file system but `reachable`, no TCP port, no
/// abstract socket and no signal to anybody outside. `false` when the kernel has no landlock.
///
/// # Errors
/// If the kernel has landlock and refuses the rules.
pub(crate) fn confine(reachable: &Reachable) -> Result<bool, RulesetError> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    for path in &reachable.read {
        rules = allow(rules, path, AccessFs::from_read(NEWEST))?;
    }
    for path in &reachable.write {
        rules = allow(rules, path, AccessFs::from_all(NEWEST))?;
    }
    Ok(rules.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
}

fn allow(
    rules: landlock::RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<landlock::RulesetCreated, RulesetError> {
    // What does not exist cannot be reached.
    let Ok(fd) = PathFd::new(path) else { return Ok(rules) };
    let access = if path.is_dir() { access } else { access & AccessFs::from_file(NEWEST) };
    rules.add_rule(PathBeneath::new(fd, access))
}
