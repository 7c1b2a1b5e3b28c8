"""A view in, what the catalog of Snakemake workflows wants in a folder beside the workflow out.

The catalog lists a repository under "standardised usage" where it has ``workflow/Snakefile``,
``config/README.md`` and these two files; snakemake.github.io/snakemake-workflow-catalog says so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecoscope_workflows.targets.lines import markdown
from ecoscope_workflows.targets.templating import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.targets.view import View

README = "README.md"
SETTINGS = ".snakemake-workflow-catalog.yml"


def catalog_files(view: View, *, conda: bool = False, image: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the files of a folder that the catalog reads, and their texts.

    Parameters
    ----------
    view
        The workflow.
    conda, image
        Whether its rules name a conda environment, and an image that others can fetch.
    """
    context = {
        "name": markdown(view.name),
        "description": markdown(view.description),
        "version": view.version,
        "conda": json.dumps(conda),
        "image": json.dumps(image),
        "both": json.dumps(conda and image),
    }
    yield README, render("catalog_readme.jinja2", context)
    yield SETTINGS, render("catalog.jinja2", context)
