//! Four runs whose answer is known beforehand: nobody may be named.

use std::path::Path;

use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;
use earmark_desk::issue::copies::Master;
use earmark_desk::issue::writing;
use earmark_desk::trace::answer::{Answer, Control};
use earmark_desk::trace::{self, Request};
use earmark_disguise::{Archive, SourceFile, decoys, write_archive};
use earmark_model::EntryKind;

use super::leak;

/// Runs the controls beside the trace of the demo's leak.
pub(super) async fn run(
    desk: &Desk,
    out: &Path,
    traced: &Answer,
    seed: u64,
) -> Result<Vec<Control>, DeskError> {
    let folder = out.join("controls");
    std::fs::create_dir_all(&folder).map_err(|source| DeskError::io("make", &folder, source))?;
    let master = Master::load(desk, "demo").await?;
    let originals: Vec<SourceFile> = master
        .originals()
        .filter(|(entry, _)| entry.kind == EntryKind::File)
        .filter_map(|(entry, bytes)| {
            Some(SourceFile::new(entry.path_text(), String::from_utf8(bytes.to_vec()).ok()?))
        })
        .collect();
    let unmarked = leak::disguise(&originals, seed);
    let foreign = decoys(seed ^ 1, 50);
    let five = five_lines(&originals);
    let tries: [(&str, Vec<SourceFile>); 3] = [
        ("the unmarked original, disguised the same way", unmarked),
        ("somebody else's code", foreign),
        ("five lines", vec![five]),
    ];
    let mut controls = Vec::new();
    for (number, (what, files)) in tries.into_iter().enumerate() {
        let sample = folder.join(format!("control-{}.tar.gz", number + 1));
        let bytes = write_archive(Archive::TarGz, &files)
            .map_err(|source| DeskError::io("write", &sample, source))?;
        writing::write_file(&sample, &bytes)?;
        let request = Request { paths: vec![sample], ..Default::default() };
        let answer = trace::trace(desk, &request, &|_, _, _| {}).await?;
        controls.push(Control {
            what: what.to_owned(),
            verdict: answer.verdict,
            suspects: answer.suspects.into_iter().map(|suspect| suspect.recipient).collect(),
        });
    }
    controls.extend(traced.controls.iter().filter(|control| control.what.contains("key")).cloned());
    Ok(controls)
}

/// Five consecutive lines that say something, from the middle of the longest file.
fn five_lines(files: &[SourceFile]) -> SourceFile {
    let Some(longest) = files.iter().max_by_key(|file| file.text.len()) else {
        return SourceFile::new("five.txt", "");
    };
    let lines: Vec<&str> = longest.text.lines().collect();
    let telling = |window: &&[&str]| window.iter().map(|line| line.trim().len().min(80)).sum::<usize>();
    let best = lines.windows(5).max_by_key(telling).unwrap_or(&[]);
    SourceFile::new(longest.path.clone(), best.join("\n"))
}
