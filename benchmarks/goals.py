"""The measured tables in, what was to be reached and what is out: one row for each promise of speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

HEADER = ["work", "against", "goal", "measured", "reached", "peak MB"]


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one run of all benchmarks.

    Parameters
    ----------
    found
        The rows of each table by its title; the first row is the header.
    """

    found: Mapping[str, Sequence[Sequence[str]]]

    def number(self, title: str, row: str, column: str) -> float:
        """Return the number in a cell."""
        return float(self.text(title, row, column))

    def text(self, title: str, row: str, column: str) -> str:
        """Return what stands in a cell."""
        header, *body = self.found[title]
        line = next(line for line in body if line[0] == row)
        return line[header.index(column)]

    def ratio(self, title: str, row: str, unit: str, column: str) -> float:
        """Return a cell divided by another one of its column."""
        return self.number(title, row, column) / self.number(title, unit, column)


@dataclass(frozen=True, slots=True)
class Goal:
    """One promise.

    Parameters
    ----------
    work, against
        What is measured, and what it is compared with.
    limit
        What is to be reached.
    measured
        Takes the figure from the tables.
    peak
        The table and row whose peak memory stands beside it.
    unit
        Of the figure.
    most
        Whether the limit is the most that it may be; else it is the least.
    """

    work: str
    against: str
    limit: float
    measured: Callable[[Tables], float]
    peak: tuple[str, str]
    unit: str = " s"
    most: bool = True

    def row(self, tables: Tables) -> list[str]:
        """Return the row of the table."""
        figure = self.measured(tables)
        reached = figure <= self.limit if self.most else figure >= self.limit
        bound = "at most" if self.most else "at least"
        goal, found = (f"{number:.3g}{self.unit}" for number in (self.limit, figure))
        peak = tables.text(*self.peak, "peak MB")
        return [self.work, self.against, f"{bound} {goal}", found, "yes" if reached else "no", peak]


JOBS = "A hundred jobs with geopandas"
NO_OP = "A start of Snakemake with nothing to do"
CUT_OFF = "Everything forced to run again, and one param of the last task"
COMPILE = "Compiling a spec"
PLAN = "What a run would do, and a run with nothing to do"
SUBJECTS = "The published subject-tracking workflow on two cores"
START, READING = "Starting up", "Reading a Snakefile"
TRACKS = "Tracks of real sizes"
SITE = "An EarthRanger site far away"
SMALL, LARGE = "100 tasks of 4,000 fixes", "24 densities of 120,000 fixes"
UNCHANGED = "ecoscope-workflows run, nothing has changed"
DOWNLOAD = "get_subjectgroup_observations"
LESS, LESS_CPU, TIMES, CPU = " times less wall", " times less CPU", " times", " s CPU"


def _times_less(title: str, row: str, unit: str) -> Callable[[Tables], float]:
    return lambda tables: tables.ratio(title, unit, row, "wall s")


def _cell(title: str, row: str, column: str) -> Callable[[Tables], float]:
    return lambda tables: tables.number(title, row, column)


def _last_param(tables: Tables) -> float:
    seconds = [tables.number(CUT_OFF, f"{SMALL}, {run}", "wall s") for run in ("last param", "nothing")]
    return seconds[0] - seconds[1]


def _jobs(shape: str, words: str) -> Goal:
    row = f"{shape}, compiled"
    by_hand = "the same rules by hand, with `python` and geopandas in each"
    measured = _cell(JOBS, row, "by hand / wall")
    return Goal(f"100 geopandas tasks {words}", by_hand, 10, measured, (JOBS, row), LESS, most=False)


def _forced(work: str) -> Goal:
    row = f"{work}, all forced"
    measured = _times_less(CUT_OFF, row, f"{work}, full run")
    return Goal(f"forced rerun of {work}", "a full run", 10, measured, (CUT_OFF, row), LESS, most=False)


def _compiled(instances: int, times: float, published: str) -> Goal:
    row = f"{instances} instances"
    measured = _cell(COMPILE, row, "published / CPU s")
    against = f"the published compiler, {published}"
    return Goal(f"compile of {row}", against, times, measured, (COMPILE, row), LESS_CPU, most=False)


def _track(row: str, published: str, seconds: float) -> Goal:
    against = f"the published implementation, {published}"
    return Goal(row, against, seconds, _cell(TRACKS, row, "CPU s"), (TRACKS, row), CPU)


GOALS = [
    _jobs("chain", "in a chain"),
    _jobs("parallel", "side by side"),
    Goal(
        "no-op of 100 rules",
        "the same Snakefile with constants",
        1.15,
        lambda tables: tables.ratio(NO_OP, "fingerprints", "constants", "wall s"),
        (NO_OP, "fingerprints"),
        TIMES,
    ),
    _forced(SMALL),
    _forced(LARGE),
    Goal(
        "one param of the last task changed",
        "a start of Snakemake with nothing to do",
        2.0,
        _last_param,
        (CUT_OFF, f"{SMALL}, last param"),
        " s more",
    ),
    _compiled(50, 5, "1.7 s"),
    _compiled(500, 4, "2.85 s"),
    Goal(
        "`plan` of 100 instances",
        "`snakemake -n`",
        5,
        _times_less(PLAN, "`plan`", "nothing has changed: `snakemake -n`"),
        (PLAN, "`plan`"),
        LESS,
        most=False,
    ),
    Goal(
        "subject-tracking on two cores, cold",
        "the script target",
        0.7,
        _cell(SUBJECTS, "Snakemake", "wall / script"),
        (SUBJECTS, "Snakemake"),
        TIMES,
    ),
    Goal(
        "subject-tracking, nothing has changed",
        "the script target",
        0.1,
        _cell(SUBJECTS, UNCHANGED, "wall / script"),
        (SUBJECTS, UNCHANGED),
        TIMES,
    ),
    _track("1,000,000 fixes → trajectory, whole process", "13.8 s", 1.7),
    _track("1,000,000 fixes → trajectory, warm", "13.8 s", 1.7),
    _track("time density, 21,073 segments, 547 m, whole process", "7.97 s", 0.45),
    _track("time density, 21,073 segments, 547 m, warm", "7.97 s", 0.45),
    _track("time density, 50,000 segments, automatic cell size", "36.3 s and 7,900 MB", 1.5),
    _track("time density, wrong fix (Toni), automatic cell size", "out of 23,000 MB", 1.0),
    _track("night/day ratio, 922 days", "27.1 s", 0.02),
    _track("line density, 21,073 segments", "139.8 s", 0.1),
    Goal(
        "EarthRanger, 40 subjects, 100,000 observations, 80 ms",
        "the published client, 23.9 s",
        2.0,
        _cell(SITE, DOWNLOAD, "wall s"),
        (SITE, DOWNLOAD),
    ),
    Goal(
        "requests for these",
        "the published client, 85",
        45,
        _cell(SITE, DOWNLOAD, "requests"),
        (SITE, DOWNLOAD),
        "",
    ),
    Goal("`--help`", "nothing", 0.15, _cell(START, "`--help`", "wall s"), (START, "`--help`")),
    Goal("`tasks`", "nothing", 0.3, _cell(START, "`tasks`", "wall s"), (START, "`tasks`")),
    Goal(
        "reading the Snakefile of the dashboard",
        "the same rules with constants",
        1.1,
        _cell(READING, "compiled", "CPU / by hand"),
        (READING, "compiled"),
        TIMES,
    ),
]


def rows(found: Mapping[str, Sequence[Sequence[str]]]) -> list[list[str]]:
    """Return the header and a row for each goal."""
    tables = Tables(found)
    return [HEADER, *(goal.row(tables) for goal in GOALS)]
