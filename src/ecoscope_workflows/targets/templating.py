"""Names of templates in, rendered text out: the package's own, or a file of the user's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import Problem, TargetError, Where, did_you_mean

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).with_name("templates")


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
        hint = did_you_mean(str(path), [item.name for item in FOLDER.iterdir()])
        raise TargetError(Problem("EW703", f"there is no template {error.name!r}", where, hint)) from None
    except jinja2.TemplateSyntaxError as error:
        where = Where(error.filename or str(path), error.lineno, 1)
        raise TargetError(Problem("EW703", f"not a template: {error.message}", where)) from None
    except jinja2.TemplateError as error:
        hint = "docs/reference/templates.md lists what a template may use"
        raise TargetError(Problem("EW703", f"cannot be rendered: {error.message}", where, hint)) from None


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
