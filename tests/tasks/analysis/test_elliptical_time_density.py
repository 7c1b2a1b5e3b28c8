from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from ecoscope_workflows.tasks.analysis import _elliptical_time_density as etd
from ecoscope_workflows.tasks.analysis import _speed_tables as tables
from ecoscope_workflows.tasks.analysis._elliptical_time_density import Grid, grid_around, time_density
from ecoscope_workflows.tasks.analysis._planar_segments import PlanarSegments
from ecoscope_workflows.tasks.analysis._speed_tables import FormulaTable, PublishedTable, SpeedTable
from ecoscope_workflows.tasks.analysis._weibull import Weibull, fit_weibull

METHODS = [PublishedTable, FormulaTable]
Method = type[PublishedTable | FormulaTable]


def table_for(method: Method, segments: PlanarSegments) -> SpeedTable:
    speeds = segments.speeds * 1000.0
    return method(fit_weibull(speeds), 1.05 * float(speeds.max()))


def spread_over_all_cells(segments: PlanarSegments, grid: Grid, table: SpeedTable) -> np.ndarray:
    """Evaluate every cell of the grid for every segment, as the method is written down."""
    x = grid.x_min + (np.arange(grid.columns) + 0.5) * grid.pixel_size
    y = grid.y_max - (np.arange(grid.rows) + 0.5) * grid.pixel_size
    total = np.zeros((grid.rows, grid.columns))
    for start, end, hours in zip(segments.start, segments.end, segments.hours, strict=True):
        way = np.hypot(x - start[0], y[:, None] - start[1]) + np.hypot(x - end[0], y[:, None] - end[1])
        straight = np.array([np.hypot(*(end - start)) / hours])
        values = table.values(way[None] / hours, straight)[0]
        total += values / values.sum() * table.weight(np.array([hours]))
    return np.asarray(total / total.sum())


@pytest.mark.parametrize("method", METHODS)
def test_equals_the_evaluation_of_every_cell_for_every_segment(
    method: Method, planar_walk: PlanarSegments
) -> None:
    table = table_for(method, planar_walk)
    grid = grid_around(planar_walk, 100.0, 1.3)
    raster = time_density(planar_walk, grid, table)
    expected = spread_over_all_cells(planar_walk, grid, table)
    assert np.abs(raster.density - expected).max() < 1e-8 * expected.max()
    assert raster.density.sum() == pytest.approx(1.0, abs=1e-12)
    assert (raster.unreachable, raster.between_cells) == (0, 0)


@pytest.mark.parametrize("pixel_size", [50.0, 100.0, 1000.0])
def test_boxes_that_are_added_at_once_give_what_each_by_itself_gives(
    planar_walk: PlanarSegments, pixel_size: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = table_for(PublishedTable, planar_walk)
    # Not widened, so that boxes reach to the edges of the grid.
    grid = grid_around(planar_walk, pixel_size, 1.0)
    at_once = time_density(planar_walk, grid, table)
    monkeypatch.setattr(etd, "SMALL_BOX", 0)
    one_by_one = time_density(planar_walk, grid, table)
    assert np.abs(at_once.density - one_by_one.density).max() <= 1e-13 * one_by_one.density.max()
    monkeypatch.setattr(etd, "SMALL_BOX", 10**9)
    monkeypatch.setattr(etd, "MAX_SPREAD", 10**9)
    all_at_once = time_density(planar_walk, grid, table)
    assert np.abs(all_at_once.density - one_by_one.density).max() <= 1e-13 * one_by_one.density.max()


@pytest.mark.parametrize("method", METHODS)
def test_a_straight_segment_gives_a_map_that_is_its_own_mirror_image(method: Method) -> None:
    segment = PlanarSegments(
        np.array([[-1000.0, 0.0]]), np.array([[1000.0, 0.0]]), np.array([1.0]), np.array([2.0])
    )
    grid = Grid(-3000.0, 2000.0, 50.0, 80, 120)
    density = time_density(segment, grid, method(Weibull(1.2, 2000.0), 5000.0)).density
    assert density.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.abs(density - density[::-1]).max() <= 1e-15
    assert np.abs(density - density[:, ::-1]).max() <= 1e-15


def test_a_long_segment_weighs_by_its_duration_in_the_formula_and_by_the_inverse_as_published() -> None:
    start = np.array([[0.0, 0.0], [50_000.0, 0.0]])
    segments = PlanarSegments(
        start, start + np.array([500.0, 0.0]), np.array([1.0, 4.0]), np.array([0.5, 0.125])
    )
    grid = Grid(-20_000.0, 20_000.0, 100.0, 400, 900)
    for method, share in ((FormulaTable, 0.8), (PublishedTable, 0.2)):
        density = time_density(segments, grid, method(Weibull(1.5, 300.0), 900.0)).density
        assert density[:, 450:].sum() == pytest.approx(share, abs=1e-9)


class RecordingTable:
    """A table that notes the size of every block it is asked for."""

    def __init__(self, table: SpeedTable) -> None:
        self.table = table
        self.blocks: list[int] = []
        self.reach = table.reach
        self.weight = table.weight

    def values(self, needed: tables.Floats, straight: tables.Floats) -> tables.Floats:
        self.blocks.append(needed.size)
        return self.table.values(needed, straight)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("chunk_cells", [1, 700, 20_000])
def test_no_block_is_larger_than_a_chunk_or_a_row_and_the_map_stays_the_same(
    method: Method, chunk_cells: int, planar_walk: PlanarSegments
) -> None:
    table = RecordingTable(table_for(method, planar_walk))
    grid = grid_around(planar_walk, 50.0, 1.3)
    raster = time_density(planar_walk, grid, table, chunk_cells=chunk_cells)
    assert max(table.blocks) <= max(chunk_cells, grid.columns)
    assert sum(table.blocks) >= raster.visited
    whole = time_density(planar_walk, grid, table.table, chunk_cells=10**9)
    assert np.abs(raster.density - whole.density).max() < 1e-14


@pytest.mark.parametrize("method", METHODS)
def test_memory_beside_the_raster_is_bounded_by_the_chunk(method: Method) -> None:
    # One segment of ten hours whose ellipse covers the whole grid of a million cells.
    segments = PlanarSegments(np.zeros((1, 2)), np.full((1, 2), 500.0), np.array([10.0]), np.array([1.0]))
    grid = Grid(-500.0, 1500.0, 2.0, 1000, 1000)
    table = method(Weibull(1.0, 1000.0), 5000.0)
    chunk = 50_000
    tracemalloc.start()
    raster = time_density(segments, grid, table, chunk_cells=chunk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert raster.visited == grid.rows * grid.columns
    assert peak < raster.density.nbytes + 8 * chunk * 8 + 200_000


@pytest.mark.parametrize("method", METHODS)
def test_the_work_does_not_grow_with_the_speed_of_an_outlier(
    method: Method, planar_walk: PlanarSegments, monkeypatch: pytest.MonkeyPatch
) -> None:
    weibull = fit_weibull(planar_walk.speeds * 1000.0)
    grid = Grid(-50_000.0, 50_000.0, 100.0, 1000, 1000)
    visited = [time_density(planar_walk, grid, method(weibull, fastest)).visited for fastest in (60e3, 600e3)]
    assert visited[1] == pytest.approx(visited[0], rel=0.01)
    monkeypatch.setattr(tables, "TRUNCATION", 0.0)
    untruncated = time_density(planar_walk, grid, method(weibull, 60e3))
    assert untruncated.visited > 5 * visited[0]


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_fix_leaves_the_work_far_below_that_of_the_whole_grid(method: Method) -> None:
    random = np.random.default_rng(11)
    at = np.cumsum(random.weibull(1.2, (4001, 1)) * 700.0 * random.normal(0.0, 0.7, (4001, 2)), axis=0)
    # 85 km away, so that two segments of 85 km/h stand among some of 1 km/h.
    fixes = np.concatenate([at, at[-1:] + 60_000.0, at[-1:]])
    speeds = np.hypot(*np.diff(fixes, axis=0).T) / 1000.0
    segments = PlanarSegments(fixes[:-1], fixes[1:], np.ones(speeds.size), speeds)
    raster = time_density(segments, grid_around(segments, 500.0, 1.3), table_for(method, segments))
    assert raster.visited < 0.05 * speeds.size * raster.density.size


def test_segments_without_a_cell_centre_or_too_long_for_their_time_are_counted() -> None:
    start = np.array([[10.0, 10.0], [0.0, 0.0], [0.0, 0.0]])
    end = np.array([[11.0, 10.0], [900.0, 0.0], [9000.0, 0.0]])
    # The first stays within metres between four centres; the third is 9 km/h where 2 km/h are possible.
    segments = PlanarSegments(start, end, np.array([0.01, 1.0, 1.0]), np.array([0.1, 0.9, 1.9]))
    raster = time_density(
        segments, Grid(-5000.0, 5000.0, 100.0, 100, 150), PublishedTable(Weibull(1.2, 900.0), 2000.0)
    )
    assert (raster.between_cells, raster.unreachable) == (1, 1)
    assert raster.density.sum() == pytest.approx(1.0, abs=1e-12)


def test_a_raster_that_no_segment_reaches_is_zero() -> None:
    segments = PlanarSegments(np.zeros((1, 2)), np.array([[9000.0, 0.0]]), np.array([1.0]), np.array([1.0]))
    raster = time_density(
        segments, Grid(0.0, 0.0, 100.0, 10, 10), PublishedTable(Weibull(1.2, 900.0), 2000.0)
    )
    assert not raster.density.any()
    assert raster.unreachable == 1


def test_the_grid_is_the_bounds_widened_about_their_middle() -> None:
    segments = PlanarSegments(
        np.array([[100.0, 200.0]]), np.array([[1100.0, 700.0]]), np.array([1.0]), np.array([1.0])
    )
    grid = grid_around(segments, 60.0, 1.3)
    assert (grid.x_min, grid.y_max) == pytest.approx((-50.0, 775.0))
    assert (grid.rows, grid.columns) == (11, 22)


@pytest.mark.parametrize("extent", [(3e6, 2e6), (5e6, 1.0), (1.0, 7.7e6), (123_456.7, 987_654.3)])
def test_a_grid_beyond_the_memory_budget_names_a_pixel_size_that_fits(
    extent: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(etd, "MAX_GRID_CELLS", 10_000)
    segments = PlanarSegments(np.zeros((1, 2)), np.array([extent]), np.array([1.0]), np.array([1.0]))
    with pytest.raises(
        ValueError, match=r"cells .* than the 10,000 that fit in memory; use pixel_size >= "
    ) as error:
        grid_around(segments, 0.05, 1.0)
    size = float(str(error.value).split(">= ")[1].split(",")[0])
    grid = grid_around(segments, size, 1.0)
    assert grid.rows * grid.columns <= 10_000
    with pytest.raises(ValueError, match="fit in memory"):
        grid_around(segments, 0.97 * size, 1.0)
