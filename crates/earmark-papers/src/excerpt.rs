//! A region as people see it: the leaf's lines left, the original's right, each site marked where it stands.

use crate::report::{RegionLine, SiteLine, SiteState};
use crate::text;

/// Most lines shown of a region.
pub(crate) const ROWS: usize = 60;
/// Most characters shown of a line.
const COLUMNS: usize = 220;
/// Most sites listed beside one line.
const TAGS: usize = 6;

/// A region, ready for the template.
pub(crate) struct Excerpt<'a> {
    /// The region.
    pub(crate) region: &'a RegionLine,
    /// Its lines, at most [`ROWS`].
    pub(crate) rows: Vec<ExcerptRow<'a>>,
    /// Lines that were given and are not shown.
    pub(crate) hidden: usize,
}

/// One line of each side.
pub(crate) struct ExcerptRow<'a> {
    /// Line number in the leaf, or nothing.
    pub(crate) sample_number: String,
    /// The leaf's line.
    pub(crate) sample: Vec<Segment<'a>>,
    /// Line number in the original, or nothing.
    pub(crate) file_number: String,
    /// The original's line.
    pub(crate) file: Vec<Segment<'a>>,
    /// Sites that stand on this line.
    pub(crate) tags: Vec<&'a SiteLine>,
    /// Sites on this line beyond those in `tags`.
    pub(crate) more: usize,
    /// Whether the two sides differ.
    pub(crate) differs: bool,
}

/// A stretch of a line, marked if it is a site's.
#[derive(Debug, PartialEq)]
pub(crate) struct Segment<'a> {
    /// The characters, made visible.
    pub(crate) text: String,
    /// The site it belongs to.
    pub(crate) site: Option<&'a SiteLine>,
}

impl RegionLine {
    /// How many sites of the region are in `state`.
    #[must_use]
    pub(crate) fn count(&self, state: SiteState) -> usize {
        self.sites.iter().filter(|site| site.state == state).count()
    }
}

impl SiteLine {
    /// The site in words: `rule PY07, layer literal, read`.
    #[must_use]
    pub(crate) fn words(&self) -> String {
        format!("rule {}, layer {}, {}", text::name(&self.rule, 40), self.layer.name(), self.state.name())
    }
}

/// Prepares a region for the page.
#[must_use]
pub(crate) fn excerpt(region: &RegionLine) -> Excerpt<'_> {
    let rows: Vec<_> = region
        .rows
        .iter()
        .take(ROWS)
        .map(|row| {
            let here = |site: &&SiteLine| match &row.file {
                Some((number, _)) => site.file_line == *number,
                None => row.sample.as_ref().is_some_and(|(number, _)| {
                    site.sample_line == Some(*number) && !region.has_file_row(site.file_line)
                }),
            };
            let in_sample = |site: &&SiteLine| {
                row.sample.as_ref().is_some_and(|(number, _)| site.sample_line == Some(*number))
            };
            let sites: Vec<&SiteLine> = region.sites.iter().filter(here).collect();
            let sample_sites: Vec<&SiteLine> = region.sites.iter().filter(in_sample).collect();
            ExcerptRow {
                sample_number: row.sample.as_ref().map(|(n, _)| n.to_string()).unwrap_or_default(),
                sample: side(&row.sample, &sample_sites, |site| site.sample_columns),
                file_number: row.file.as_ref().map(|(n, _)| n.to_string()).unwrap_or_default(),
                file: side(&row.file, &sites, |site| site.file_columns),
                more: sites.len().saturating_sub(TAGS),
                tags: sites.into_iter().take(TAGS).collect(),
                differs: row.sample.as_ref().map(|(_, text)| text) != row.file.as_ref().map(|(_, text)| text),
            }
        })
        .collect();
    Excerpt { region, hidden: region.rows.len() - rows.len(), rows }
}

impl RegionLine {
    fn has_file_row(&self, line: u32) -> bool {
        self.rows.iter().any(|row| row.file.as_ref().is_some_and(|(number, _)| *number == line))
    }
}

fn side<'a>(
    line: &Option<(u32, String)>,
    sites: &[&'a SiteLine],
    columns: impl Fn(&SiteLine) -> Option<(u32, u32)>,
) -> Vec<Segment<'a>> {
    match line {
        Some((_, text)) => segments(text, sites, columns),
        None => Vec::new(),
    }
}

/// Cuts a line at its sites; of two that overlap, the one that begins first (then the longer) is marked.
fn segments<'a>(
    line: &str,
    sites: &[&'a SiteLine],
    columns: impl Fn(&SiteLine) -> Option<(u32, u32)>,
) -> Vec<Segment<'a>> {
    let characters: Vec<char> = line.chars().take(COLUMNS).collect();
    let mut marks: Vec<(usize, usize, &SiteLine)> = sites
        .iter()
        .filter_map(|site| {
            columns(site).map(|(from, to)| (from as usize, (to as usize).min(characters.len()), *site))
        })
        .filter(|(from, to, _)| from < to)
        .collect();
    marks.sort_by_key(|(from, to, _)| (*from, usize::MAX - to));
    let mut pieces = Vec::new();
    let mut push = |range: &[char], site| {
        if !range.is_empty() {
            pieces.push(Segment { text: text::visible_code(&range.iter().collect::<String>()), site });
        }
    };
    let mut done = 0;
    for (from, to, site) in marks {
        if from >= done {
            push(&characters[done..from], None);
            push(&characters[from..to], Some(site));
            done = to;
        }
    }
    push(&characters[done..], None);
    if line.chars().nth(COLUMNS).is_some() {
        push(&['…'], None);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use earmark_model::Layer;

    use super::*;

    fn site(columns: (u32, u32)) -> SiteLine {
        SiteLine {
            file_line: 1,
            sample_line: Some(1),
            rule: "PY07".to_owned(),
            layer: Layer::Literal,
            state: SiteState::Read,
            file_columns: Some(columns),
            sample_columns: None,
        }
    }

    fn cut(line: &str, sites: &[SiteLine]) -> String {
        let sites: Vec<&SiteLine> = sites.iter().collect();
        let pieces = segments(line, &sites, |site| site.file_columns);
        pieces
            .iter()
            .map(|piece| if piece.site.is_some() { format!("[{}]", piece.text) } else { piece.text.clone() })
            .collect()
    }

    #[test]
    fn lines_are_cut_at_their_sites() {
        assert_eq!(cut("port = 0x50", &[site((7, 11))]), "port = [0x50]");
        assert_eq!(cut("größer", &[site((3, 5)), site((0, 2))]), "[gr]ö[ße]r");
        assert_eq!(cut("abcdef", &[site((2, 4)), site((0, 3))]), "[abc]def");
        assert_eq!(cut("abc", &[site((1, 900)), site((800, 900)), site((2, 1))]), "a[bc]");
        assert_eq!(cut("", &[site((0, 1))]), "");
        assert_eq!(cut(&"y".repeat(300), &[]).chars().count(), COLUMNS + 1);
    }
}
