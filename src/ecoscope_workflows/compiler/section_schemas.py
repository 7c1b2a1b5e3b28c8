"""The sections of a spec around its workflow, as JSON Schema: requirements, metadata, changes to the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoscope_workflows.spec.requirements import CHANNELS, GIT_REFERENCES, SOURCES
from ecoscope_workflows.spec.workflow_grammar import OVERRIDE_SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NOTHING: Schema = {"type": ["string", "null"]}

_WORD: Schema = {"type": "string", "pattern": r"^\S+$"}
_URL = r"^[a-z][a-z0-9+.-]*://\S+$"


def about(description: str, /, **schema: Any) -> Schema:
    """Return a schema with what editors show of it."""
    return {"description": description, **schema}


def mapping(properties: Schema, required: Iterable[str] = (), /, **schema: Any) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    whole = {"type": "object", "properties": properties, "additionalProperties": False, **schema}
    return whole | ({"required": list(required)} if required else {})


def overrides() -> Schema:
    """Return the schema of `rjsf-overrides`."""
    section = {"type": "object"}
    return about(
        "Changes to the form: in each section values by dotted path.",
        **mapping(dict.fromkeys(OVERRIDE_SECTIONS, section)),
    )


def metadata() -> Schema:
    """Return the schema of `metadata`, in which other programs may keep what is theirs."""
    maintainer = mapping({"name": TEXT, "email": TEXT}, ("name", "email"))
    texts = ("name", "description", "license", "repository", "documentation", "readme")
    return about(
        "What the workflow is, and who looks after it.",
        type=["object", "null"],
        properties={
            **dict.fromkeys(texts, TEXT_OR_NOTHING),
            "maintainers": {"type": "array", "items": maintainer},
            "keywords": {"type": ["array", "null"], "items": TEXT},
            "environment": about(
                "What each environment variable holds that the spec refers to.",
                type="object",
                additionalProperties=TEXT,
            ),
        },
        required=["name", "description", "maintainers", "license"],
    )


def requirement() -> Schema:
    """Return the schema of an entry of `requirements`."""
    short = mapping({"requirement": about("A package and its version, e.g. `pandas>=2,<3`.", **TEXT)})
    pip_only = (*SOURCES, *GIT_REFERENCES, "editable", "extras", "subdirectory")
    return about(
        "A package of conda (name, version, channel) or of pip (name, and git, path or url).",
        type="object",
        **{"if": {"required": ["requirement"]}, "then": short},
        **{
            "else": {
                "if": {"anyOf": [{"required": [key]} for key in pip_only]},
                "then": _pip_requirement(),
                "else": _conda_requirement(),
            }
        },
    )


def _conda_requirement() -> Schema:
    channel = {"anyOf": [{"enum": list(CHANNELS)}, {"type": "string", "pattern": _URL}]}
    version = about('A conda match specification, in quotes: "2.*", ">=2,<3", "*".', **TEXT)
    return mapping({"name": TEXT, "version": version, "channel": channel}, ("name", "version"))


def _pip_requirement() -> Schema:
    properties: Schema = {
        "name": TEXT,
        "git": _WORD,
        "path": about("An absolute folder.", type="string", pattern="^/"),
        "url": _WORD,
        **dict.fromkeys(GIT_REFERENCES, _WORD),
        "subdirectory": _WORD,
        "editable": {"type": "boolean"},
        "extras": {"type": "array", "items": _WORD},
    }
    pairs = [
        {"required": [first, second]}
        for number, first in enumerate(GIT_REFERENCES)
        for second in GIT_REFERENCES[number + 1 :]
    ]
    editable = {"properties": {"editable": {"const": True}}, "required": ["editable"]}
    return mapping(
        properties,
        ("name",),
        oneOf=[{"required": [source]} for source in SOURCES],
        dependentRequired={key: ["git"] for key in GIT_REFERENCES},
        allOf=[{"not": {"anyOf": pairs}}, {"if": editable, "then": {"required": ["path"]}}],
    )
