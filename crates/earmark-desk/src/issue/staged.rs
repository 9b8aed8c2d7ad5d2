//! The bundles of a stage, made at its instant by a worker.

use std::path::Path;

use earmark_store::{DeliveryState, InstantState};

use super::copies::{self, Request};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::program::release::parse_subject;
use crate::program::telling;
use crate::work::Fired;

/// Makes the bundles of a released instant for everybody it was released to, in `folder/DISCLOSURE`. Who cannot have
/// one (no key is good any more) keeps nobody else from theirs, and the staff hears of it.
///
/// # Errors
/// When the ledger cannot be read, or the disk refuses.
pub async fn fire(desk: &Desk, subject: &str, folder: &Path) -> Result<Fired, DeskError> {
    let (id, stage, tier, sequence) = parse_subject(subject)?;
    let disclosure = desk.ledger().disclosure(&id).await?;
    if disclosure.held.is_some() {
        return Ok(Fired::Held);
    }
    let instants = desk.ledger().stage_instants(&id).await?;
    let mine = instants.iter().find(|one| one.stage == stage && one.tier == tier && one.sequence == sequence);
    let Some(fired) = mine.filter(|one| one.state == InstantState::Released).and_then(|one| one.fired) else {
        return Ok(Fired::Over);
    };
    let deliveries = desk.ledger().deliveries(&id).await?;
    let out = folder.join(id.as_str());
    let (mut made, mut refused) = (0, Vec::new());
    for material in desk.ledger().materials(&id).await? {
        if material.stage != stage || material.superseded.is_some() {
            continue;
        }
        let what = format!("{}@{}", material.asset, material.revision);
        let whose = deliveries.iter().filter(|one| {
            one.stage == stage && one.what == what && one.at == fired && one.state == DeliveryState::Released
        });
        let whose: Vec<&str> = whose.map(|one| one.recipient.as_str()).collect();
        if whose.is_empty() {
            continue;
        }
        let request =
            |to: String| Request { asset: what.clone(), to, out: out.clone(), plain: false, early: false };
        match copies::issue(desk, &request(whose.join(","))).await {
            Ok(answer) => made += answer.copies.len(),
            Err(error) if error.kind == Kind::Refused => {
                for one in &whose {
                    match copies::issue(desk, &request((*one).to_owned())).await {
                        Ok(answer) => made += answer.copies.len(),
                        Err(error) if error.kind == Kind::Refused => refused.push(error.to_string()),
                        Err(error) => return Err(error),
                    }
                }
            }
            Err(error) => return Err(error),
        }
    }
    if !refused.is_empty() {
        let body = format!("No bundle was made where one was due:\n\n  {}\n", refused.join("\n  "));
        telling::staff(desk, &disclosure, &format!("bundles {subject}"), "bundles are missing", &body)
            .await?;
    }
    Ok(Fired::Done(format!("made {made} bundles, {} refused", refused.len())))
}
