//! The demo: both stories, played on invented partners in a folder of its own. Every figure is computed.

mod controls;
pub(crate) mod leak;
pub(crate) mod material;
mod partners;
mod stage;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::issue::copies::{self, Master};
use earmark_desk::issue::{protect, writing};
use earmark_desk::program::partner::{self, NewPartner};
use earmark_desk::trace::{self, Verdict, answer};
use earmark_desk::watch::scan;
use earmark_model::RecipientId;
use serde::Serialize;

use self::stage::Stage;
use crate::cli::demo::{Args, Story};
use crate::cli::output::{Output, grouped, printing};
use crate::wiring;

/// The asset's name in the demo's vault.
const ASSET: &str = "demo";

/// The answer of the demo.
#[derive(Serialize)]
struct Answer {
    leaker: String,
    trace: answer::Answer,
    controls: Vec<answer::Control>,
    vault: PathBuf,
    report: Option<PathBuf>,
    reading: Option<PathBuf>,
    seconds: f64,
}

/// Plays the demo.
pub(crate) async fn run(args: &Args, output: Output, json: bool) -> Result<(), DeskError> {
    let begun = Instant::now();
    let stage = Stage::new(json);
    let out = new_folder(args.out.as_deref())?;
    stage.line(&format!("Everything below is written to {}", out.display()));
    let partners = partners::invent(args.partners.max(2));
    let shared = material_of(args, &out)?;
    let vault = out.join("vault");
    let desk = wiring::init(&vault, "The demo program", None, None).await?;
    let new: Vec<NewPartner> = partners
        .iter()
        .map(|one| NewPartner {
            slug: one.slug.clone(),
            name: one.name.clone(),
            country: one.country.to_owned(),
            tier: format!("tier-{}", one.tier),
            contact: None,
            keys: Vec::new(),
            applicant: false,
        })
        .collect();
    partner::add_all(&desk, &new).await?;
    let request = protect::Request { path: shared, name: ASSET.to_owned(), ..Default::default() };
    let protected = protect::protect(&desk, &request).await?;
    stage.act(
        "share",
        &format!("{} partners must have this before the world may see it.", partners.len()),
        &format!(
            "{} files, {} lines, {} invented partners",
            grouped(protected.files),
            grouped(protected.lines),
            partners.len()
        ),
    );
    stage.wait("Enter: mark the copies")?;
    let play = Play { args, stage, desk, partners, protected, out };
    let leaker = play.mark().await?;
    let sample = play.leak(&leaker).await?;
    play.find(&sample).await?;
    let traced = play.trace(&leaker, &sample).await?;
    let controls = controls::run(&play.desk, &play.out, &traced, args.seed).await?;
    for control in &controls {
        let named = if control.suspects.is_empty() { "nobody named" } else { "NAMED SOMEBODY" };
        play.stage.line(&format!("control: {}: {}, {named}", control.what, trace::word(control.verdict)));
    }
    let seconds = begun.elapsed().as_secs_f64();
    if let Some(report) = &traced.report {
        play.stage.line(&format!("The report: {}", report.display()));
    }
    play.stage.line(&format!("{seconds:.1} s in all"));
    let answer = Answer {
        leaker: leaker.to_string(),
        controls,
        vault,
        report: traced.report.clone(),
        reading: traced.reading.clone(),
        trace: traced,
        seconds,
    };
    output.answer(&answer, String::new).map_err(printing)
}

/// What is shared, written into the demo's folder unless it is the visitor's own tree.
fn material_of(args: &Args, out: &Path) -> Result<PathBuf, DeskError> {
    match (&args.path, args.story) {
        (Some(path), _) => material::visitors(path),
        (None, Story::Y2004) => material::own_sources(&out.join("original")),
        (None, Story::Y2012) => material::advisory(&out.join("original")),
    }
}

/// Makes the folder that everything goes to.
fn new_folder(wanted: Option<&Path>) -> Result<PathBuf, DeskError> {
    match wanted {
        Some(path) if path.exists() => {
            Err(DeskError::new(Kind::Conflict, format!("`{}` is there already", path.display()))
                .hint("the demo writes only to a new folder: name another one"))
        }
        Some(path) => {
            fs::create_dir_all(path).map_err(|source| DeskError::io("make", path, source))?;
            fs::canonicalize(path).map_err(|source| DeskError::io("open", path, source))
        }
        None => {
            let folder = tempfile::Builder::new().prefix("earmark-demo-").tempdir();
            let folder =
                folder.map_err(|source| DeskError::io("make a folder in", &std::env::temp_dir(), source))?;
            Ok(folder.keep())
        }
    }
}

/// One run of the story.
struct Play<'a> {
    args: &'a Args,
    stage: Stage,
    desk: Desk,
    partners: Vec<partners::Invented>,
    protected: protect::Answer,
    out: PathBuf,
}

impl Play<'_> {
    /// The recipient of a partner, by number.
    fn recipient(&self, number: u64) -> Result<RecipientId, DeskError> {
        let index = usize::try_from(number % self.partners.len() as u64).unwrap_or(0);
        let slug = self.partners.get(index).map_or("", |one| one.slug.as_str());
        slug.parse()
            .map_err(|source| DeskError::because(Kind::Bug, "an invented partner has a bad name", source))
    }

    /// Marks the copies; gives the recipient whose copy will leak.
    async fn mark(&self) -> Result<RecipientId, DeskError> {
        let leaker = self.recipient(self.args.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 17)?;
        let master = Master::load(&self.desk, ASSET).await?;
        let dealer = master.dealer();
        let (one, other) = (self.recipient(0)?, self.recipient(1)?);
        let copies = [master.copy_for(&dealer, &one)?, master.copy_for(&dealer, &other)?];
        let differing = master.differing_sites(&dealer, &one, &other);
        self.stage.act(
            "mark",
            "Every partner's copy says the same, each in its own way; the key decides, nothing is stored 79 times.",
            &format!(
                "{} places, {} positions: the copies of {one} and {other} differ in {} places",
                grouped(self.protected.sites.total),
                grouped(self.protected.positions),
                grouped(differing)
            ),
        );
        self.issue_copies(&leaker).await?;
        while self.stage.wait("Enter: the leak; d: show differing lines")? == "d" {
            for (a, b) in copies[0].files.iter().zip(&copies[1].files) {
                self.show_difference(&a.0.path_text(), &a.1, &b.1);
            }
        }
        Ok(leaker)
    }

    /// Records all copies and writes the leaker's, or with `--me` everybody's.
    async fn issue_copies(&self, leaker: &RecipientId) -> Result<(), DeskError> {
        let folder = self.out.join("copies");
        let request = |to: &str, out: PathBuf| copies::Request {
            asset: ASSET.to_owned(),
            to: to.to_owned(),
            out,
            plain: true,
            early: false,
        };
        if self.args.me {
            copies::issue(&self.desk, &request("all", folder.clone())).await?;
            self.stage.line(&format!("all copies are in {}", folder.display()));
        } else {
            copies::record_all(&self.desk, ASSET).await?;
            copies::issue(&self.desk, &request(leaker.as_str(), folder)).await?;
        }
        Ok(())
    }

    /// Shows the first lines in which two copies of a file differ.
    fn show_difference(&self, path: &str, one: &[u8], other: &[u8]) {
        let (one, other) = (String::from_utf8_lossy(one), String::from_utf8_lossy(other));
        let differing = one.lines().zip(other.lines()).enumerate().filter(|(_, (a, b))| a != b);
        for (number, (a, b)) in differing.take(2) {
            self.stage.line(&format!("{path}:{}", number + 1));
            self.stage.line(&format!("  - {}", a.trim()));
            self.stage.line(&format!("  + {}", b.trim()));
        }
    }

    /// Leaks: the invented leaker's haul, or what the visitor made of a copy.
    async fn leak(&self, leaker: &RecipientId) -> Result<PathBuf, DeskError> {
        self.say_if_too_small();
        let folder = self.out.join("leak");
        fs::create_dir_all(&folder).map_err(|source| DeskError::io("make", &folder, source))?;
        if self.args.me {
            self.stage.act(
                "leak",
                "Your turn: take any copy, disguise it, cut it, mix it.",
                &format!("put it in {}", folder.display()),
            );
            let mut typed = String::new();
            std::io::stdin()
                .read_line(&mut typed)
                .map_err(|source| DeskError::io("read", Path::new("standard input"), source))?;
            return Ok(folder);
        }
        let copy = leak::texts(&self.out.join("copies").join(leaker.folder()))?;
        let (name, leaked) = match self.args.story {
            Story::Y2004 => ("haul.tar.gz", leak::haul(&copy, self.part(), self.args.seed)?),
            Story::Y2012 => ("thread-1337.html", leak::web_page(&copy, self.args.seed)),
        };
        let sample = folder.join(name);
        writing::write_file(&sample, &leaked.bytes)?;
        let figure = match self.args.story {
            Story::Y2004 => format!(
                "{} files, {} lines of it, among {} other files in {name}",
                leaked.files,
                grouped(leaked.lines as u64),
                grouped(leak::DECOYS as u64)
            ),
            Story::Y2012 => format!("{} lines in a highlighted, line-numbered block of {name}", leaked.lines),
        };
        self.stage.act(
            "leak",
            "One copy gets out: comments gone, names changed, reformatted, cut to a part.",
            &figure,
        );
        self.stage.wait("Enter: find it")?;
        Ok(sample)
    }

    /// Says before the leak when the material is too small to name a copy, and how much more it needs.
    fn say_if_too_small(&self) {
        let (have, need) = (self.protected.positions, self.protected.positions_wanted);
        if have < need {
            let more = self.protected.lines.max(1) * (need - have) / have.max(1);
            self.stage.line(&format!(
                "This is too small to trace: it shows {have} positions and naming one copy takes {need}; \
                 about {} more lines like these would do.",
                grouped(more.max(1))
            ));
        }
    }

    /// How many lines the invented leaker takes: a fifth, and at least thrice what names a copy.
    fn part(&self) -> usize {
        let least = self.protected.smallest_fragment_lines.unwrap_or(self.protected.lines) * 3;
        usize::try_from((self.protected.lines / 5).max(least)).unwrap_or(usize::MAX)
    }

    async fn find(&self, sample: &Path) -> Result<(), DeskError> {
        let request = scan::Request { paths: vec![sample.to_owned()], ..scan::Request::default() };
        let found = scan::scan(&self.desk, &request, &|_, _, _| {}, &|_| {}).await?;
        let mut files: Vec<&str> = found.matches.iter().map(|one| one.file.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        self.stage.act(
            "find",
            "The index knows the material again, whatever it looks like now.",
            &format!(
                "{} leaves, {:.1} MB in {:.1} s: {} of our files are in it",
                grouped(found.leaves),
                found.bytes as f64 / 1e6,
                found.seconds,
                files.len()
            ),
        );
        self.stage.wait("Enter: trace it")?;
        Ok(())
    }

    async fn trace(&self, leaker: &RecipientId, sample: &Path) -> Result<answer::Answer, DeskError> {
        let request = trace::Request {
            paths: vec![sample.to_owned()],
            out: Some(self.out.join("trace")),
            ..Default::default()
        };
        let traced = trace::trace(&self.desk, &request, &|_, _, _| {}).await?;
        let figure = match traced.suspects.first() {
            Some(suspect) => format!(
                "the copy issued to {}; a copy that played no part would be named with a chance under {}",
                suspect.recipient,
                earmark_desk::trace::one_in(suspect.log10_false_accusation_bound)
            ),
            None => format!("{}: nobody is named", trace::word(traced.verdict)),
        };
        self.stage.act("trace", "The marks that survived name the copy, with a proven bound.", &figure);
        self.stage.line(&format!(
            "{} positions read, {} erased, of {} lines",
            grouped(traced.positions.read),
            grouped(traced.positions.erased),
            grouped(traced.lines)
        ));
        if !self.args.me && traced.verdict == Verdict::Traced {
            let right = traced.suspects.iter().all(|suspect| suspect.recipient == leaker.as_str());
            self.stage.line(if right { "and that is who leaked it in this story" } else { "which is WRONG" });
        }
        Ok(traced)
    }
}
