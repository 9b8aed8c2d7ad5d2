"""The decoder's speed against what it must reach, from one run of the example `speed` of `earmark-odds`."""

import argparse
import json
import subprocess

from results import table

# What is measured, its floor and its aim: seconds of a verdict, symbols a second, times as long, GB.
VERDICTS = [(79, 0.050, 0.010), (1_643, 0.3, 0.1), (1_000_000, 10, 1)]
RATES = [("dealt side by side", 1e9, 3e9), ("scored", 8e9, 2e10)]
SCATTERED = (2, 1.2)
MEMORY_GB = 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", required=True, help="the example, built for release")
    parser.add_argument("--recipients", type=int, default=1_000_000, help="at most so many")
    arguments = parser.parse_args()
    said = subprocess.run([arguments.speed, str(arguments.recipients)], capture_output=True, text=True, check=True).stdout
    rows = [json.loads(line) for line in said.splitlines()]
    out = []
    for recipients, floor, aim in VERDICTS:
        runs = [row for row in rows if row["what"] == "verdict" and row["recipients"] == recipients]
        if runs:
            worst = max(runs, key=lambda row: row["seconds"])
            out.append([f"verdict, n = {recipients:,}, {worst['colluders']:.0f} colluders",
                        f"{worst['seconds'] * 1e3:.1f} ms", f"{worst['mebibytes']:.1f}",
                        f"{floor * 1e3:g} ms", f"{aim * 1e3:g} ms", verdict(worst["seconds"] <= floor, worst["seconds"] <= aim)])
    one = {row["what"]: row for row in rows}
    for what, floor, aim in RATES:
        rate = one[what]["per_second"]
        out.append([f"symbols {what}", f"{rate:.1e} / s", f"{one[what]['mebibytes']:.1f}", f"{floor:.0e} / s", f"{aim:.0e} / s",
                    verdict(rate >= floor, rate >= aim)])
    ratio = one["dealt scattered"]["seconds"] / one["dealt side by side"]["seconds"]
    out.append(["1,000 positions scattered over 300,000", f"{ratio:.1f} x", f"{one['dealt scattered']['mebibytes']:.1f}",
                f"{SCATTERED[0]} x", f"{SCATTERED[1]} x", verdict(ratio <= SCATTERED[0], ratio <= SCATTERED[1])])
    if "memory" in one:
        size = one["memory"]["kibibytes"] / 1e6 * 1.024
        out.append([f"memory, n = {one['memory']['recipients']:,}", f"{size:.2f} GB", None, f"{MEMORY_GB} GB", None,
                    verdict(size <= MEMORY_GB, False)])
    print(table(["m = 1,000, A64, one core", "measured", "MiB of ChaCha20", "floor", "aim", "reached"], out), end="")


def verdict(floor, aim):
    return "aim" if aim else "floor" if floor else "no"


if __name__ == "__main__":
    main()
