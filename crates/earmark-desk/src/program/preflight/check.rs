//! One check, and what all checks look at.

use earmark_store::{Disclosure, InstantState, StageInstant};
use serde::Serialize;

use crate::program::explain::Line;
use crate::program::recipients::Addressee;

/// What a check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    /// As it should be.
    Green,
    /// Somebody should look at it.
    Amber,
    /// It must not leave so.
    Red,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its name, which never changes.
    pub name: &'static str,
    /// What it says.
    pub light: Light,
    /// In words.
    pub says: String,
    /// Whom or what it is about.
    pub about: Vec<String>,
}

impl Check {
    /// A check that finds nothing amiss where `about` is empty, and else is of that light.
    pub(super) fn of(
        name: &'static str,
        light: Light,
        good: &str,
        bad: &str,
        mut about: Vec<String>,
    ) -> Self {
        about.sort();
        about.dedup();
        let (light, says) = if about.is_empty() { (Light::Green, good) } else { (light, bad) };
        Self { name, light, says: says.to_owned(), about }
    }
}

/// What all checks look at.
pub(super) struct Matter {
    pub(super) disclosure: Disclosure,
    /// Without superseded ones.
    pub(super) instants: Vec<StageInstant>,
    /// What each recipient would receive.
    pub(super) lines: Vec<Line>,
    /// Those who would receive anything.
    pub(super) receivers: Vec<Addressee>,
}

impl Matter {
    /// Lines of what has not left and is more than a notice, and may leave.
    pub(super) fn bundles(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| {
            line.verdict.allowed && line.what != "notice" && line.state != InstantState::Released
        })
    }
}
