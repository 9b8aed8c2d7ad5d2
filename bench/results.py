"""Results as JSON lines, so that a run goes on where it was stopped, and tables of them in Markdown."""

import json
import pathlib


class Results:
    """Rows in a file, each under a key; a key that is there is not measured again."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.rows = {}
        if self.path.exists():
            for line in self.path.read_text().splitlines():
                try:
                    row = json.loads(line)
                except ValueError:
                    continue  # the line a stopped run was writing
                self.rows[row["key"]] = row

    def has(self, key):
        return key in self.rows

    def add(self, key, **row):
        row = {"key": key, **row}
        self.rows[key] = row
        with self.path.open("a") as file:
            file.write(json.dumps(row) + "\n")
        return row

    def of(self, kind):
        return [row for row in self.rows.values() if row.get("kind") == kind]


def table(heads, rows):
    """A Markdown table; numbers stand right."""
    def cell(value):
        if value is None:
            return "–"
        if isinstance(value, float):
            return f"{value:.1f}"
        return f"{value:,}" if isinstance(value, int) else str(value)

    numeric = [rows and all(isinstance(row[place], (int, float)) or row[place] is None for row in rows) for place in range(len(heads))]
    lines = ["| " + " | ".join(heads) + " |", "|" + "|".join("--:" if right else "---" for right in numeric) + "|"]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def share(rows, good):
    """`good` of all rows as text."""
    return f"{sum(1 for row in rows if good(row))} / {len(rows)}" if rows else None
