"""A secret is not shown by accident."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from ecoscope_workflows.connections import Secret

HIDDEN = Secret("hunter2")


def test_a_secret_is_revealed_on_purpose_only() -> None:
    assert HIDDEN.reveal() == "hunter2"
    assert "hunter2" not in f"{HIDDEN} {HIDDEN!r} {[HIDDEN]} {HIDDEN!s:>20}"


def test_an_empty_secret_is_false() -> None:
    assert HIDDEN
    assert not Secret()
    assert repr(Secret()) == "Secret('')"


@pytest.mark.parametrize("write", [pickle.dumps, json.dumps, copy.deepcopy])
def test_a_secret_is_not_written_down(write: object) -> None:
    assert callable(write)
    with pytest.raises(TypeError):
        write(HIDDEN)
