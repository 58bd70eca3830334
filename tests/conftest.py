"""The environment of every test, golden files, and how hard hypothesis tries. Helpers are in `helpers.py`."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

GOLDEN = Path(__file__).parent / "golden"

settings.register_profile(
    "coop",
    max_examples=int(os.environ.get("COOP_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("coop")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what is found to tests/golden")


@pytest.fixture(scope="session", autouse=True)
def _environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache for the whole run, English, 80 columns, and nothing of the developer's own settings."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COOP_CATALOGUE", "COOP_LANG", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "LC_ALL", "BROWSER"):
            patch.delenv(name, raising=False)
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("LANGUAGE", "en")
        patch.setenv("COLUMNS", "80")
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the file of this name in tests/golden; `pytest --update-golden` writes it instead."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.exists(), f"{name} is missing: look at the output, then run pytest --update-golden"
        assert text == path.read_bytes().decode(), f"{name} differs: if it should, run pytest --update-golden"

    return check


_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say how often something was tried: it stands at the end of the run, and in docs/trust.md."""
    return request.config.stash.setdefault(_FIGURES, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for sentence in config.stash.get(_FIGURES, []):
        terminalreporter.write_line(f"tried: {sentence}")
