"""The JSON Schema of configuration files, for completion and checks in an editor.

It is generated from the declarations and kept in ``configs/krimpsim.schema.json``.  Editors differ in what they
read, so it keeps to draft 4 and stands in one piece, without references.
"""

from __future__ import annotations

import json
from typing import Any

from krimpsim.config.run import RunConfig

#: The committed copy, relative to the folder above ``configs``.
SCHEMA_FILE = "configs/krimpsim.schema.json"
COMMAND = "krimpsim schema --write"

_PLAIN = (
    "type",
    "enum",
    "minimum",
    "maximum",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "x-unit",
    "x-range",
    "x-source",
)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a configuration file."""
    generated = RunConfig.model_json_schema(by_alias=True)
    schema = _draft_4(generated, generated.get("$defs", {}))
    extends = {
        "type": "string",
        "description": "The one parent of this file, relative to it.  Tables merge, lists replace.",
        "x-unit": "text",
        "x-source": "choice: user",
    }
    survey = schema["properties"]["zorgkracht"]["properties"]["survey"]  # in a file also the name of a table
    survey["anyOf"] = [{"type": "string"}, {name: survey.pop(name) for name in ("type", "items")}]
    top = {"$schema": "http://json-schema.org/draft-04/schema#", "title": "krimpsim scenario", **schema}
    top["properties"] = {"extends": extends, **schema["properties"]}
    return top


def schema_text() -> str:
    """Return the contents of `SCHEMA_FILE`."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _draft_4(node: dict[str, Any], definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return one node of a schema in draft 4, with references replaced by what they refer to."""
    if "$ref" in node:
        target = definitions[node["$ref"].rpartition("/")[2]]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    if "const" in node:
        node = {**node, "enum": [node["const"]]}
    new: dict[str, Any] = {key: node[key] for key in _PLAIN if key in node}
    about = _about(node)
    if about:
        new["description"] = about
    if "default" in node and node.get("type") != "object" and node["default"] is not None:
        new["default"] = node["default"]
    if "properties" in node:
        new["properties"] = {key: _draft_4(child, definitions) for key, child in node["properties"].items()}
        new["additionalProperties"] = False  # nothing is required: a parent may hold it
    elif isinstance(node.get("additionalProperties"), dict):
        new["additionalProperties"] = _draft_4(node["additionalProperties"], definitions)
    if "prefixItems" in node:
        kinds = [_draft_4(child, definitions) for child in node["prefixItems"]]
        new["items"] = kinds[0] if all(kind == kinds[0] for kind in kinds) else {}
    elif "items" in node:
        new["items"] = _draft_4(node["items"], definitions)
        required = _required(node["items"], definitions)
        if required:
            new["items"]["required"] = required  # lists replace, so an element is always whole
    if "anyOf" in node:
        choices = [_draft_4(child, definitions) for child in node["anyOf"] if child.get("type") != "null"]
        new.update(choices[0] if len(choices) == 1 else {"anyOf": choices})
    return new


def _required(items: dict[str, Any], definitions: dict[str, dict[str, Any]]) -> list[str]:
    target = definitions[items["$ref"].rpartition("/")[2]] if "$ref" in items else items
    return list(target.get("required", []))


def _about(node: dict[str, Any]) -> str:
    """Return the meaning of a key with its unit, plausible range and source, as an editor shows it."""
    parts = [" ".join(str(node.get("description", "")).split())]
    unit = node.get("x-unit", "")
    if unit not in {"", "1", "choice", "date", "text", "list"}:
        parts.append(f"Unit: {unit}.")
    if "x-range" in node:
        low, high = node["x-range"]
        parts.append(f"Plausible: {low:g} to {high:g}.")
    if not node.get("x-source", "choice:").startswith("choice:"):
        parts.append(f"Source: {node['x-source']}.")
    return " ".join(filter(None, parts))
