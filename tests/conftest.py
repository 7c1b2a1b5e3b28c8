"""Fixtures that every test may use."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from tests.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

# A busy machine is no fault of the program; in CI the same examples are tried every time.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")

# A shell that starts the tests in the background ignores Ctrl-C for them, `nohup` the end of the terminal,
# and so would all they start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

REFERENCE_VARIABLE = "ECOSCOPE_WORKFLOWS_REFERENCE"


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Return the folder of published tracks and results that the numbers are compared with."""
    folder = os.environ.get(REFERENCE_VARIABLE, "")
    if folder:
        path = Path(folder, "data")
        assert path.is_dir(), f"{REFERENCE_VARIABLE}={folder} has no folder 'data'"
        return path
    if os.environ.get("CI"):
        pytest.fail(f"CI must set {REFERENCE_VARIABLE} to the folder of reference data")
    pytest.skip(f"no reference data here: set {REFERENCE_VARIABLE} to its folder to compare with it")


@pytest.fixture(scope="session", autouse=True)
def _own_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the index of installed tasks out of the user's cache."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ECOSCOPE_WORKFLOWS_INDEX", str(tmp_path_factory.mktemp("index")))
        yield


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a headless browser; the page that it shows is the module's own."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have chromium: pages are checked in a real browser")
        pytest.skip("no chromium here: install it to see pages checked in a real browser")
    opened = Browser(program, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep the tests together that share what is made once for their module."""
    from tests.together import Together  # noqa: PLC0415  # needs pytest-xdist, which may be switched off

    return Together(config, log)


# What starts a browser or servers, compares with published data, or runs the commands of documents.
SLOW_FIXTURES = frozenset({"browser", "reference_data", "movebank", "salif_keita", "habiba"})
SLOW_FILES = ("runtime/test_warm_", "docs/test_documents.py", "tasks/io/", "cli/test_image.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the kinds of tests that together take longer than `make check` may."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & SLOW_FIXTURES or any(name in item.path.as_posix() for name in SLOW_FILES):
            item.add_marker(pytest.mark.slow)
