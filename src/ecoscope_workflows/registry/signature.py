"""A task function in, its signature as facts out: parameters, return type, description."""

from __future__ import annotations

import inspect
import re
import typing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.fields import FieldInfo

from ecoscope_workflows.contracts.codecs import Codec, codec_for, holds_frames
from ecoscope_workflows.contracts.foreign_frames import with_contracts
from ecoscope_workflows.contracts.frame_types import written_type
from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.markers import (
    BesideSpec,
    FileInput,
    FromEnvironment,
    OnlyNamedColumns,
    WrittenAs,
)
from ecoscope_workflows.contracts.validation import adapter_of
from ecoscope_workflows.decorators import TaskMetadata, task_metadata
from ecoscope_workflows.errors import Problem, RegistrationError, Where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import TypeAdapter


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED: Any = _Required()


@dataclass(frozen=True)
class Parameter:
    """One parameter of a task.

    Parameters
    ----------
    name
        Its name.
    annotation
        Its type, with pydantic and package metadata.
    default
        Its default, or `REQUIRED`.
    description
        What its ``Field`` says of it; this is part of published forms.
    documentation
        What the docstring of the task says of it, for people.
    hidden
        True where it never stands in a params file: it is bound in the spec or takes its default.
    """

    name: str
    annotation: Any
    default: Any = REQUIRED
    description: str = ""
    documentation: str = ""
    hidden: bool = False

    @property
    def about(self) -> str:
        """Return what there is to say of the parameter."""
        return self.description or self.documentation

    @property
    def required(self) -> bool:
        """Return whether a value must be given."""
        return self.default is REQUIRED

    def _marker(self, kind: type) -> Any:
        found = [item for item in getattr(self.annotation, "__metadata__", ()) if isinstance(item, kind)]
        return found[-1] if found else None

    @property
    def makes_default(self) -> bool:
        """Return whether the default is what a function returns, and so may be another one each time."""
        infos = (item for item in getattr(self.annotation, "__metadata__", ()) if isinstance(item, FieldInfo))
        # An empty list stays one.
        return any(info.default_factory not in (None, list, dict, set) for info in infos)

    @property
    def environment(self) -> FromEnvironment | None:
        """Return the environment variable the value is read from, if any."""
        marker: FromEnvironment | None = self._marker(FromEnvironment)
        return marker

    @property
    def beside_spec(self) -> BesideSpec | None:
        """Return the file beside the spec that the value is in, where the spec does not give it."""
        marker: BesideSpec | None = self._marker(BesideSpec)
        return marker

    @property
    def is_file(self) -> bool:
        """Return whether the value is the path of a file that the task reads."""
        return self._marker(FileInput) is not None

    @property
    def frame(self) -> FrameContract | None:
        """Return the contract of the data frame that the parameter takes, if it takes one."""
        contract: FrameContract | None = self._marker(FrameContract)
        return contract

    @property
    def columns(self) -> frozenset[str] | None:
        """Return the columns of the data frame that the task reads; None where it may read any."""
        schema = self.frame.schema if self.frame and self._marker(OnlyNamedColumns) else None
        said = None if schema is None else written_type(schema)
        if said is None or any(column.regex for column in said.columns.values()):
            return None
        return frozenset(said.columns)

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Return pydantic's validator of the type."""
        return adapter_of(self.annotation)

    @property
    def spec_adapter(self) -> TypeAdapter[Any]:
        """Return pydantic's validator of what a spec may say, where that is more than a form shows."""
        marker: WrittenAs | None = self._marker(WrittenAs)
        return self.adapter if marker is None else adapter_of(marker.annotation)

    @cached_property
    def writable(self) -> bool:
        """Return whether values of the type can be written down, in a spec or in a params file."""
        if holds_frames(self.annotation):
            return False
        try:
            self.adapter.json_schema()
        except PydanticInvalidForJsonSchema:
            return False
        return True


@dataclass(frozen=True)
class TaskInfo:
    """A task as the compiler sees it.

    Parameters
    ----------
    name, module
        Its name, and the module that offers it.
    function
        The task itself.
    parameters
        Its parameters by name.
    returns
        The type of its result.
    metadata
        What is declared of it beside its signature.
    description
        What it does, in a sentence.
    origin
        The package that it comes from, and its version.
    is_upstream
        Whether it is registered with `wt_registry` alone.
    """

    name: str
    module: str
    function: Callable[..., Any]
    parameters: Mapping[str, Parameter]
    returns: Any
    metadata: TaskMetadata
    description: str = ""
    origin: str = ""
    is_upstream: bool = False

    @property
    def path(self) -> str:
        """Return the dotted path that imports the task."""
        return f"{self.module}.{self.name}"

    @cached_property
    def codec(self) -> Codec | None:
        """Return how the result is stored, or None where no file can hold it."""
        return codec_for(self.returns)

    @cached_property
    def result_adapter(self) -> TypeAdapter[Any]:
        """Return pydantic's validator of the result."""
        return adapter_of(self.returns)

    @property
    def where(self) -> Where:
        """Return where the task is defined."""
        code = self.function.__code__
        return Where(code.co_filename, code.co_firstlineno)


def task_info(function: Callable[..., Any], module: str, name: str, origin: str = "") -> TaskInfo:
    """Read the signature of a task that is importable as `name` from `module`.

    Raises
    ------
    RegistrationError
        When a type in the signature cannot be resolved where the function is written.
    """
    where = Where(function.__code__.co_filename, function.__code__.co_firstlineno)
    try:
        types = typing.get_type_hints(function, include_extras=True)
    except Exception as error:  # noqa: BLE001  # a type expression is the author's code and may raise anything
        what = f"the types of task {name!r} cannot be read: {error}"
        hint = "import the names used in annotations outside of `if TYPE_CHECKING:`"
        raise RegistrationError(Problem("EW106", what, where, hint)) from None
    types = {name: with_contracts(annotation) for name, annotation in types.items()}
    documentation = inspect.getdoc(function) or ""
    described = documented_parameters(documentation)
    parameters = {
        parameter.name: _parameter(parameter, types[parameter.name], described.get(parameter.name, ""))
        for parameter in inspect.signature(function).parameters.values()
    }
    return TaskInfo(
        name=name,
        module=module,
        function=function,
        parameters=parameters,
        returns=types["return"],
        metadata=task_metadata(function) or TaskMetadata(),
        description=documentation.partition("\n\n")[0].replace("\n", " "),
        origin=origin,
    )


def documented_parameters(documentation: str) -> dict[str, str]:
    """Return what the section *Parameters* of a numpy-style docstring says of each parameter."""
    section = re.search(
        r"^Parameters\n-+\n(.*?)(?=\n\n\w[^\n]*\n-+\n|\Z)", documentation, re.DOTALL | re.MULTILINE
    )
    described: dict[str, str] = {}
    names: list[str] = []
    # Double backticks are markup for documentation tools; people read one.
    for line in section.group(1).splitlines() if section else []:
        if line and not line[0].isspace():
            names = [name.strip() for name in line.partition(":")[0].split(",")]
        elif line.strip():
            for name in names:
                described[name] = f"{described.get(name, '')} {line.strip()}".strip().replace("``", "`")
    return described


def _parameter(parameter: inspect.Parameter, annotation: Any, documentation: str) -> Parameter:
    default = REQUIRED if parameter.default is parameter.empty else parameter.default
    if isinstance(default, FieldInfo):
        # `x: int = Field(3)` says the same as `x: Annotated[int, Field(default=3)]`.
        annotation, default = Annotated[annotation, default], REQUIRED
    fields = [item for item in getattr(annotation, "__metadata__", ()) if isinstance(item, FieldInfo)]
    description = ""
    hidden = False
    for info in fields:
        if default is REQUIRED and not info.is_required():
            default = info.get_default(call_default_factory=True)
        description = info.description or description
        hidden = hidden or bool(info.exclude)
    return Parameter(parameter.name, annotation, default, description, documentation, hidden)
