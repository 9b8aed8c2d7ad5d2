//! Certifying: the owner's own build and tests on one fully marked copy, in the cage.

use std::sync::Arc;
use std::time::Duration;

use earmark_cage::BuildBudget;
use earmark_mark::{PositionMap, SiteTable};
use earmark_model::{EntryKind, Symbol};
use earmark_odds::bias::BiasSet;
use serde::{Deserialize, Serialize};

use super::tree::Tree;
use super::writing;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// What the owner's command said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// The command.
    pub command: String,
    /// Sites that were not in the original's form.
    pub sites_flipped: u64,
    /// Wall-clock seconds that it took.
    pub seconds: f64,
}

/// Longest that the owner's command may take.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Writes a copy with every site drawn at random, runs `command` in it, and passes or refuses.
///
/// # Errors
/// Refused, with the end of what the command printed, when it fails; unavailable when the cage cannot be had.
pub fn certify(desk: &Desk, command: &str, tree: &Tree, table: &SiteTable) -> Result<Certificate, DeskError> {
    let mut table = table.clone();
    // Numbers of its own: certification comes before the code's positions are taken.
    earmark_mark::number(&mut table, &mut PositionMap::default());
    let folder = desk.scratch("certify")?;
    let draw = desk.fresh_code(BiasSet::GL2);
    let dealer = super::dealer::Dealer::new(&draw, &table);
    let hand = dealer.deal_to("nobody");
    let mut flipped = 0;
    let mut files = Vec::with_capacity(tree.files.len());
    for (index, file) in (0..).zip(&tree.files) {
        let marked = table.file(index).filter(|_| file.entry.kind == EntryKind::File).map(|sites| {
            flipped +=
                sites.sites.iter().filter(|site| hand.symbol(site.position) != Symbol(0)).count() as u64;
            hand.write(&file.bytes, sites)
        });
        files.push((file.entry.clone(), Arc::new(marked.unwrap_or_else(|| file.bytes.clone()))));
    }
    writing::write_tree(folder.path(), &files)?;
    let budget = BuildBudget { wall_seconds: LONGEST.as_secs(), ..BuildBudget::default() };
    let outcome = earmark_cage::build(command, folder.path(), &budget)
        .map_err(|source| DeskError::because(Kind::Unavailable, "the cage cannot run the command", source))?;
    if !outcome.succeeded() {
        let said = String::from_utf8_lossy(&outcome.tail);
        let last: Vec<&str> = said.lines().rev().take(12).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        return Err(DeskError::new(
            Kind::Refused,
            format!("`{command}` fails on a fully marked copy ({}); nothing was protected", outcome.end),
        )
        .hint("run it on the unmarked tree first: it must pass there, without a network")
        .hint(format!("it said:\n{}", last.join("\n"))));
    }
    Ok(Certificate {
        command: command.to_owned(),
        sites_flipped: flipped,
        seconds: outcome.took.as_secs_f64(),
    })
}
