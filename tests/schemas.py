# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents against the JSON Schemas of schema/.

A reader has to ignore members that it does not know, so the schemas allow them.
A test may not: here every object has the members that its schema names, and no
other.

A document of a large dump has a hundred thousand objects, and jsonschema takes
seconds for them: fastjsonschema judges, in a tenth of that, and jsonschema says
what is wrong. broken() has what both must refuse (tests/docs/docs.py).
"""
import copy
import functools
import json
import pathlib
import re

import fastjsonschema
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


@functools.lru_cache(None)
def judge(command):
    """the same schema, as a function that raises"""
    return fastjsonschema.compile(validator(command).schema)


def refused(document, command):
    """-> whether the quick one refuses a document of a command"""
    try:
        judge(command)(document)
    except fastjsonschema.JsonSchemaException:
        return True
    return False


def wrong(document):
    """-> what of a document is not as its schema says, a line each"""
    known = validator(document.get("command", ""))
    if not known:
        return [f"no schema of {document.get('command')!r}"]
    if not refused(document, document["command"]):
        return []
    told = [f"{error.json_path}: {error.message[:200]}" for error in known.iter_errors(document)]
    return told or ["fastjsonschema refuses it, and jsonschema does not"]


def inside(value, path=()):
    """-> the path of each value of a document"""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from inside(each, (*path, key))


def broken(document, path):
    """-> copies of a document that may not be valid: the value at a path is another, or gone, or has company"""
    for other in (..., "more", None, {}, -1, "", "no such word", [0], True):
        whole = part = copy.deepcopy(document)
        for key in path[:-1]:
            part = part[key]
        if other is ...:
            del part[path[-1]]
        elif other == "more" and isinstance(part, dict):
            part["no such member"] = 0
        else:
            part[path[-1]] = other
        yield whole


def wrong_in(text):
    """-> the same, of every document among the lines of a text"""
    return [each for found in DOCUMENT.findall(text) for each in wrong(json.loads(found))]
