"""Judges CVE records with the schemas of `cvelib`: python cve_judge.py FILE...

Prints, per file, a line of JSON: what the schema refuses.
"""

import json
import pathlib
import sys

import cvelib
from jsonschema import Draft7Validator, FormatChecker

schemas = pathlib.Path(cvelib.__file__).parent / "schemas"
bundled = next(schemas.glob("CVE_JSON_bundled_*.json"))
validator = Draft7Validator(json.loads(bundled.read_text()), format_checker=FormatChecker())
for name in sys.argv[1:]:
    record = json.loads(pathlib.Path(name).read_text())
    errors = [error for top in validator.iter_errors(record) for error in (top.context or [top])]
    # Of the alternatives "published" and "rejected" only the first is of interest.
    errors = [f"{error.json_path}: {error.message}" for error in errors if not error.schema_path or error.schema_path[0] == 0]
    print(json.dumps({"valid": validator.is_valid(record), "errors": errors[:5]}))
