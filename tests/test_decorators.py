"""`@distributed` attaches metadata to a plain function, and refuses what cannot be a task."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.decorators import TaskMetadata, distributed, task_metadata
from ecoscope_workflows.errors import RegistrationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


def add(a: int, b: int = 1) -> int:
    """Add."""
    return a + b


def refused(function: Any) -> list[str]:
    with pytest.raises(RegistrationError) as caught:
        distributed(function)
    return [f"{problem.code} {problem.what} | {problem.hint}" for problem in caught.value.problems]


@pytest.mark.parametrize("decorate", [distributed, distributed(), distributed(tags=["io"])])
def test_the_function_stays_itself(decorate: Callable[[Any], Any]) -> None:
    def double(n: int) -> int:
        return 2 * n

    task = decorate(double)
    assert task is double
    assert task(4) == 8
    assert inspect.signature(task) == inspect.signature(double)


def test_the_metadata_is_what_was_said() -> None:
    @distributed(image="ghcr.io/x/y:1", tags=["io", "er"], resources={"mem_mb": 4000}, retries=2, timeout=60)
    def load(path: str) -> str:
        return path

    metadata = task_metadata(load)
    assert metadata is not None
    assert (metadata.image, metadata.tags, metadata.retries, metadata.timeout) == (
        "ghcr.io/x/y:1",
        ("io", "er"),
        2,
        60,
    )
    assert dict(metadata.resources) == {"mem_mb": 4000}


def test_a_bare_decorator_says_nothing_special() -> None:
    @distributed
    def double(n: int) -> int:
        return 2 * n

    assert task_metadata(double) == TaskMetadata()


def test_one_tag_may_be_written_as_text() -> None:
    @distributed(tags="io")
    def double(n: int) -> int:
        return 2 * n

    metadata = task_metadata(double)
    assert metadata is not None
    assert metadata.tags == ("io",)


def test_metadata_cannot_be_changed() -> None:
    resources = {"mem_mb": 1}
    metadata = task_metadata(distributed(resources=resources)(add))
    assert metadata is not None
    resources["mem_mb"] = 2
    assert metadata.resources["mem_mb"] == 1
    with pytest.raises(TypeError):
        metadata.resources["mem_mb"] = 3  # type: ignore[index]  # what must not work
    with pytest.raises(dataclasses.FrozenInstanceError):
        metadata.retries = 9  # type: ignore[misc]  # what must not work


@pytest.mark.parametrize("thing", [None, 1, len, test_metadata_cannot_be_changed, TaskMetadata()])
def test_what_is_not_decorated_has_no_metadata(thing: object) -> None:
    assert task_metadata(thing) is None


def test_what_is_no_function_is_refused() -> None:
    class Task:
        def __call__(self, n: int) -> int:
            return n

    assert refused(len) == [
        (
            "EW101 <built-in function len> is not a plain function, so it cannot be a task"
            " | decorate a function defined with `def`"
        )
    ]
    for thing in (Task, Task(), functools.partial(add, 1), "image:1"):
        assert refused(thing)[0].startswith("EW101 ")


def test_an_async_function_is_refused() -> None:
    async def one(n: int) -> int:
        return n

    async def many(n: int) -> AsyncIterator[int]:
        yield n

    assert refused(one) == ["EW102 task 'one' is async | use `def`: tasks run as processes"]
    assert refused(many) == ["EW102 task 'many' is async | use `def`: tasks run as processes"]


def test_a_parameter_that_has_no_name_of_its_own_is_refused() -> None:
    def task(a: int, /, *rest: int, **more: int) -> int:
        return a + sum(rest) + sum(more.values())

    said = refused(task)
    assert [line.split(" | ")[0] for line in said] == [
        "EW103 parameter 'a' of task 'task' cannot be given by name",
        "EW103 parameter '*rest' of task 'task' cannot be given by name",
        "EW103 parameter '**more' of task 'task' cannot be given by name",
    ]


def test_every_missing_annotation_is_told_at_once() -> None:
    def task(a, b: int, c=1):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  # what must be refused
        return a, b, c

    assert refused(task) == [
        "EW104 parameter 'a' of task 'task' has no type annotation | write `a: <type>`",
        "EW104 parameter 'c' of task 'task' has no type annotation | write `c: <type>`",
        "EW105 task 'task' has no return annotation | write `def task(...) -> <type>:`",
    ]


def test_a_fault_is_placed_where_the_function_is_written() -> None:
    def task(a: int):  # type: ignore[no-untyped-def]  # noqa: ANN202  # what must be refused
        return a

    with pytest.raises(RegistrationError) as caught:
        distributed(task)
    where = caught.value.problems[0].where
    assert where is not None
    assert (where.file, where.line) == (__file__, task.__code__.co_firstlineno)


def test_a_method_is_a_function_only_with_all_types() -> None:
    class Holder:
        def method(self, n: int) -> int:
            return n

    assert "parameter 'self'" in refused(Holder.method)[0]


def test_a_ttl_is_a_number_of_seconds_or_a_timedelta() -> None:
    def fetch() -> int:
        return 1

    for ttl in (90, 90.0, timedelta(minutes=1.5)):
        metadata = task_metadata(distributed(tags=["io"], ttl=ttl)(fetch))
        assert metadata is not None
        assert metadata.ttl == 90
        assert metadata.storable
    metadata = task_metadata(distributed(tags=["io"])(fetch))
    assert metadata is not None
    assert (metadata.ttl, metadata.storable) == (None, False)


@pytest.mark.parametrize(
    ("ttl", "cache", "what"),
    [
        (0, None, "has a ttl of 0 s"),
        (timedelta(days=-1), None, "has a ttl of -86400 s"),
        (float("nan"), None, "has a ttl of nan s"),
        (60, False, "has a ttl of 60 s, but its results are not kept: cache=False"),
    ],
)
def test_a_ttl_that_is_no_time_or_of_nothing_is_refused(
    ttl: float | timedelta, cache: bool | None, what: str
) -> None:
    def fetch() -> int:
        return 1

    with pytest.raises(RegistrationError, match=f"EW113 task 'fetch' {what}\n"):
        distributed(ttl=ttl, cache=cache)(fetch)
