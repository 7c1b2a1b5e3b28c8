"""The signature of a task is read once, as facts: parameters, defaults, words about them, the return type."""

from __future__ import annotations

import warnings
from pathlib import Path  # noqa: TC003  # read where the signature is read
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import Field, ValidationError

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    AnyGeoDataFrame,
    FromEnvironment,
    InputFile,
)
from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import RegistrationError
from ecoscope_workflows.registry.signature import (
    REQUIRED,
    Parameter,
    TaskInfo,
    documented_parameters,
    task_info,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nowhere import Unimported  # type: ignore[import-not-found]  # what cannot be resolved


def info(function: Callable[..., Any]) -> TaskInfo:
    return task_info(distributed(function), "package.tasks", function.__name__, "package 1.0")


def parameters(function: Callable[..., Any]) -> dict[str, Parameter]:
    return dict(info(function).parameters)


def test_a_task_knows_its_names_its_origin_and_its_place() -> None:
    def smooth(n: int) -> float:
        """Smooth a track,
        as one does.

        With more words.
        """
        return float(n)

    task = info(smooth)
    assert (task.name, task.module, task.path) == ("smooth", "package.tasks", "package.tasks.smooth")
    assert (task.origin, task.returns, task.function) == ("package 1.0", float, smooth)
    assert task.description == "Smooth a track, as one does."
    assert (task.where.file, task.where.line) == (__file__, smooth.__code__.co_firstlineno)


def test_parameters_stand_in_the_order_of_the_signature() -> None:
    def task(zebra: int, ant: int, *, moth: int) -> int:
        return zebra + ant + moth

    assert list(parameters(task)) == ["zebra", "ant", "moth"]


def test_a_default_is_given_by_python_or_by_a_field() -> None:
    def task(
        bare: int,
        by_python: int = 1,
        by_field: Annotated[int, Field(default=2)] = 3,
        described: Annotated[int, Field(description="no default")] = 4,
    ) -> int:
        return bare + by_python + by_field + described

    def fields(
        only: Annotated[int, Field(default=5)],
        made: Annotated[list[int], Field(default_factory=lambda: [6])],
        dots: Annotated[int, Field(...)],
        none: Annotated[int | None, Field(default=None)],
    ) -> int:
        return only + len(made) + dots + (none or 0)

    defaults = {
        name: parameter.default for name, parameter in (parameters(task) | parameters(fields)).items()
    }
    assert defaults == {
        "bare": REQUIRED,
        "by_python": 1,
        "by_field": 3,
        "described": 4,
        "only": 5,
        "made": [6],
        "dots": REQUIRED,
        "none": None,
    }
    assert parameters(task)["bare"].required
    assert not parameters(fields)["none"].required


def test_a_field_in_the_place_of_a_default_is_no_default() -> None:
    def task(
        given: int = Field(3, description="Given.", ge=1),
        needed: int = Field(description="Needed."),
    ) -> int:
        return given + needed

    found = parameters(task)
    assert (found["given"].default, found["given"].description) == (3, "Given.")
    assert (found["needed"].default, found["needed"].description) == (REQUIRED, "Needed.")
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        found["given"].adapter.validate_python(0)


def test_what_a_field_says_comes_before_what_the_docstring_says() -> None:
    def task(
        described: Annotated[int, Field(description="By the field.")], documented: int, silent: int
    ) -> int:
        """Do it.

        Parameters
        ----------
        described
            By the docstring.
        documented
            By the docstring,
            in two lines, with ``code``.
        """
        return described + documented + silent

    found = parameters(task)
    assert {name: parameter.about for name, parameter in found.items()} == {
        "described": "By the field.",
        "documented": "By the docstring, in two lines, with `code`.",
        "silent": "",
    }
    assert found["described"].documentation == "By the docstring."


def test_the_section_of_parameters_ends_where_the_next_begins() -> None:
    text = """Do it.

Parameters
----------
x, y : float
    Position,

    in degrees.
n
    How many.

Returns
-------
total
    Not a parameter.
"""
    assert documented_parameters(text) == {
        "x": "Position, in degrees.",
        "y": "Position, in degrees.",
        "n": "How many.",
    }


@pytest.mark.parametrize(
    "text", ["", "Do it.", "Parameters\n", "Parameters\nx\n    No line under the title."]
)
def test_a_docstring_without_the_section_documents_nothing(text: str) -> None:
    assert documented_parameters(text) == {}


def test_what_is_excluded_is_hidden_and_checked_without_a_word() -> None:
    def task(shown: int, hidden: Annotated[int, Field(exclude=True, ge=2)] = 2) -> int:
        return shown + hidden

    found = parameters(task)
    assert (found["shown"].hidden, found["hidden"].hidden) == (False, True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert found["hidden"].adapter.validate_python("3") == 3
        with pytest.raises(ValidationError):
            found["hidden"].adapter.validate_python(1)


def test_markers_say_where_a_value_comes_from() -> None:
    def task(
        server: Annotated[str, Field(description="x"), FromEnvironment("SERVER")],
        password: Annotated[str, FromEnvironment("PASSWORD", secret=True)],
        path: InputFile,
        described_path: Annotated[InputFile, Field(description="A file.")],
        plain_path: Path,
        frame: AnyGeoDataFrame,
    ) -> str:
        return f"{server}{password}{path}{described_path}{plain_path}{frame}"

    found = parameters(task)
    assert found["server"].environment == FromEnvironment("SERVER")
    assert found["password"].environment == FromEnvironment("PASSWORD", secret=True)
    assert [name for name, parameter in found.items() if parameter.is_file] == ["path", "described_path"]
    assert found["frame"].frame == FrameContract(geo=True)
    assert found["path"].frame is None
    assert found["path"].environment is None


class Engine:
    """A class that pydantic knows nothing of."""


def test_what_can_be_written_down_is_told_from_what_cannot() -> None:
    def task(
        number: int,
        anything: Any,
        path: Path,
        frame: AnyDataFrame,
        frames: list[AnyDataFrame] | None,
        engine: Engine,
        engine_or_none: Engine | None = None,
    ) -> str:
        return f"{number}{anything}{path}{frame}{frames}{engine}{engine_or_none}"

    found = parameters(task)
    assert [name for name, parameter in found.items() if parameter.writable] == ["number", "anything", "path"]


def test_of_an_unknown_class_an_instance_is_asked_for() -> None:
    def task(engine: Engine) -> str:
        return str(engine)

    adapter = parameters(task)["engine"].adapter
    engine = Engine()
    assert adapter.validate_python(engine) is engine
    with pytest.raises(ValidationError, match="instance of Engine"):
        adapter.validate_python(1)


def test_types_that_cannot_be_resolved_are_an_error_with_a_place() -> None:
    def task(x: Unimported) -> int:
        return int(x)

    with pytest.raises(RegistrationError) as caught:
        info(task)
    assert str(caught.value) == (
        f"{__file__}:{task.__code__.co_firstlineno}:0: EW106 the types of task 'task' cannot be read:"
        " name 'Unimported' is not defined"
        "\n  hint: import the names used in annotations outside of `if TYPE_CHECKING:`"
    )


def test_an_annotation_that_raises_is_the_same_error() -> None:
    def task(x: int) -> int:
        return x

    task.__annotations__["x"] = "1 / 0"
    with pytest.raises(
        RegistrationError, match="EW106 the types of task 'task' cannot be read: division by zero"
    ):
        info(task)
