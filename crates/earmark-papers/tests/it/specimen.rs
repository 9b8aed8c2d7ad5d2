//! Reports to look at and to test with: made up, deterministic.

use earmark_model::{Digest, Layer, Level, Loss, RecipientId, UnixMillis};
use earmark_papers::*;

const POC: &str = "#!/usr/bin/env python3
import socket, struct, sys

MARKER = b\"WXYZ\"
PORT = 0x0D3D
RETRIES = 3

def frame(kind, body):
    # length counts the header too
    head = struct.pack(\">BBH\", 3, kind, len(body) + 4)
    return head + body

def probe(host, timeout=5.0):
    with socket.create_connection((host, PORT), timeout) as link:
        link.sendall(frame(0xE0, MARKER))
        answer = link.recv(1024)
        if not answer:
            return None
        return answer[0] == 3 and len(answer) >= 11

def main():
    for host in sys.argv[1:]:
        print(host, \"open\" if probe(host) else \"closed\")

if __name__ == \"__main__\":
    main()
";

const LEAK: &str = "#!/usr/bin/env python3
import socket, struct, sys

MARKER = b\"q7Lm\"
PORT = 3389
RETRIES = 3

def frame(kind, body):
    head = struct.pack('>BBH', 3, kind, 4 + len(body))
    return head + body

def probe(host, timeout=5.0):
    with socket.create_connection((host, PORT), timeout) as link:
        link.sendall(frame(224, MARKER))
        answer = link.recv(0x400)
        if answer:
            return 3 == answer[0] and 11 <= len(answer)
        return None

def main():
    for host in sys.argv[1:]:
        print(host, 'open' if probe(host) else 'closed')

if __name__ == '__main__':
    main()
";

const NAMES: [&str; 20] = [
    "Harbor",
    "Quillstone",
    "Northgate Systems",
    "Ferrous",
    "Lantern Lab",
    "Ostrava Networks",
    "Pale Blue",
    "Redoubt",
    "Sable Security",
    "Tern & Sons",
    "Ulmus",
    "Vantage Point",
    "Weir",
    "Xylem Defense",
    "Yarrow",
    "Zephyr CERT",
    "Amberline",
    "Brook",
    "Cairn",
    "Dovetail",
];

fn id(slug: &str) -> RecipientId {
    slug.parse().unwrap_or_else(|_| unreachable!("the names above make good ids"))
}

/// A stream of numbers in (0, 1), the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as f64 + 0.5) / (1u64 << 31) as f64
    }
}

fn rows() -> Vec<Row> {
    let line = |text: &str, n: usize| text.lines().nth(n).map(|line| (n as u32 + 1, line.to_owned()));
    // Pairs of line numbers from 0: the comment is gone, and the branch was turned around.
    let pairs = [
        (Some(3), Some(3)),
        (Some(4), Some(4)),
        (Some(5), Some(5)),
        (Some(6), Some(6)),
        (Some(7), Some(7)),
        (None, Some(8)),
        (Some(8), Some(9)),
        (Some(9), Some(10)),
        (Some(10), Some(11)),
        (Some(11), Some(12)),
        (Some(12), Some(13)),
        (Some(13), Some(14)),
        (Some(14), Some(15)),
        (Some(15), Some(16)),
        (Some(16), Some(17)),
        (Some(17), Some(18)),
        (Some(18), Some(19)),
        (Some(19), Some(20)),
        (Some(20), Some(21)),
        (Some(21), Some(22)),
    ];
    pairs
        .into_iter()
        .map(|(sample, file)| Row {
            sample: sample.and_then(|n| line(LEAK, n)),
            file: file.and_then(|n| line(POC, n)),
        })
        .collect()
}

fn site(
    line: (u32, Option<u32>),
    rule: &str,
    layer: Layer,
    state: SiteState,
    columns: [(u32, u32); 2],
) -> SiteLine {
    let [file_columns, sample_columns] = columns;
    SiteLine {
        file_line: line.0,
        sample_line: line.1,
        rule: rule.to_owned(),
        layer,
        state,
        file_columns: Some(file_columns),
        sample_columns: line.1.map(|_| sample_columns),
    }
}

fn sites() -> Vec<SiteLine> {
    use Layer::{Comment, Declared, Literal, Operator, Statement};
    use SiteState::{Disagrees, Erased, Read};
    vec![
        site((4, Some(4)), "D01", Declared, Read, [(10, 16), (10, 16)]),
        site((5, Some(5)), "PY07", Literal, Read, [(7, 13), (7, 11)]),
        site((9, None), "PY31", Comment, Erased, [(4, 34), (0, 0)]),
        site((10, Some(9)), "PY03", Literal, Read, [(23, 29), (23, 29)]),
        site((10, Some(9)), "PY14", Operator, Read, [(40, 53), (40, 53)]),
        site((15, Some(14)), "PY07", Literal, Read, [(27, 31), (27, 30)]),
        site((16, Some(15)), "PY07", Literal, Read, [(27, 31), (27, 32)]),
        site((17, Some(16)), "PY22", Statement, Read, [(8, 22), (8, 18)]),
        site((19, Some(17)), "PY15", Operator, Read, [(15, 29), (19, 33)]),
        site((19, Some(17)), "PY15", Operator, Disagrees, [(34, 51), (38, 55)]),
        site((23, Some(22)), "PY03", Literal, Read, [(20, 26), (20, 26)]),
    ]
}

fn region(n: u32) -> RegionLine {
    RegionLine {
        sample_path: "tools.zip!x/poc.py".to_owned(),
        sample_lines: (4 + 90 * n, 22 + 90 * n),
        file_path: "poc/check_rdp.py".to_owned(),
        file_lines: (4 + 88 * n, 23 + 88 * n),
        level: Level::Alarm,
        sites: sites(),
        rows: if n == 0 { rows() } else { rows().into_iter().skip(4).take(8).collect() },
    }
}

fn recipients(n: u64, best: &[f64]) -> Vec<Scored> {
    let mut dice = Dice(2012);
    (0..n as usize)
        .map(|i| {
            let log10_p_exact = best.get(i).copied().unwrap_or_else(|| dice.roll().log10());
            let first = NAMES[i % NAMES.len()];
            let name =
                if i < NAMES.len() { first.to_owned() } else { format!("{first} {}", i / NAMES.len() + 1) };
            let slug = name.to_lowercase().replace(" & ", "-").replace(' ', "-");
            Scored {
                recipient: id(&slug),
                score: -log10_p_exact * 2.1 - 6.5 + dice.roll(),
                name,
                log10_p_exact,
                log10_p_chernoff: (log10_p_exact + 1.05).min(0.0),
            }
        })
        .collect()
}

fn suspect(copy: &Scored, n: u64, given: &[&str]) -> Suspect {
    Suspect {
        recipient: copy.recipient.clone(),
        name: copy.name.clone(),
        score: copy.score,
        log10_bound: copy.log10_p_exact + (n as f64).log10(),
        given: given.iter().map(|&id| id.to_owned()).collect(),
        colluders: Some(given.len() as u32 + 1),
        attack: (!given.is_empty()).then(|| "taking turns".to_owned()),
    }
}

/// One copy named among `n`.
pub(crate) fn traced(n: u64) -> TraceReport {
    let recipients = recipients(n, &[-7.086 - (n as f64).log10()]);
    let layer = |layer, read, erased, disagreeing| LayerLine { layer, read, erased, disagreeing };
    TraceReport {
        program: "Rampart Active Protections".to_owned(),
        asset: Some(AssetLine {
            name: "rdp-poc".to_owned(),
            revision: Digest::of(b"revision"),
            further: Vec::new(),
        }),
        matter: "2026-014".to_owned(),
        look: 1,
        alpha: 1e-6,
        alpha_look: 6e-6 / 9.869_604_401,
        verdict: Verdict::Traced,
        n,
        suspects: vec![suspect(&recipients[0], n, &[])],
        one_of: Vec::new(),
        excluded: Vec::new(),
        scale: Scale::Chance { log10_threshold: (0.9 * 6e-6 / 9.869_604_401 / n as f64).log10() },
        recipients,
        samples: vec![Sample {
            path: "tools.zip".to_owned(),
            digest: Digest::of(b"tools"),
            bytes: 48_213,
            leaves: 17,
        }],
        regions: (0..3).map(region).collect(),
        lines: 214,
        positions_read: 61,
        positions_erased: 9,
        layers: vec![
            layer(Layer::Comment, 0, 6, 0),
            layer(Layer::Literal, 38, 2, 1),
            layer(Layer::Operator, 21, 1, 2),
            layer(Layer::Statement, 9, 0, 0),
            layer(Layer::Declared, 8, 0, 0),
        ],
        controls: vec![
            Control {
                what: "the unmarked original".to_owned(),
                verdict: Verdict::Unmarked,
                suspects: Vec::new(),
            },
            Control {
                what: "a swapped program key".to_owned(),
                verdict: Verdict::OursUntraceable,
                suspects: Vec::new(),
            },
        ],
        unmarked: None,
        positions_wanted: None,
        plan: Some(PlanLine {
            digest: Digest::of(b"plan"),
            commitment: Some(Digest::of(b"commitment")),
            log_index: Some(1_204),
            committed: Some(UnixMillis(1_771_347_600_000)),
            code: Digest::of(b"code"),
            bias_set: "S4".to_owned(),
            catalog: "catalog 1".to_owned(),
            reader: "reader 1".to_owned(),
        }),
        holders: Vec::new(),
        upstream: Vec::new(),
        unscanned: Vec::new(),
        also: Vec::new(),
        first_seen: Some(UnixMillis(1_772_384_400_000)),
        confidential_until: Some(UnixMillis(1_773_162_000_000)),
        traced: UnixMillis(1_772_391_725_000),
        for_hearing: None,
        earmark: "0.1.0".to_owned(),
        reading: r#"{"version":1,"alpha":1e-6,"n":79,"levels":[79,177],"positions":[],"codewords":{}}"#
            .to_owned(),
    }
}

/// Two copies named, and a pair of which one was used.
pub(crate) fn two() -> TraceReport {
    let mut report = traced(79);
    report.recipients = recipients(79, &[-24.3, -9.9, -6.4, -6.1]);
    report.suspects = vec![
        suspect(&report.recipients[0], 79, &["quillstone"]),
        suspect(&report.recipients[1], 79, &["harbor"]),
    ];
    report.one_of = pair(&report, 2, 3, -7.3);
    report
}

/// Nobody named, one pair of which one was used.
pub(crate) fn set() -> TraceReport {
    let mut report = traced(79);
    report.recipients = recipients(79, &[-5.9, -5.2]);
    report.suspects.clear();
    report.one_of = pair(&report, 0, 1, -7.52);
    report
}

fn pair(report: &TraceReport, a: usize, b: usize, log10_bound: f64) -> Vec<OneOf> {
    let member = |i: usize| (report.recipients[i].recipient.clone(), report.recipients[i].name.clone());
    vec![OneOf { members: vec![member(a), member(b)], log10_bound, given: Vec::new() }]
}

/// The original itself was used.
pub(crate) fn unmarked() -> TraceReport {
    let mut report = traced(79);
    report.verdict = Verdict::Unmarked;
    report.suspects.clear();
    report.recipients = recipients(79, &[]);
    report.unmarked = Some(Unmarked { eligible: 70, t: 9, c: 2, log10_bound: -10.4 });
    report.holders = vec!["the finder".to_owned(), "Build system".to_owned()];
    report
}

/// Ours, but formatted to death; seen after it ceased to be confidential.
pub(crate) fn untraceable() -> TraceReport {
    let mut report = traced(79);
    report.verdict = Verdict::OursUntraceable;
    report.suspects.clear();
    report.recipients = recipients(79, &[-1.9]);
    (report.positions_read, report.positions_erased, report.positions_wanted) = (14, 56, Some(25));
    report.excluded = vec![Excluded { recipient: id("weir"), name: "Weir".to_owned(), beta: 3.1e-5 }];
    report.first_seen = Some(UnixMillis(1_774_000_000_000));
    report
}

/// Something else altogether.
pub(crate) fn not_ours() -> TraceReport {
    let mut report = traced(79);
    report.verdict = Verdict::NotOurs;
    (report.asset, report.plan, report.first_seen) = (None, None, None);
    report.suspects.clear();
    report.recipients.clear();
    report.regions.clear();
    report.layers.clear();
    report.controls.clear();
    (report.lines, report.positions_read, report.positions_erased) = (0, 0, 0);
    report.upstream = vec![UpstreamLine { name: "zlib 1.3".to_owned(), lines: 1_904 }];
    report.unscanned = vec![Loss { path: "tools.zip!x/blob.7z".to_owned(), why: "encrypted".to_owned() }];
    report
}
