"""Imports go down only, and a run imports no more than it needs."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from helpers import ROOT, coop

SOURCE = ROOT / "src"
FILES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((SOURCE / "coopcli").rglob("*.py"))
}
# What a part of the program may not know of, besides the parts above it.
MAY_NOT_KNOW = {
    "coopcli.formats": ("models", "loading", "compiling", "index", "selection", "search"),
    "coopcli.models": ("formats", "loading", "compiling", "index", "selection", "search", "fields"),
    "coopcli.index": ("selection", "search", "formats", "fields"),
    "coopcli.vocabulary": ("formats", "models", "loading", "index", "selection", "search", "fields", "errors"),
    "coopcli.text": ("formats", "models", "loading", "index", "selection", "search", "fields", "errors", "vocabulary"),
}


def imported(path: Path) -> set[str]:
    """The modules of coopcli that a file imports, wherever in it, but not those for the type checker alone."""
    names = set()
    for node in ast.walk(_without_type_checking(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names & FILES.keys()


def _without_type_checking(tree: ast.Module) -> ast.Module:
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
    ]
    return tree


IMPORTS = {name: imported(path) - {name} for name, path in FILES.items()}


def test_nobody_imports_the_command_line_but_its_entry_point() -> None:
    above = {name for name, names in IMPORTS.items() if any(each.startswith("coopcli.cli") for each in names)}
    assert {name for name in above if not name.startswith("coopcli.cli")} == {"coopcli.__main__"}


@pytest.mark.parametrize("part", MAY_NOT_KNOW)
def test_imports_go_down_only(part: str) -> None:
    forbidden = tuple(f"coopcli.{name}" for name in MAY_NOT_KNOW[part])
    wrong = {
        (name, each)
        for name, names in IMPORTS.items()
        if name == part or name.startswith(f"{part}.")
        for each in names
        if each in forbidden or each.startswith(tuple(f"{name}." for name in forbidden))
    }
    assert wrong == set()


def test_no_module_imports_itself_by_way_of_others() -> None:
    # A package's __init__ is no part of the circle of those who import a module out of it.
    order = list(TopologicalSorter({name: names - {"coopcli"} for name, names in IMPORTS.items()}).static_order())
    assert set(order) >= FILES.keys() - {"coopcli"}


@pytest.mark.parametrize(
    ("arguments", "unloaded"),
    [
        (["list"], {"pydantic", "rich", "coopcli.models", "coopcli.loading", "tomli_w"}),
        (["list", "-f", "json"], {"pydantic", "rich", "coopcli.models", "csv"}),
        (["stats", "theme"], {"pydantic", "rich", "coopcli.models"}),
        (["show", "epic"], {"pydantic", "rich", "coopcli.models"}),
        (["list", "-f", "table"], {"pydantic", "coopcli.models"}),
        (["--version"], {"pydantic", "rich", "coopcli.models", "coopcli.index", "sqlite3"}),
        (["--help"], {"pydantic", "rich", "coopcli.models", "coopcli.index", "sqlite3"}),
    ],
    ids=" ".join,
)
def test_a_run_on_a_warm_index_imports_no_more_than_it_needs(arguments: list[str], unloaded: set[str]) -> None:
    coop(*arguments)
    done = coop(*arguments, python=("-X", "importtime"))
    assert done.code == 0
    loaded = {line.rsplit("|", 1)[1].strip() for line in done.err.splitlines() if "|" in line}
    assert {"typer", "coopcli.cli.run"} <= loaded
    assert loaded & unloaded == set()
