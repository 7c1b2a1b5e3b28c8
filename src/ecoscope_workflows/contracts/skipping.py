"""What stands in for the result of a task instance that was skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# The one key of a mapping that stands in JSON for a skipped result.
SKIPPED = "$skipped"


class SkipSentinel:
    """The result of a task instance that was skipped; a task that takes one says so in its type.

    Parameters
    ----------
    instance
        The id of the instance that was skipped.
    condition
        The condition that skipped it.
    argument
        The argument that the condition was true of, or an empty text where it was all of them together.
    cause
        What made that argument so: the skipped result that the argument was, if it was one.
    """

    def __init__(
        self, instance: str = "", condition: str = "", argument: str = "", cause: SkipSentinel | None = None
    ) -> None:
        self.instance = instance
        self.condition = condition
        self.argument = argument
        self.cause = cause

    @property
    def root(self) -> SkipSentinel:
        """Return the first instance that was skipped, which made the others be skipped too."""
        return self if self.cause is None else self.cause.root

    @property
    def reason(self) -> str:
        """Return in words why the instance was skipped."""
        first = self.root
        on = f" on {first.argument!r}" if first.argument else ""
        return f"{first.instance} was skipped: {first.condition}{on}" if first.instance else "skipped"

    @property
    def facts(self) -> dict[str, Any]:
        """Return what is known of the skip as plain data."""
        found = {"instance": self.instance, "condition": self.condition, "argument": self.argument}
        return {**found, "cause": self.cause.facts if self.cause is not None else None}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> SkipSentinel:
        """Return the skipped result that `facts` describe."""
        cause = facts.get("cause")
        instance, condition, argument = (
            str(facts.get(name) or "") for name in ("instance", "condition", "argument")
        )
        return cls(instance, condition, argument, cls.of(cause) if cause else None)

    def __repr__(self) -> str:
        return "<skipped>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SkipSentinel) and self.facts == other.facts

    def __hash__(self) -> int:
        return hash((self.instance, self.condition, self.argument))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take a skipped result as it is, or as it stands in JSON; write it as it stands in JSON."""
        del source, handler
        return core_schema.no_info_before_validator_function(
            with_skips,
            core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(as_mark),
        )


# Other packages of this family have their own class of this name.
SENTINEL_NAME = SkipSentinel.__name__


def is_skip_sentinel(annotation: Any) -> bool:
    """Return whether a type is that of a skipped result, ours or another package's."""
    return isinstance(annotation, type) and annotation.__name__ == SENTINEL_NAME


def is_skipped(value: Any) -> bool:
    """Return whether a value stands in for a skipped result, ours or another package's."""
    return is_skip_sentinel(type(value))


def as_mark(value: Any) -> dict[str, Any]:
    """Return a skipped result as it stands in JSON.

    Raises
    ------
    TypeError
        For any other value.
    """
    if not is_skipped(value):
        raise TypeError(f"{type(value).__name__} cannot be written as JSON")
    return {SKIPPED: value.facts if isinstance(value, SkipSentinel) else {}}


def with_skips(value: Any) -> Any:
    """Return plain data with skipped results in the places where JSON has marks for them."""
    if isinstance(value, list):
        return [with_skips(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {SKIPPED}:
        return SkipSentinel.of(value[SKIPPED] or {})
    return {key: with_skips(item) for key, item in value.items()}


def skipped_dependency_fallback(function: Callable[[SkipSentinel], Any]) -> BeforeValidator:
    """Return a mark for an argument that may be a skipped result: `function` turns one into a usable value.

    Any other value stays as it is.

    Examples
    --------
    >>> from typing import Annotated
    >>> Text = Annotated[str | None, skipped_dependency_fallback(lambda skipped: None)]
    """

    def read(value: Any) -> Any:
        return function(value) if is_skipped(value) else value

    return BeforeValidator(read)
