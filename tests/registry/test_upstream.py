"""Tasks registered with the real `wt_registry` stand in the catalog beside the built-in ones."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from ecoscope_workflows.contracts.codecs import FrameCodec, codec_for
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.errors import Problem, RegistrationError, SpecError
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.signature import TaskInfo
from ecoscope_workflows.registry.upstream import is_registered
from ecoscope_workflows.runtime.fingerprint import reached
from ecoscope_workflows.runtime.jobs import load_task
from ecoscope_workflows.spec.load import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph
    from ecoscope_workflows.registry.catalog import Catalog

REGISTERED = "from wt_registry import register\n\n\n@register()\n"


def found(catalog: Catalog, name: str) -> TaskInfo:
    task = catalog.find(name)
    assert isinstance(task, TaskInfo), task
    return task


def refused(catalog: Catalog, name: str) -> Problem:
    problem = catalog.find(name)
    assert isinstance(problem, Problem), problem
    return problem


def graph_of(catalog: Catalog, workflow: str) -> Graph:
    return resolve(parse_spec(f"id: birds\nrequirements: []\nworkflow:\n{workflow}", "spec.yaml"), catalog)


def test_a_registered_task_is_found_by_its_name_at_its_public_path(birds: Catalog) -> None:
    task = found(birds, "get_rings")
    assert task.path == "birdkit.tasks.get_rings"
    assert task.origin == "birdkit 2.0"


def test_built_in_tasks_stay_where_they_were(birds: Catalog) -> None:
    path = "ecoscope_workflows.tasks.analysis.calculate_time_density"
    assert found(birds, "calculate_time_density").path == path


def test_what_the_registry_says_of_a_task_is_kept(birds: Catalog) -> None:
    rings, wing = found(birds, "get_rings"), found(birds, "wing")
    assert rings.description == "Read the birds that were ringed."
    assert rings.metadata.tags == ("io",)
    assert wing.description == "Deprecated. Use `mean_wing`. Return the mean length of the wings."
    assert found(birds, "mean_wing").description == "Return the mean length of the wings."


def test_parameters_and_their_descriptions_are_read_from_the_signature(birds: Catalog) -> None:
    species, count = found(birds, "get_rings").parameters.values()
    assert (species.description, species.required) == ("The species to read.", True)
    assert count.default == 3
    assert found(birds, "mean_wing").parameters["unit"].default is None


@pytest.mark.parametrize("name", ["birdkit.tasks.count_nests", "birdkit.tasks._ringing.count_nests"])
def test_a_dotted_path_may_name_any_module_that_offers_the_task(birds: Catalog, name: str) -> None:
    assert found(birds, name).path == "birdkit.tasks.count_nests"


def test_a_name_that_two_packages_use_must_be_dotted(birds: Catalog) -> None:
    problem = refused(birds, "load_relocations")
    assert problem.code == "EW302"
    assert "ecoscope_workflows.tasks.io.load_relocations (from ecoscope-workflows" in problem.hint
    assert "birdkit.tasks.load_relocations (from birdkit 2.0)" in problem.hint
    assert found(birds, "birdkit.tasks.load_relocations").origin == "birdkit 2.0"


def test_a_condition_is_no_task_and_stands_in_nobodys_way(birds: Catalog) -> None:
    problem = refused(birds, "never")
    assert problem.code == "EW103"
    assert problem.what == (
        "'never' cannot be used as a task: parameter '*args' of task 'never' cannot be given by name"
    )


def test_a_function_without_annotations_is_refused_only_where_a_spec_uses_it(birds: Catalog) -> None:
    problem = refused(birds, "birdkit.tasks._ringing.draws")
    assert problem.code == "EW104"
    with pytest.raises(SpecError) as caught:
        graph_of(birds, "  - {id: drawn, task: draws}\n")
    (reported,) = caught.value.problems
    assert (reported.code, str(reported.where)) == ("EW104", "spec.yaml:4:23")


def test_data_frames_of_other_libraries_are_frames_here(birds: Catalog) -> None:
    assert type_name(found(birds, "get_rings").returns) == "data frame (Rings) or data frame (Empty)"
    assert type_name(found(birds, "find_nests").returns) == "spatial data frame"
    assert type_name(found(birds, "wing").parameters["rings"].annotation) == "data frame"
    assert codec_for(found(birds, "get_rings").returns) == FrameCodec()
    assert found(birds, "find_nests").parameters["rings"].frame is not None


def test_a_frame_is_checked_against_the_schema_of_its_own_library(birds: Catalog) -> None:
    adapter = found(birds, "find_nests").parameters["rings"].adapter
    good = pd.DataFrame({"ring": ["a"], "wing_mm": [1.0]})
    assert adapter.validate_python(good) is not None
    with pytest.raises(ValueError, match="column 'wing_mm': is missing"):
        adapter.validate_python(good.drop(columns="wing_mm"))


def test_what_a_signature_adds_to_a_frame_still_happens(birds: Catalog) -> None:
    rings = found(birds, "mean_wing").parameters["rings"]
    frame = rings.adapter.validate_python(pd.DataFrame({"ring": ["a"], "wing_mm": [150.25]}))
    assert list(frame["wing_mm"]) == [150.0]


def test_a_spec_uses_registered_tasks_beside_built_in_ones(birds: Catalog) -> None:
    graph = graph_of(
        birds,
        "  - {id: rings, task: get_rings}\n"
        "  - {id: nests, task: find_nests, partial: {rings: '${{ workflow.rings.return }}'}}\n"
        "  - id: page\n"
        "    task: ecoscope_workflows.tasks.readme.draw_ecomap\n"
        "    partial: {geodataframe: '${{ workflow.nests.return }}'}\n",
    )
    assert [node.task.module for node in graph] == [
        "birdkit.tasks",
        "birdkit.tasks",
        "ecoscope_workflows.tasks.readme",
    ]
    assert list(ParamsModel.of(graph).instances["rings"].free) == ["species", "birds"]


def test_a_missing_frame_is_reported_as_for_built_in_tasks(birds: Catalog) -> None:
    with pytest.raises(SpecError, match=r"count needs 'nests' \(data frame \(Nests\)\)"):
        graph_of(birds, "  - {id: count, task: count_nests}\n")


def test_a_run_finds_a_registered_task(birds: Catalog) -> None:
    function = found(birds, "count_nests").function
    assert is_registered(function)
    assert load_task("birdkit.tasks:count_nests").function is function


def test_a_run_refuses_what_is_not_registered(birds: Catalog) -> None:
    assert not is_registered(found)
    assert birds.unusable
    with pytest.raises(RegistrationError, match="did you mean 'count_nests'"):
        load_task("birdkit.tasks:count_nest")


def test_the_version_of_the_registry_is_no_part_of_a_fingerprint(birds: Catalog) -> None:
    task = found(birds, "get_rings")
    packages = {name for name, _ in reached(task.module, task.name).packages}
    assert "pandas" in packages
    assert "wt_registry" not in packages


def test_a_task_marked_both_ways_is_one_task(
    catalog_of: Callable[..., Catalog], new_site: Callable[..., Path]
) -> None:
    source = (
        "from ecoscope_workflows.decorators import distributed\n"
        "from wt_registry import register\n\n\n"
        "@register(tags=['theirs'])\n@distributed(tags=['ours'], retries=2)\n"
        "def both(count: int) -> int:\n    return count\n"
    )
    site = new_site("bothkit", source, "both = bothkit", "[ecoscope_workflows]", "both = bothkit")
    task = found(catalog_of(site), "both")
    assert (task.metadata.tags, task.metadata.retries) == (("ours",), 2)


def test_a_task_nobody_offers_publicly_is_known_by_the_module_it_is_written_in(
    catalog_of: Callable[..., Catalog], new_site: Callable[..., Path]
) -> None:
    hidden = new_site("hiddenkit", f"{REGISTERED}def deep(count: int) -> int:\n    return count\n", "[none]")
    offering = new_site("offerkit", "import hiddenkit as _hidden\n")
    assert found(catalog_of(hidden, offering), "deep").path == "hiddenkit.deep"


def test_a_package_of_another_name_may_offer_the_task(
    catalog_of: Callable[..., Catalog], new_site: Callable[..., Path]
) -> None:
    hidden = new_site("hiddenkit", f"{REGISTERED}def deep(count: int) -> int:\n    return count\n", "[none]")
    offering = new_site("offerkit", "from hiddenkit import deep\n\n__all__ = ['deep']\n")
    assert found(catalog_of(hidden, offering), "deep").path == "offerkit.deep"


def test_a_task_that_no_name_leads_to_is_unusable(
    catalog_of: Callable[..., Catalog], new_site: Callable[..., Path]
) -> None:
    source = (
        "from wt_registry import register\n\n\ndef make() -> None:\n"
        "    @register()\n    def inner(count: int) -> int:\n        return count\n\n\nmake()\n"
    )
    problem = refused(catalog_of(new_site("innerkit", source)), "make.<locals>.inner")
    assert problem.code == "EW301"
    catalog = catalog_of()
    assert any("cannot be imported by its name" in fault.what for fault in catalog.unusable.values())


def test_a_package_that_cannot_be_imported_is_named(
    catalog_of: Callable[..., Catalog], new_site: Callable[..., Path]
) -> None:
    site = new_site("brokenkit", "import no_such_library_anywhere\n")
    with pytest.raises(RegistrationError, match=r"the tasks of brokenkit 2\.0 cannot be imported") as caught:
        catalog_of(site)
    assert caught.value.problems[0].code == "EW108"


def test_reading_the_catalog_imports_nothing_that_the_packages_do_not(
    new_site: Callable[..., Path],
) -> None:
    site = new_site("lightkit", f"{REGISTERED}def light(count: int) -> int:\n    return count\n")
    code = (
        "import sys\nfrom ecoscope_workflows.registry.catalog import installed_catalog\n"
        "print(installed_catalog().find('light').path)\n"
        "print([n for n in ('pandas', 'pandera', 'geopandas', 'numpy') if n in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "lightkit.light\n[]\n"
