//! The cage from outside. No test harness: this very binary is entered again as worker and
//! supervisor, so `enter` must come first in its `main`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "all of this is test code, which the lints cannot see without the harness"
)]

mod builds;
mod jobs;
mod workers;

/// A test and its name.
type Test = (&'static str, fn());

fn main() {
    earmark_cage::enter(jobs::JOBS);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [marker, command] = arguments.as_slice()
        && marker == workers::WITHOUT_KERNEL_SUPPORT
    {
        workers::without_kernel_support(command);
        return;
    }
    let filter = arguments.iter().find(|argument| !argument.starts_with('-'));
    let mut failed = 0;
    let tests = [workers::TESTS, builds::TESTS].concat();
    let (mut run, all) = (0, tests.len());
    for (name, test) in tests {
        if filter.is_some_and(|filter| !name.contains(filter.as_str())) {
            continue;
        }
        run += 1;
        let passed = std::panic::catch_unwind(test).is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        failed += i32::from(!passed);
    }
    println!("\ntest result: {run} of {all} run; {failed} failed");
    std::process::exit(i32::from(failed > 0));
}
