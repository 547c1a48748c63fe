# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents against the JSON Schemas of schema/.

A reader has to ignore members that it does not know, so the schemas allow them.
A test may not: here every object has the members that its schema names, and no
other.
"""
import functools
import json
import pathlib
import re

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "schema"
#: a document among other lines, as commands print it
DOCUMENT = re.compile(r"^\{\n.*?^\}\n", re.M | re.S)


def strict(schema):
    """the same, without members that it does not name"""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: each if key == "if" else strict(each) for key, each in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        schema.setdefault("additionalProperties", False)
    return schema


@functools.lru_cache(None)
def validator(command):
    """what knows the documents of a command; None: there is no such schema"""
    path = SCHEMAS / f"{command}.json"
    if not path.exists():
        return None
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(strict(schema))


def wrong(document):
    """-> what of a document is not as its schema says, a line each"""
    known = validator(document.get("command", ""))
    if not known:
        return [f"no schema of {document.get('command')!r}"]
    return [f"{error.json_path}: {error.message[:200]}" for error in known.iter_errors(document)]


def wrong_in(text):
    """-> the same, of every document among the lines of a text"""
    return [each for found in DOCUMENT.findall(text) for each in wrong(json.loads(found))]
