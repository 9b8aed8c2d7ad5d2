//! `earmark disclosure`.

mod arguments;
mod text;

use std::path::Path;

use earmark_desk::approval::Waits;
use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::issue::advisory_feed;
use earmark_desk::issue::writing::write_file;
use earmark_desk::program::advisory::{self, CsafVersion, Wanted, csaf_file_name};
use earmark_desk::program::disclosure;
use earmark_desk::program::explain;
use earmark_desk::program::material::{self, NewMaterial};
use earmark_desk::program::protection::{self, NewReport};
use earmark_desk::program::revise::{self, Revision};
use earmark_desk::program::schedule::{StageAt, parse_stage, parse_wait};
use earmark_desk::program::{breach, hold, preflight, preview, questions, remind, rhythm, telling, view};

pub(crate) use arguments::Args;
use arguments::{Action, Csaf};
pub(crate) use text::waits_text;

use serde_json::{Value, json};

use super::output::{Output, moves, printing};
use crate::drill;

/// Acts on disclosures.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    match &args.action {
        Action::Add(add) => {
            let mut new = add.new_disclosure()?;
            let file = add.from.as_deref().map(advisory::read_file).transpose()?;
            if let Some(bytes) = &file {
                remark(output, &advisory::prefill(desk, &mut new, add.label()?, bytes)?);
            }
            disclosure::add(desk, &new).await?;
            if let Some(bytes) = file {
                advisory::take_in(desk, &new.id, bytes).await?;
            }
            show(desk, &new.id, output).await
        }
        Action::List => {
            let all = view::list(desk).await?;
            output.answer(&all, || all.iter().map(text::summary_line).collect()).map_err(printing)
        }
        Action::Show { id } => show(desk, id, output).await,
        Action::Propose { id, public, stages } => {
            disclosure::propose(desk, id, public.as_deref(), &parse_stages(stages)?).await?;
            show(desk, id, output).await
        }
        Action::Reject { id, why } => {
            disclosure::reject(desk, id, why).await?;
            show(desk, id, output).await
        }
        Action::Preflight { id } => {
            let found = preflight::preflight(desk, id).await?;
            output.answer(&found, || found.checks.iter().map(preflight::text).collect()).map_err(printing)
        }
        Action::Accept { id, despite: None } => {
            disclosure::accept(desk, id).await?;
            show(desk, id, output).await
        }
        Action::Accept { id, despite: Some(why) } => {
            let waits = disclosure::accept_despite(desk, id, why).await?;
            done_or_waits(desk, id, waits, output).await
        }
        Action::Revise { id, public, stages, why } => {
            let revision =
                Revision { public: public.clone(), stages: parse_stages(stages)?, why: why.clone() };
            let waits = revise::revise(desk, id, &revision).await?;
            done_or_waits(desk, id, waits, output).await
        }
        Action::Hold { id, why } => {
            hold::hold(desk, id, why).await?;
            show(desk, id, output).await
        }
        Action::Resume { id } => {
            let waits = hold::resume(desk, id).await?;
            done_or_waits(desk, id, waits, output).await
        }
        Action::Publish { id } => {
            let waits = breach::publish(desk, id).await?;
            done_or_waits(desk, id, waits, output).await
        }
        Action::Breach { id, early, late: _, stage, seen } => {
            let done = if *early {
                breach::early(desk, id, seen).await?
            } else {
                breach::late(desk, id, parse_stage(stage)?, seen).await?
            };
            output.answer(&done, || text::breach(&done)).map_err(printing)
        }
        Action::Attach { id, asset, stage, confidential_until, export_class, screened } => {
            let new = NewMaterial {
                asset: asset.clone(),
                stage: parse_stage(stage)?,
                confidential_until: confidential_until.clone(),
                export_class: export_class.clone(),
                screened: screened.clone(),
            };
            let again = material::attach(desk, id, &new).await?;
            for stage in &again {
                output.remark(&format!("{stage} goes out again, in place of the superseded revision"));
            }
            show(desk, id, output).await
        }
        Action::Recall { id, stage, by, why } => {
            let recalled = material::recall(desk, id, parse_stage(stage)?, by, why).await?;
            let answer = serde_json::json!({ "recalled_from": recalled });
            output.answer(&answer, || format!("recalled from {recalled} recipients\n")).map_err(printing)
        }
        Action::Attest { id, recipient } => {
            let attested = material::attest(desk, id, recipient).await?;
            let answer = serde_json::json!({ "attested": attested });
            output.answer(&answer, || format!("{attested} deletions attested\n")).map_err(printing)
        }
        Action::Remind { id, tier, before, ask_after, times } => {
            let minutes =
                |texts: &[String]| texts.iter().map(|text| parse_wait(text)).collect::<Result<_, _>>();
            let wanted = remind::Wanted {
                remind_minutes: if before.is_empty() { None } else { Some(minutes(before)?) },
                ask_minutes: ask_after.as_deref().map(parse_wait).transpose()?,
                askings: *times,
            };
            let rhythm = if wanted == remind::Wanted::default() {
                let id = slug(id)?;
                desk.ledger().disclosure(&id).await?;
                rhythm::of(desk, &id, tier.as_deref()).await?
            } else {
                remind::set(desk, id, tier.as_deref(), &wanted).await?
            };
            output.answer(&rhythm, || text::rhythm(&rhythm)).map_err(printing)
        }
        Action::Ask { id, question, from, stage } => {
            let stage = stage.as_deref().map(parse_stage).transpose()?;
            let number = questions::ask(desk, id, from, stage, question).await?;
            let answer = serde_json::json!({ "question": number });
            output.answer(&answer, || format!("question {number}\n")).map_err(printing)
        }
        Action::Answer { id, question, answer, wording, at } => {
            let at =
                questions::answer(desk, id, *question, answer, wording.as_deref(), at.as_deref()).await?;
            let said = serde_json::json!({ "question": question, "at": at.rfc3339() });
            output.answer(&said, || format!("goes out at {}\n", at.rfc3339())).map_err(printing)
        }
        Action::Questions { id } => {
            let id = slug(id)?;
            desk.ledger().disclosure(&id).await?;
            let all = desk.ledger().questions(&id).await?;
            output.answer(&all, || all.iter().map(text::question).collect()).map_err(printing)
        }
        Action::Report { id, recipient, affected, protection, live, signatures, note } => {
            let new = NewReport {
                affected: affected.clone(),
                protection: protection.clone(),
                live_at: live.clone(),
                signatures: signatures.clone(),
                note: note.clone(),
            };
            protection::report(desk, id, recipient, &new).await?;
            standing(desk, id, output).await
        }
        Action::Drill { participants, out } => {
            let played = drill::run(desk, participants, out).await?;
            output.answer(&played, || text::drill(&played)).map_err(printing)
        }
        Action::Resend { id } => {
            let again = telling::resend(desk, id).await?;
            let answer = serde_json::json!({ "again": again });
            output.answer(&answer, || format!("{again} messages are tried again\n")).map_err(printing)
        }
        Action::Standing { id } => standing(desk, id, output).await,
        Action::Preview { id, recipient: Some(recipient), .. } => {
            let planned = preview::of_recipient(desk, id, recipient).await?;
            output.answer(&planned, || planned.iter().map(text::planned).collect()).map_err(printing)
        }
        Action::Preview { id, partner, recipient: None } => {
            let lines = explain::explain(desk, partner.as_deref(), id).await?;
            output.answer(&lines, || lines.iter().map(super::policy::line).collect()).map_err(printing)
        }
        Action::Advisory { id, file } => {
            remark(output, &advisory::take_in(desk, id, advisory::read_file(file)?).await?);
            show(desk, id, output).await
        }
        Action::Csaf { id, version, public, namespace, out } => {
            let version = match version {
                Csaf::V2_0 => CsafVersion::V2_0,
                Csaf::V2_1 => CsafVersion::V2_1,
            };
            let wanted = Wanted { version, public: *public, namespace: namespace.clone() };
            let written = advisory::csaf(desk, id, &wanted).await?;
            remark(output, &written.remarks);
            document(&written.document, &csaf_file_name(&written.document), out.as_deref(), output)
        }
        Action::Feed { url, out } => {
            let fed = advisory_feed::publish(desk, url, out).await?;
            let text = || format!("{} advisories in {}\n", fed.advisories.len(), out.display());
            output.answer(&fed, text).map_err(printing)
        }
        Action::Cve { id, cve, org } => {
            let written = advisory::cve(desk, id, cve.as_deref(), org).await?;
            remark(output, &written.remarks);
            document(&written.document, "", None, output)
        }
        Action::Calendar { id, tier } => calendar(desk, id, tier, output).await,
    }
}

fn remark(output: Output, remarks: &[String]) {
    for one in remarks {
        output.remark(one);
    }
}

/// Prints a document, or writes it to a folder.
fn document(document: &Value, name: &str, out: Option<&Path>, output: Output) -> Result<(), DeskError> {
    // Characters that a terminal would obey are written as JSON escapes, so that it stays the same document.
    let pretty = || {
        let mut text = String::new();
        for c in format!("{document:#}\n").chars() {
            if c != '\n' && moves(c) { text += &format!("\\u{:04x}", u32::from(c)) } else { text.push(c) }
        }
        text
    };
    let Some(folder) = out else { return output.answer(document, pretty).map_err(printing) };
    std::fs::create_dir_all(folder).map_err(|source| DeskError::io("make", folder, source))?;
    let path = folder.join(name);
    write_file(&path, pretty().as_bytes())?;
    output.answer(&json!({ "written": path }), || format!("{}\n", path.display())).map_err(printing)
}

fn parse_stages(texts: &[String]) -> Result<Vec<StageAt>, DeskError> {
    texts.iter().map(|text| StageAt::parse(text)).collect()
}

async fn show(desk: &Desk, id: &str, output: Output) -> Result<(), DeskError> {
    let shown = view::show(desk, id).await?;
    output.answer(&shown, || text::shown(&shown)).map_err(printing)
}

async fn done_or_waits(desk: &Desk, id: &str, waits: Option<Waits>, output: Output) -> Result<(), DeskError> {
    match waits {
        None => show(desk, id, output).await,
        Some(waits) => {
            let answer = serde_json::json!({ "done": false, "waiting": waits });
            output.answer(&answer, || waits_text(&waits)).map_err(printing)
        }
    }
}

async fn standing(desk: &Desk, id: &str, output: Output) -> Result<(), DeskError> {
    let standing = protection::standing(desk, id).await?;
    output.answer(&standing, || text::standing(&standing)).map_err(printing)
}

fn slug(id: &str) -> Result<earmark_model::Slug, DeskError> {
    id.parse().map_err(|source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string()))
}

async fn calendar(desk: &Desk, id: &str, tier: &str, output: Output) -> Result<(), DeskError> {
    let id = slug(id)?;
    let disclosure = desk.ledger().disclosure(&id).await?;
    let instants = desk.ledger().stage_instants(&id).await?;
    let text = telling::calendar_of(desk, &disclosure, &instants, tier, desk.now());
    let answer = serde_json::json!({ "calendar": text });
    output.answer(&answer, || text.replace("\r\n", "\n")).map_err(printing)
}
