use earmark_model::{PositionNumber, Span, Symbol};

use crate::draft::Part;
use crate::table::FileTable;

/// Writes a file as issued to one recipient, by splicing alone: symbol s is written as form
/// (original + s) mod k.
///
/// `symbol` is asked for every site that is written, with the position's k; sites of one position
/// must get one symbol. Bytes outside sites are the original's. An `original` that is not the file
/// of the table comes back cut where its length ends, never beyond.
pub fn write(
    original: &[u8],
    table: &FileTable,
    symbol: &mut dyn FnMut(PositionNumber, u8) -> Symbol,
) -> Vec<u8> {
    write_forms(original, table, &mut |index| {
        let site = &table.sites[index];
        let shift = u16::from(symbol(site.position, site.k).0);
        u8::try_from((u16::from(site.original) + shift) % u16::from(site.k.max(1))).unwrap_or(0)
    })
}

/// Writes a file with the form that `form` chooses for each site, by its index in the table.
pub fn write_forms(original: &[u8], table: &FileTable, form: &mut dyn FnMut(usize) -> u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(original.len() + original.len() / 16);
    let mut splice = Splice { original, table, form, placed: None };
    splice.span(Span::new(0, table.length), 0..table.sites.len(), &mut out);
    out
}

/// As [`write_forms`], and says where in what was written each site stands; `None` for a site that no
/// form shows.
pub(crate) fn write_placed(
    original: &[u8],
    table: &FileTable,
    form: &mut dyn FnMut(usize) -> u8,
) -> (Vec<u8>, Vec<Option<Span>>) {
    let mut out = Vec::with_capacity(original.len() + original.len() / 16);
    let mut placed = vec![None; table.sites.len()];
    let mut splice = Splice { original, table, form, placed: Some(&mut placed) };
    splice.span(Span::new(0, table.length), 0..table.sites.len(), &mut out);
    (out, placed)
}

struct Splice<'a> {
    original: &'a [u8],
    table: &'a FileTable,
    form: &'a mut dyn FnMut(usize) -> u8,
    /// Where to note what stands where, if anybody asks.
    placed: Option<&'a mut [Option<Span>]>,
}

impl Splice<'_> {
    /// Writes `span`, whose sites are among `sites` (in preorder). Recursion is bounded by the depth
    /// that [`FileTable::validate`] allows.
    fn span(&mut self, span: Span, sites: std::ops::Range<usize>, out: &mut Vec<u8>) {
        let mut at = span.start;
        let mut index = sites.start;
        while index < sites.end {
            let own = self.table.sites[index].span;
            if own.start >= span.end {
                break;
            }
            out.extend_from_slice(self.original.get(at as usize..own.start as usize).unwrap_or_default());
            let inside = self.table.inside(index);
            let next = inside.end;
            self.site(index, inside, out);
            at = own.end;
            index = next;
        }
        let end = (span.end as usize).min(self.original.len());
        out.extend_from_slice(self.original.get(at as usize..end).unwrap_or_default());
    }

    fn site(&mut self, index: usize, inside: std::ops::Range<usize>, out: &mut Vec<u8>) {
        let form = usize::from((self.form)(index));
        let table = self.table;
        let start = out.len();
        for part in table.sites[index].forms.get(form).into_iter().flatten() {
            match part {
                Part::Literal(text) => out.extend_from_slice(text),
                Part::Child(child) => {
                    let sites = &table.sites[inside.clone()];
                    let from = inside.start + sites.partition_point(|site| site.span.start < child.start);
                    self.span(*child, from..inside.end, out);
                }
            }
        }
        if let Some(slot) = self.placed.as_mut().and_then(|placed| placed.get_mut(index)) {
            let at = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
            *slot = Some(Span::new(at(start), at(out.len())));
        }
    }
}
