"""Which projects a selection means; what a word may mean; and what is said of a word that means nothing."""

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopcli import words
from coopcli.fields import Record
from coopcli.index import open_index
from coopcli.selection import FILTERS, Selection, projects
from helpers import DATA, coop_inside
from strategies import catalogues

PROJECTS: list[Record] = json.loads(DATA.read_text(encoding="utf-8"))["projects"]


def ids(*arguments: str) -> list[str]:
    done = coop_inside("list", "-q", *arguments)
    assert done.code == 0, done.err
    return done.out.split()


@pytest.mark.parametrize(
    ("filter_", "spellings"),
    [
        (
            "theme",
            ["migrazioni-e-sviluppo", "MIGRAZIONI", "Migration and development", "diaspora", "migr"],
        ),
        ("country", ["MZ", "mz", "Mozambico", "Mozambique", "mozambic"]),
        ("country", ["MM", "Myanmar", "Birmania", "Burma"]),
        ("country", ["PS", "Palestina", "Palestine"]),
        ("sdg", ["11", "città e comunità sostenibili", "citta", "Sustainable cities and communities"]),
        ("status", ["ended", "concluso", "Conclus"]),
        ("role", ["lead", "capofila"]),
        ("partner", ["celim", "CELIM", "Centro Laici Italiani"]),
        ("funder", ["aics", "Agenzia Italiana per la Cooperazione"]),
    ],
)
def test_a_value_has_many_spellings(filter_: str, spellings: list[str]) -> None:
    expected = ids(f"--{filter_}", spellings[0])
    assert expected
    assert {spelling: ids(f"--{filter_}", spelling) for spelling in spellings} == dict.fromkeys(spellings, expected)


def test_the_same_filter_twice_means_either_and_two_filters_mean_both() -> None:
    kenya, italy, ended = set(ids("-c", "KE")), set(ids("-c", "IT")), set(ids("--status", "ended"))
    assert set(ids("-c", "KE", "-c", "IT")) == kenya | italy
    assert set(ids("-c", "IT", "--status", "ended")) == italy & ended


def test_a_part_of_a_partners_name_may_mean_several() -> None:
    expected = [
        project["id"]
        for project in PROJECTS
        if any(
            part["organisation"].startswith("universita") and part["role"] != "funder"
            for part in project["participants"]
        )
    ]
    assert len(expected) > 1
    assert set(expected) <= set(ids("--partner", "università"))


def test_the_order_is_the_pages_unless_another_is_asked_for() -> None:
    page = [project["id"] for project in PROJECTS]
    assert ids() == page
    assert ids("--reverse") == page[::-1]
    assert ids("--sort", "id") == sorted(page)
    assert ids("-n", "3") == page[:3]
    starts = [project.get("start") for project in PROJECTS]
    by_start = ids("--sort", "start")
    assert by_start[0] == page[starts.index(min(filter(None, starts)))]
    assert by_start[-1] == ids("--sort", "start", "--reverse")[-1] == page[starts.index(None)]


@pytest.mark.parametrize(
    ("year", "expected"), [("2013", ["funzionari-senza-frontiere"]), ("2025", ["funzionari-senza-frontiere"])]
)
def test_a_year_is_one_in_which_a_project_was_active(year: str, expected: list[str]) -> None:
    assert ids("--year", year, "--on", "2026-11-22") == expected


@pytest.mark.parametrize("year", ["0000", "1999", "9999"])
def test_a_year_without_projects_is_an_empty_answer(year: str) -> None:
    done = coop_inside("list", "--year", year)
    assert (done.code, done.out, done.err) == (1, "", "Nothing matched.\n")


def test_a_limit_of_nothing_is_an_empty_answer() -> None:
    done = coop_inside("list", "-n", "0", "-f", "json")
    assert (done.code, done.out) == (1, "[]\n")


THEMES = (
    "sicurezza-alimentare, migrazioni-e-sviluppo, sviluppo-urbano-sostenibile, turismo-responsabile, "
    "educazione-alla-cittadinanza-globale"
)
WRONG = {
    "list -t zzz": f"--theme: “zzz” is not known. It may be {THEMES}.",
    "list -t %%": f"--theme: “%%” is not known. It may be {THEMES}.",
    "list -t turisme": f"--theme: “turisme” is not known. Did you mean turismo-responsabile (ecoturismo)? "
    f"It may be {THEMES}.",
    "list -t sviluppo": "--theme: “sviluppo” may mean migrazioni-e-sviluppo, sviluppo-urbano-sostenibile. "
    "Write a little more of it.",
    "list -c zz": "--country: “zz” is not known. See what there is with: coop stats country",
    "list -c Mozambisco": "--country: “Mozambisco” is not known. "
    "Did you mean MZ (Mozambico), ZM (Zambia), MC (Monaco)? See what there is with: coop stats country",
    "list -c Corea": "--country: “Corea” may mean KP (Corea del Nord), KR (Corea del Sud). Write a little more of it.",
    "list --sdg 18": "--sdg: “18” is not known. It may be 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17.",
    "list --status over": "--status: “over” is not known. It may be planned, ongoing, ended, unknown.",
    "list --role boss": "--role: “boss” is not known. It may be lead, partner, funder, associate.",
    "list --partner zzzz": "--partner: “zzzz” is not known. See what there is with: coop stats partner",
    "list --year 20": "--year: “20” may mean 2013, 2014, 2015, 2016, 2017, 2018, …. Write a little more of it.",
    "list --on yesterday": "--on: “yesterday” is not a day; write it as 2026-11-22.",
    "list --sort name": "--sort: “name” is not known. It may be id, title, start, end, status, role, budget.",
    "stats theme --sort title": "--sort: “title” is not known. It may be value, projects, budget.",
    "show nope": "project: “nope” is not known. See what there is with: coop list",
    "show mentor-3": "project: “mentor-3” is not known. Did you mean mentor-2? See what there is with: coop list",
    "show %%": "project: “%%” is not known. See what there is with: coop list",
    "open nope": "project: “nope” is not known. See what there is with: coop list",
    "list --fields id,nome": "field: “nome” is not known. Did you mean notes? See what there is with: --fields help",
    "list -f toml": "Format toml holds a whole catalogue. Write: coop export toml",
    "list -o list.doc": "list.doc: the suffix names no format; choose one with --format.",
    "list --dialect excel": "--dialect does not go with the format tsv.",
}


@pytest.mark.parametrize("command", WRONG)
def test_a_mistake_is_answered_by_a_sentence(command: str) -> None:
    done = coop_inside(*command.split())
    assert (done.code, done.out, done.err) == (2, "", f"coop: {WRONG[command]}\n")


@pytest.mark.parametrize(
    ("command", "begins"),
    [
        ("list -f doc", "coop: format: “doc” is not known. It may be table, card, tsv, "),
        ("export table", "coop: format: “table” is not known. It may be csv, json, "),
        ("stats colour", "coop: facet: “colour” is not known. Did you mean country? It may be theme, country, sdg, "),
        ("show", "coop: Missing argument 'ID…'.\nSee what there is with: coop show --help\n"),
        ("search", "coop: Missing argument 'WORDS…'.\n"),
        ("list --limit x", "coop: Invalid value for '--limit' / '-n': 'x' is not a valid integer.\n"),
        ("list --limit -1", "coop: --limit: -1 is less than 0.\n"),
        ("themes -t mig", "coop: No such option: -t\n"),
        ("about -n 3", "coop: No such option: -n\n"),
        ("--color blue list", "coop: Invalid value for '--color': 'blue' is not one of 'auto', 'always', 'never'.\n"),
        ("--lang de list", "coop: --lang: “de” is not known. It may be it, en.\n"),
        ("lst", "coop: command: “lst” is not known. Did you mean list? "),
    ],
)
def test_a_mistake_is_answered_by_what_would_do(command: str, begins: str) -> None:
    done = coop_inside(*command.split())
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(begins)


@pytest.mark.parametrize(
    ("word", "id_"),
    [
        ("epic", "epic"),
        ("LANMD", "lanmd"),
        ("Particidade – Mozambico", "particidade-mozambico"),
        ("città invisibili", "migrantour"),
        ("trait d’union", "trait-d-union-tunisia"),
        ("REDES IBO", "cultura-natura-mozambico"),
    ],
)
def test_show_knows_a_project_by_its_id_title_or_acronym(word: str, id_: str) -> None:
    assert coop_inside("show", word, "-q").out == f"{id_}\n"


def test_stats_are_ordered_limited_and_reversed() -> None:
    def values(*arguments: str) -> list[str]:
        return coop_inside("stats", *arguments, "-q").out.split()

    assert values("year", "-n", "3") == ["2013", "2014", "2015"]
    assert values("year", "-n", "2", "--reverse", "--on", "2026-11-22") == ["2026", "2025"]
    assert values("sdg", "--sort", "projects", "-n", "2") == ["8", "11"]
    assert values("theme")[0] == values("theme", "--sort", "budget")[0] == "migrazioni-e-sviluppo"


@given(catalogue=catalogues(), on=st.dates(date(1, 1, 2), date(9999, 12, 30)))
def test_status_in_the_index_is_status_in_words(catalogue: Record, on: date) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.json"
        path.write_text(json.dumps(catalogue), encoding="utf-8")
        index = open_index(path)
        found = {
            status: [record["id"] for record in projects(index, Selection({"status": [status]}, on=on))]
            for status in words.STATUSES
        }
        index.connection.close()
    assert found == {
        status: [project["id"] for project in catalogue["projects"] if words.status(project, on) == status]
        for status in words.STATUSES
    }


def test_every_filter_has_the_facet_that_its_error_names() -> None:
    for name in FILTERS:
        assert coop_inside("stats", name).code == 0
