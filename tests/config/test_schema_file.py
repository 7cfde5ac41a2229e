"""The JSON Schema for editors."""

import json
from pathlib import Path

import pytest

from krimpsim.config.base import ConfigModel
from krimpsim.config.run import RunConfig
from krimpsim.config.schema import COMMAND, SCHEMA_FILE, json_schema, schema_text

ROOT = Path(__file__).resolve().parents[2]
TYPES = {"object", "array", "string", "number", "integer", "boolean"}
NEWER_THAN_DRAFT_4 = {"$ref", "$defs", "const", "prefixItems", "examples", "if", "propertyNames", "contains"}


def nodes(node, path=()):
    """Yield every node of a schema."""
    yield path, node
    for key, child in node.get("properties", {}).items():
        yield from nodes(child, (*path, key))
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield from nodes(node[key], (*path, key))
    for choice in node.get("anyOf", []):
        yield from nodes(choice, (*path, "anyOf"))


def test_the_committed_file_is_fresh():
    file = ROOT / SCHEMA_FILE
    if not file.exists() or file.read_text(encoding="utf-8") != schema_text():
        pytest.fail(f"{SCHEMA_FILE} is stale; run `{COMMAND}` at the top of the project")


def test_it_keeps_to_draft_4_without_references():
    schema = json_schema()
    assert schema["$schema"] == "http://json-schema.org/draft-04/schema#"
    for path, node in nodes(schema):
        assert not NEWER_THAN_DRAFT_4 & set(node), path
        assert node.get("type") in TYPES or "anyOf" in node, path
        assert not isinstance(node.get("exclusiveMinimum"), (int, float)) or node["exclusiveMinimum"] is True, path


def test_every_declared_parameter_is_there_with_its_unit_and_source():
    def declared(model, path=()):
        for name, field in model.model_fields.items():
            here = (*path, field.alias or name)
            if isinstance(field.annotation, type) and issubclass(field.annotation, ConfigModel):
                yield from declared(field.annotation, here)
            else:
                yield here, field

    found = dict(nodes(json_schema()))
    parameters = list(declared(RunConfig))
    assert len(parameters) > 100
    for path, field in parameters:
        node = found[path]
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra:
            assert node["x-unit"] == field.json_schema_extra["x-unit"], path
            assert node["x-source"] == field.json_schema_extra["x-source"], path
            assert node.get("x-range") == field.json_schema_extra.get("x-range"), path
            assert field.description.split()[0] in node["description"], path


def test_unknown_keys_are_errors_in_the_editor_too_and_nothing_but_list_elements_is_required():
    schema = json_schema()
    for path, node in nodes(schema):
        if "properties" in node:
            assert node["additionalProperties"] is False, path
            assert "required" not in node or "items" in path, path
    assert schema["properties"]["providers"]["items"]["required"] == ["id"]
    assert "extends" in schema["properties"]
    assert "schema" in schema["properties"]


def test_bounds_choices_and_defaults_are_there():
    found = dict(nodes(json_schema()))
    share = found[("market", "consent_share")]
    assert (share["minimum"], share["maximum"], share["default"], share["x-range"]) == (0, 1, 0.55, [0.3, 0.8])
    assert "Unit: share. Plausible: 0.3 to 0.8. Source: assumption:" in share["description"]
    assert found[("convenant", "joint_nights", "covers")]["enum"] == ["unplanned", "all"]
    assert found[("run", "start")]["format"] == "date"


def test_the_text_is_json():
    assert json.loads(schema_text()) == json_schema()
