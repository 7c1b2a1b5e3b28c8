"""The data beside a Snakefile say what it says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests import golden_examples

from ecoscope_workflows.compiler.planning.manifest import MANIFEST, SNAKEFILE, read_manifest
from ecoscope_workflows.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", golden_examples.SPECS)
def test_rules_and_their_words_are_those_of_the_snakefile(name: str, tmp_path: Path) -> None:
    files = {artifact.path: artifact.content for artifact in golden_examples.compiled(name)}
    (tmp_path / "workflow").mkdir()
    for path in (SNAKEFILE, MANIFEST):
        (tmp_path / path).write_bytes(files[path])
    manifest = read_manifest(tmp_path)
    text = files[SNAKEFILE].decode()
    rules = dict(re.findall(r"^rule (\w+):\n(.*?)(?=\n\n\n#|\Z)", text, re.MULTILINE | re.DOTALL))
    rules.pop("all", None)
    assert [rule.id for rule in manifest.rules] == list(rules)
    for rule in manifest.rules:
        body = rules[rule.id]
        shell = "".join(
            json.loads(line) for line in body.partition("shell:\n")[2].split("\n") if line.strip()
        )
        assert rule.shell == shell
        for output in rule.outputs:
            assert f'"<results>/{output}"' in body
        for _, source in rule.inputs:
            assert (f'"<{source.replace("/", ">/", 1)}"' if isinstance(source, str) else source[1]) in body
    wanted = re.search(r"^rule all:\n.*?input:\n(.*?)\n\n", text, re.MULTILINE | re.DOTALL)
    assert wanted is not None
    assert manifest.wanted == re.findall(r'"<results>/(.*)",', wanted[1])


def spoil(manifest: dict[str, Any]) -> dict[str, Any]:
    return {**manifest, "rules": [{"id": "x"}]}


def outdate(manifest: dict[str, Any]) -> dict[str, Any]:
    return {**manifest, "format": 0}


@pytest.mark.parametrize("change", [spoil, outdate])
def test_data_of_another_form_are_refused(change: Any, tmp_path: Path) -> None:
    files = {artifact.path: artifact.content for artifact in golden_examples.compiled("time_density")}
    (tmp_path / "workflow").mkdir()
    (tmp_path / SNAKEFILE).write_bytes(files[SNAKEFILE])
    (tmp_path / MANIFEST).write_text(json.dumps(change(json.loads(files[MANIFEST]))))
    with pytest.raises(StorageError, match="EW644"):
        read_manifest(tmp_path)


def test_a_folder_without_a_workflow_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="EW601"):
        read_manifest(tmp_path)
