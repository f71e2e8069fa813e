#!/usr/bin/env python3
"""Checks JSON and JSONL on standard input against formats/NAME.schema.json,
where NAME stands in its "schema" member: "inquiry.NAME/1".

usage: schema.py FORMATS_DIRECTORY <document

Knows the part of JSON Schema 2020-12 that those files use, and refuses any
other keyword, so that nothing in them goes unchecked.
"""
import json
import re
import sys

KNOWN = {"$schema", "$defs", "$ref", "title", "description", "type", "properties", "required",
         "additionalProperties", "items", "enum", "const", "pattern", "minimum", "maximum", "oneOf"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def errors(value, schema, root, path):
    unknown = set(schema) - KNOWN
    if unknown:
        yield f"{path}: the schema uses {unknown}"
    if "$ref" in schema:
        yield from errors(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, path)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, t) for t in types):
        yield f"{path}: {value!r} is not {types}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{path}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{path}: {value!r} does not match {schema['pattern']}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{path}: {value} is below {schema['minimum']}"
    if "maximum" in schema and value > schema["maximum"]:
        yield f"{path}: {value} is above {schema['maximum']}"
    if "oneOf" in schema:
        found = [list(errors(value, s, root, path)) for s in schema["oneOf"]]
        if sum(not f for f in found) != 1:
            yield f"{path}: fits {sum(not f for f in found)} of {len(found)} forms"
            yield from min(found, key=len)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for key in schema.get("required", []):
            if key not in value:
                yield f"{path}: {key} is missing"
        for key, each in value.items():
            if key in properties:
                yield from errors(each, properties[key], root, f"{path}.{key}")
            elif schema.get("additionalProperties") is False:
                yield f"{path}: {key} is not documented"
    if isinstance(value, list) and "items" in schema:
        for i, each in enumerate(value):
            yield from errors(each, schema["items"], root, f"{path}[{i}]")


def faults(text, formats):
    """What is wrong with the JSON, or the lines of JSON, in `text`."""
    try:
        documents = [json.loads(text)]
    except json.JSONDecodeError:
        documents = [json.loads(line) for line in text.splitlines()]
    if not documents:
        yield "there is no document"
    for document in documents:
        name = re.fullmatch(r"inquiry\.([a-z-]+)/1", document["schema"]).group(1)
        with open(f"{formats}/{name}.schema.json", encoding="utf-8") as f:
            schema = json.load(f)
        yield from list(errors(document, schema, schema, name))[:20]


if __name__ == "__main__":
    found = list(faults(sys.stdin.read(), sys.argv[1]))
    print("\n".join(found), end="\n" if found else "")
    sys.exit(bool(found))
