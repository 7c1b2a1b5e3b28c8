"""Names of templates in, rendered text out: the package's own, or a file of the user's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import Problem, TargetError, Where, did_you_mean

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).with_name("templates")
# Those of the package that a user may name; the others are parts of a folder.
OWN = ("script-sequential.jinja2", "jupytext.jinja2", "airflow-kubernetes.jinja2")


def render(name: str, context: dict[str, Any]) -> str:
    """Render one of the package's templates."""
    return _environment(FOLDER).get_template(name).render(context)


def render_file(path: Path, context: dict[str, Any]) -> str:
    """Render a template of the user's.

    Raises
    ------
    TargetError
        When the file is missing or is no Jinja template; the place is the line in the template.
    """
    import jinja2  # noqa: PLC0415  # as below

    where = Where(str(path))
    try:
        return _environment(path.parent).get_template(path.name).render(context)
    except jinja2.TemplateNotFound as error:
        hint = did_you_mean(path.name, OWN)
        raise TargetError(Problem("EW703", f"there is no template {error.name!r}", where, hint)) from None
    except jinja2.TemplateSyntaxError as error:
        where = Where(error.filename or str(path), error.lineno, 1)
        raise TargetError(Problem("EW703", f"not a template: {error.message}", where)) from None
    except jinja2.TemplateError as error:
        hint = "docs/reference/templates.md lists what a template may use"
        raise TargetError(Problem("EW703", f"cannot be rendered: {error.message}", where, hint)) from None
    except Exception as error:
        # What stands in a template is code of its author's, and may raise anything.
        what = f"cannot be rendered: {type(error).__name__}: {error}"
        raise TargetError(Problem("EW703", what, _raised_in(path, error))) from error


def _raised_in(path: Path, error: Exception) -> Where:
    """Return the line of a template that an exception was raised in, where it was raised in one."""
    import traceback  # noqa: PLC0415  # for a fault alone

    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.lineno and Path(frame.filename).name == path.name]
    return Where(str(path), lines[-1], 1) if lines else Where(str(path))


def _environment(folder: Path) -> jinja2.Environment:
    import jinja2  # noqa: PLC0415  # 60 ms that only a command that renders pays

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # programs, not HTML: `quoting.literal` quotes every value
    )
