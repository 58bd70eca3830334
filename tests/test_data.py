"""The bundled catalogue says what the municipality's page says, and says where everything else comes from."""

import json
import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from coopcli import models
from coopcli.models import Catalogue, Organisation, Project, ProjectField, references

DATA = Path(__file__).parents[1] / "data" / "projects.json"
GUIDE = Path(__file__).parents[1] / "docs" / "data.md"

SITE = "https://www.comune.milano.it/aree-tematiche/relazioni-internazionali/"
OLD = SITE + "cooperazione-internazionale/"
PAGE = SITE + "city-to-city-cooperation/cooperazione-internazionale"
NEW = PAGE + "/"

# The page's list, as printed: its two addresses, its double space, its dashes and its capitals.
LISTED = [
    ("APRIRE - Protezione minori vulnerabili Kenya", OLD + "aprire-protezione-minori-vulnerabili-kenya"),
    ("BITE: Building Integration Through Entrepreneurship", NEW + "bite-building-integration-through-entrepreneurship"),
    ("Cultura e natura  per lo sviluppo del Mozambico", NEW + "cultura-e-natura-per-lo-sviluppo-del-mozambico"),
    ("DAKAR REVE - Dakar Régénération Verte", NEW + "dakar-reve-dakar-regeneration-verte"),
    ("Diaspora in Action", OLD + "diaspora-in-action"),
    ("ECOPAS - Ecologia Partecipativa in Senegal", OLD + "ecopas-ecologia-partecipativa-in-senegal"),
    ("EPIC", OLD + "epic"),
    ("Funzionari Senza Frontiere", NEW + "funzionari-senza-frontiere"),
    ("Green school", OLD + "green-school"),
    ("Imprese sociali in Burkina faso", OLD + "imprese-sociali-in-burkina-faso"),
    ("In marcia con il clima", NEW + "in-marcia-con-il-clima"),
    (
        "Innovazione sociale per la resilienza economica in Cisgiordania",
        NEW + "innovazione-sociale-per-la-resilienza-economica-in-cisgiordania",
    ),
    ("Le nostre città invisibili - Migrantour", NEW + "le-nostre-citta-invisibili"),
    ("Life beyond Plastic", NEW + "life-beyond-plastic"),
    (
        "Local Authorities Network for Migration & Development",
        NEW + "local-authorities-network-for-migration-development",
    ),
    (
        "MENTOR 2 - Mediterranean Network for Training Orientation to Regular Migration",
        NEW + "mentor-mediterranean-network-for-training-orientation-to-regular-migration",
    ),
    ("Particidade – Mozambico", OLD + "particidade-mozambico"),
    (
        "Progetto MILS: turismo responsabile nello Stato Shan, Myanmar",
        NEW + "progetto-mils-turismo-responsabile-nello-stato-shan-myanmar",
    ),
    (
        "Quelimane Limpa - Mozambico",
        NEW + "tutela-e-risanamento-dell-ambiente-urbano-e-suburbano-del-municipio-di-quelimane-mozambico",
    ),
    ("Securing Women Migration Cycle", NEW + "securing-women-migration-cycle"),
    ("STAR Myanmar", NEW + "star-myanmar"),
    ("TRAIT D'union - Tunisia", NEW + "trait-d-union-tunisia"),
    ("VALORE GREEN - Albania", NEW + "valore-green-albania"),
]

THEMES = [
    "sicurezza-alimentare",
    "migrazioni-e-sviluppo",
    "sviluppo-urbano-sostenibile",
    "turismo-responsabile",
    "educazione-alla-cittadinanza-globale",
]

# South, north, west, east: rough, but a swapped or mistyped coordinate falls outside.
BOXES = {
    "AL": (39.6, 42.7, 19.2, 21.1),
    "BE": (49.4, 51.6, 2.5, 6.5),
    "BF": (9.3, 15.1, -5.6, 2.5),
    "ES": (27.6, 43.9, -18.2, 4.4),
    "ET": (3.3, 14.9, 32.9, 48.0),
    "GR": (34.7, 41.8, 19.3, 29.7),
    "IT": (35.4, 47.1, 6.6, 18.6),
    "KE": (-4.8, 5.1, 33.8, 42.0),
    "LB": (33.0, 34.7, 35.0, 36.7),
    "MA": (27.6, 36.0, -13.2, -0.9),
    "MM": (9.5, 28.6, 92.1, 101.2),
    "MZ": (-26.9, -10.4, 30.2, 40.9),
    "PS": (31.2, 32.6, 34.2, 35.6),
    "SE": (55.3, 69.1, 10.9, 24.2),
    "SN": (12.3, 16.7, -17.6, -11.3),
    "TN": (30.2, 37.6, 7.5, 11.6),
}

# Notes are the catalogue's own words about its data: they rest on no source and nothing in them is inferred.
DESCRIBABLE = frozenset(get_args(ProjectField)) - {"notes"}

CATALOGUE = Catalogue.model_validate_json(DATA.read_text(encoding="utf-8"))
each_project = pytest.mark.parametrize("project", CATALOGUE.projects, ids=lambda project: project.id)


def fold(text: str) -> str:
    """`text` without accents, case or punctuation: the same for spellings that a reader takes for one."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())


def names(organisation: Organisation) -> set[str]:
    written = (organisation.id, organisation.name, organisation.acronym or "", *organisation.aliases)
    return {fold(name) for name in written} - {""}


def present(project: Project) -> set[str]:
    """The fields of `project` that say something and that a source can support."""
    record: dict[str, Any] = project.model_dump()
    return {field for field in DESCRIBABLE if record[field] not in (None, (), {})}


def organisations_of(project: Project) -> set[str]:
    by = project.contribution.by if project.contribution else None
    return {participant.organisation for participant in project.participants} | ({by} if by else set())


def unresolved(catalogue: Catalogue) -> set[tuple[str, str]]:
    record = catalogue.model_dump(mode="json", exclude_defaults=True)
    named = {(name, row["id"]) for name in ("themes", "organisations") for row in record[name]}
    return {(name, id_) for project in record["projects"] for _path, id_, name in references(project) if id_} - named


def test_projects_are_the_pages_in_its_order_and_spelling() -> None:
    assert [(project.title, project.url) for project in CATALOGUE.projects] == LISTED


def test_project_ids_are_unique() -> None:
    assert len({project.id for project in CATALOGUE.projects}) == len(LISTED) == 23


def test_themes_are_the_five_of_the_page() -> None:
    assert [theme.id for theme in CATALOGUE.themes] == THEMES
    assert all(set(theme.name) == {"it", "en"} for theme in CATALOGUE.themes)


@pytest.mark.parametrize(
    ("word", "theme"),
    [
        ("migrazioni", "migrazioni-e-sviluppo"),
        ("migration", "migrazioni-e-sviluppo"),
        ("diaspora", "migrazioni-e-sviluppo"),
        ("cibo", "sicurezza-alimentare"),
        ("food", "sicurezza-alimentare"),
        ("urbano", "sviluppo-urbano-sostenibile"),
        ("urban", "sviluppo-urbano-sostenibile"),
        ("turismo", "turismo-responsabile"),
        ("tourism", "turismo-responsabile"),
        ("ECG", "educazione-alla-cittadinanza-globale"),
        ("GCED", "educazione-alla-cittadinanza-globale"),
        ("citizenship", "educazione-alla-cittadinanza-globale"),
    ],
)
def test_a_word_of_a_theme_means_that_theme_alone(word: str, theme: str) -> None:
    found = {
        candidate.id
        for candidate in CATALOGUE.themes
        for name in (candidate.id, *candidate.name.values(), *candidate.aliases)
        if fold(word) in fold(name)
    }
    assert found == {theme}


def test_header_names_the_page_it_was_made_from() -> None:
    assert CATALOGUE.source is not None
    assert (CATALOGUE.source.url, CATALOGUE.source.title) == (PAGE, "Cooperazione internazionale")
    assert CATALOGUE.licence is not None
    assert CATALOGUE.licence.id == "CC-BY-4.0"
    assert len(CATALOGUE.framework) == 4


def test_no_two_organisations_share_a_name() -> None:
    counts = Counter(name for organisation in CATALOGUE.organisations for name in names(organisation))
    assert [name for name, count in counts.items() if count > 1] == []


def test_every_organisation_is_used_and_every_reference_resolves() -> None:
    assert unresolved(CATALOGUE) == set()
    used = set[str]().union(*map(organisations_of, CATALOGUE.projects))
    assert used == {organisation.id for organisation in CATALOGUE.organisations}


@each_project
def test_every_field_is_supported_or_inferred_and_nothing_else_is(project: Project) -> None:
    supported = {field for source in project.sources for field in source.supports}
    assert (supported | set(project.inferred)) == present(project)


@each_project
def test_title_and_address_rest_on_the_page(project: Project) -> None:
    assert any(source.url == PAGE and {"title", "url"} <= set(source.supports) for source in project.sources)


@each_project
def test_sources_are_addresses_each_once(project: Project) -> None:
    urls = [source.url for source in project.sources]
    assert all(url.startswith(("http://", "https://")) for url in urls)
    assert len(set(urls)) == len(urls)


@each_project
def test_places_lie_in_their_country(project: Project) -> None:
    for place in project.places:
        assert place.country in project.countries, place.name
        if place.lat is not None and place.lon is not None:
            south, north, west, east = BOXES[place.country]
            assert south <= place.lat <= north, place.name
            assert west <= place.lon <= east, place.name


@each_project
def test_coordinates_are_marked_as_inferred(project: Project) -> None:
    """No source prints coordinates: they come from general knowledge of the places."""
    assert not any(place.lat is not None for place in project.places) or "places" in project.inferred


@each_project
def test_milan_takes_part_in_its_role(project: Project) -> None:
    roles = [part.role for part in project.participants if part.organisation == "comune-di-milano"]
    assert roles == [project.role]


@each_project
def test_participants_go_from_lead_to_funders(project: Project) -> None:
    order = ["lead", "partner", "associate", "funder"]
    ranks = [order.index(part.role) for part in project.participants]
    assert ranks == sorted(ranks)
    assert ranks.count(0) <= 1


@each_project
def test_texts_are_in_both_languages(project: Project) -> None:
    for text in (project.summary, project.beneficiaries, project.notes):
        assert text is not None
        assert set(text) == {"it", "en"}


def test_amounts_that_a_source_gives_as_about_are_approximate() -> None:
    approximate = {project.id for project in CATALOGUE.projects if project.budget and project.budget.approximate}
    assert approximate == {"imprese-sociali-burkina-faso", "mentor-2", "particidade-mozambico", "mils-myanmar"}


def test_false_friends_are_kept_apart() -> None:
    """Two bodies are called AICS; Mani Tese, its two local associations, and the two Watinoma are one each."""
    named = {organisation.id: organisation for organisation in CATALOGUE.organisations}
    assert named["aics"].country == "IT"
    assert named["african-institute-for-child-studies"].acronym is None
    assert {"mani-tese", "mani-tese-campania", "mani-tese-sicilia"} <= named.keys()
    assert {"ital-watinoma", "association-watinoma"} <= named.keys()


def test_the_file_is_written_for_people() -> None:
    text = DATA.read_text(encoding="utf-8")
    assert "\\u" not in text
    assert "\t" not in text
    assert text.endswith("}\n")
    assert text == unicodedata.normalize("NFC", text)
    assert list(json.loads(text))[-2:] == ["organisations", "projects"]


def example(language: str) -> str:
    """The first block of code in `language` that the guide to the format shows."""
    block = re.search(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert block is not None
    return block[1]


def test_the_guides_example_is_a_sound_catalogue() -> None:
    catalogue = Catalogue.model_validate_json(example("json"))
    [project] = catalogue.projects
    assert unresolved(catalogue) == set()
    supported = {field for source in project.sources for field in source.supports}
    assert (supported | set(project.inferred)) == present(project)


def test_the_guides_json_lines_and_toml_are_the_same_catalogue() -> None:
    header, *projects = (json.loads(line) for line in example("jsonl").splitlines())
    lines = Catalogue.model_validate({**header, "projects": projects})
    assert lines == Catalogue.model_validate(tomllib.loads(example("toml")))
    assert [project.title for project in lines.projects] == ["Wells for Maputo"]


def test_the_guide_names_every_field() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    schema = [each for each in vars(models).values() if isinstance(each, type) and issubclass(each, BaseModel)]
    fields = {field for each in schema for field in each.model_fields}
    assert {"supports", "as_of", "approximate"} <= fields
    assert {field for field in fields if f"`{field}`" not in guide} == set()


def test_the_guides_figures_are_the_catalogues() -> None:
    guide = " ".join(GUIDE.read_text(encoding="utf-8").split())
    projects, organisations = CATALOGUE.projects, CATALOGUE.organisations
    sources = [source.url for project in projects for source in project.sources]
    places = [place for project in projects for place in project.places]
    budgets = [project.budget for project in projects if project.budget]
    for figure in (
        f"{len(organisations)} organisations",
        f"{sum(organisation.country is not None for organisation in organisations)} of them with a country",
        f"and {sum(organisation.kind is not None for organisation in organisations)} with a kind",
        f"{sum(len(project.participants) for project in projects)} parts in projects",
        f"{len(places)} places, {sum(place.lat is not None for place in places)} of them with coordinates",
        f"{len({country for project in projects for country in project.countries})} countries",
        f"{len(sources)} sources at {len(set(sources))} addresses",
        f"about {sum(budget.amount for budget in budgets) / 1e6:.2f} million euros",
        f"{sum(budget.amount for budget in budgets if not budget.approximate) / 1e6:.2f} million are exact",
        f"| budget | {len(budgets)} ({sum(budget.approximate for budget in budgets)} approximate) |",
    ):
        assert figure in guide


@pytest.mark.parametrize("amount", [2**63, 10**400, float("inf"), float("nan"), True, "5"])
def test_an_amount_is_a_number_that_can_be_kept(amount: object) -> None:
    with pytest.raises(ValidationError):
        models.Amount.model_validate({"amount": amount, "currency": "EUR"})
