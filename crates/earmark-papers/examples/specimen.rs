//! Writes a made-up trace report to standard output: `cargo run -p earmark-papers --example specimen -- two`.

#[path = "../tests/it/specimen.rs"]
mod specimen;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let report = match std::env::args().nth(1).as_deref() {
        Some("many") => specimen::traced(1_643),
        Some("two") => specimen::two(),
        Some("set") => specimen::set(),
        Some("unmarked") => specimen::unmarked(),
        Some("untraceable") => specimen::untraceable(),
        Some("not-ours") => specimen::not_ours(),
        Some("score") => {
            let mut report = specimen::traced(79);
            report.scale = earmark_papers::Scale::Score { mean: -5.3, sd: 1.6, threshold: 9.6 };
            report
        }
        _ => specimen::traced(79),
    };
    print!("{}", earmark_papers::render(&report)?);
    Ok(())
}
