//! Giving up system calls.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

/// A condition on one argument: its low 32 bits under the mask equal the value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct When {
    pub(crate) argument: u8,
    pub(crate) mask: u32,
    pub(crate) equals: u32,
}

/// One line of a filter: the system call, and when it is meant.
pub(crate) type Line = (libc::c_long, Option<When>);

/// Installs a filter: calls that fit a line get `matching`, the others `others`. Of several filters
/// the strictest answer holds.
pub(crate) fn install(lines: &[Line], matching: SeccompAction, others: SeccompAction) -> Result<(), String> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for (call, when) in lines {
        let rules = rules.entry(*call).or_default();
        if let Some(when) = when {
            let condition = SeccompCondition::new(
                when.argument,
                SeccompCmpArgLen::Dword,
                SeccompCmpOp::MaskedEq(u64::from(when.mask)),
                u64::from(when.equals),
            )
            .map_err(|error| error.to_string())?;
            rules.push(SeccompRule::new(vec![condition]).map_err(|error| error.to_string())?);
        }
    }
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|error| error.to_string())?;
    let filter = SeccompFilter::new(rules, others, matching, arch).map_err(|error| error.to_string())?;
    let program = BpfProgram::try_from(filter).map_err(|error| error.to_string())?;
    seccompiler::apply_filter(&program).map_err(|error| error.to_string())
}
