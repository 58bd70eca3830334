"""The page of `coop export html`, as people meet it: in a real browser, without script, on a phone, printed."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Request, sync_playwright

from coopcli.fields import PROJECT
from coopcli.formats import html
from helpers import DATA, ROOT, coop_inside, milan, without_projects
from strategies import HOSTILE

# `npm install` puts axe-core and vnu-jar beside the checkout's files, or wherever this says.
NODE_MODULES = Path(os.environ.get("COOP_NODE_MODULES", ROOT / "node_modules"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# No graphics card, no sandbox (CI is root), and nothing of the browser's own that would ask the network.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FILTERS = ("theme", "country", "year", "status", "role", "sdg")
Open = Callable[..., Page]


def missing(what: str) -> NoReturn:
    """Where CI runs everything is there, so that these tests cannot be left out unseen."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI has to have it")
    pytest.skip(f"{what} is missing")


def packaged(path: str) -> Path:
    file = NODE_MODULES / path
    return file if file.exists() else missing(f"npm's {path.split('/', maxsplit=1)[0]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None) or missing("a Chromium browser")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=SWITCHES)


def exported(folder: Path, *options: str, language: str = "it", catalogue: Path = DATA) -> Path:
    file = folder / f"{language}.html"
    done = coop_inside("--catalogue", catalogue, "--lang", language, "export", "html", "-o", file, *options)
    assert (done.code, done.err) == (0, "")
    return file


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return {language: exported(folder, language=language) for language in ("it", "en")}


@pytest.fixture
def show(browser: Browser, pages: dict[str, Path]) -> Iterator[Open]:
    """Open a page; whatever is done with it, it says nothing on the console and asks the network for nothing."""
    heard: list[str] = []
    contexts = []

    def show(file: Path = pages["it"], state: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)

        def hear_console(message: ConsoleMessage) -> None:
            heard.append(message.text)

        def hear_error(error: Error) -> None:
            heard.append(str(error))

        def hear_request(request: Request) -> None:
            if request.url != file.as_uri():
                heard.append(request.url)

        page.on("console", hear_console)
        page.on("pageerror", hear_error)
        page.on("request", hear_request)
        page.goto(f"{file.as_uri()}{state}")
        if options.get("java_script_enabled", True):
            settle(page)
        return page

    yield show
    for context in contexts:
        context.close()
    assert heard == []


def settle(page: Page) -> None:
    """Wait until the page has unpacked its data and drawn itself."""
    page.evaluate("unpacked.then(() => new Promise(requestAnimationFrame))")


def shown(page: Page) -> list[str]:
    ids: list[str] = page.evaluate("[...document.querySelectorAll('.card')].filter(c => !c.hidden).map(c => c.id)")
    return [id_.removeprefix("project-") for id_ in ids]


def listed(*options: str) -> list[str]:
    return coop_inside("list", "--quiet", *options).out.split()


def searched(*words: str) -> list[str]:
    found = coop_inside("search", "--quiet", *words).out.split()
    return [project for project in listed() if project in found]


def choice(page: Page, name: str, value: str) -> Locator:
    return page.locator(f'input[name="{name}"][value="{value}"]')


def unfold_filters(page: Page) -> None:
    page.evaluate("document.querySelectorAll('#Filters, .facet').forEach(part => { part.open = true })")


# --- What the page holds


def test_the_page_of_the_bundled_catalogue_is_under_200_kb(pages: dict[str, Path]) -> None:
    assert [file for file in pages.values() if file.stat().st_size > 200_000] == []


def test_without_script_all_that_a_project_has_can_be_read(show: Open) -> None:
    page = show(java_script_enabled=False)
    for project in json.loads(coop_inside("list", "--format", "json").out):
        card = page.locator(f"#project-{project['id']}")
        card.locator("summary").click()
        text = card.text_content() or ""
        texts = [project["title"], project["full_title"] or "", project["acronym"] or "", project["programme"] or ""]
        texts += [project[member]["it"] for member in ("summary", "beneficiaries", "notes") if project[member]]
        texts += [part["name"] for part in project["participants"]]
        texts += [place["name"] for place in project["places"]]
        texts += project["sectors"]
        texts += project["identifiers"].values()
        assert [said for said in texts if said not in text] == []
        links: list[str] = card.locator("a[href^=http]").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        addresses = [project["url"], project["website"], *(source["url"] for source in project["sources"])]
        assert sorted(links) == sorted(filter(None, addresses))


def test_without_script_nothing_is_offered_that_needs_it(show: Open) -> None:
    page = show(java_script_enabled=False)
    unreachable = page.locator("input:visible, button:visible, [role=region]:visible, #Share:visible")
    assert (unreachable.count(), page.locator("noscript").inner_text()[:8]) == (0, "Ricerca,")
    assert page.locator('.map [data-level="4"]').get_attribute("class") == "m-IT"


def test_a_fact_carries_the_numbers_of_its_sources_and_a_star_where_it_is_inferred(show: Open) -> None:
    card = show().locator("#project-migrantour")
    card.locator("summary").click()
    rows = dict(
        zip(
            card.locator("dt").all_inner_texts(),
            (text.strip() for text in card.locator("dd").all_inner_texts()),
            strict=True,
        )
    )
    assert (rows["Costo totale"], rows["Obiettivi (SDG)"], rows["Codici"], rows["Fonti di"]) == (
        "555.244 € [2]",
        "4 Istruzione di qualità, 10 Ridurre le disuguaglianze*",
        "AID 011366 [10]",
        "titolo [1, 5]; sintesi [2, 5]; temi* [5, 8]; Paesi [3]; inizio [3]; fine [4]",
    )


def test_the_page_describes_itself_as_a_data_set(show: Open) -> None:
    described = json.loads(show().locator('script[type="application/ld+json"]').inner_text())
    milan_ = {"@type": "Organization", "name": "Comune di Milano", "url": "https://www.comune.milano.it"}
    assert described == {
        "@context": {"@vocab": "https://schema.org/"},
        "@type": "Dataset",
        "name": "Progetti di cooperazione internazionale del Comune di Milano",
        "description": "Progetti di cooperazione internazionale del Comune di Milano (23)",
        "inLanguage": ["it", "en"],
        "isAccessibleForFree": True,
        "creator": milan_,
        "publisher": milan_,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "dateModified": "2026-11-22",
        "isBasedOn": milan()["source"]["url"],
        "keywords": [theme["name"]["it"] for theme in milan()["themes"]],
    }


def test_the_map_can_be_left_out(show: Open, tmp_path: Path) -> None:
    page = show(exported(tmp_path, "--no-map"))
    assert (page.locator("svg").count(), page.get_by_text("Natural Earth").count()) == (0, 0)
    choice(page, "country", "MZ").check()
    assert shown(page) == listed("-c", "MZ")


def test_more_projects_than_a_browser_bears_are_refused_with_advice() -> None:
    with patch.object(html, "MOST", 22):
        done = coop_inside("export", "html")
    assert (done.code, done.err) == (
        2,
        "coop: A page of more than 22 projects is too heavy for a browser. "
        "Make several smaller ones, for instance one for each --theme, --country or --year.\n",
    )


def test_a_catalogue_without_projects_says_so(show: Open, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps(without_projects()), encoding="utf-8")
    coop_inside("--catalogue", file, "--lang", "it", "export", "html", "-o", tmp_path / "it.html")
    page = show(tmp_path / "it.html")
    assert page.locator("#Count").inner_text() == "0 su 0 Il catalogo non ha ancora progetti."


def test_a_status_that_is_unknown_says_what_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.json"
    project = {"id": "plain", "title": "Plain"}
    file.write_text(json.dumps({**without_projects(), "projects": [project]}), encoding="utf-8")
    assert '<b class="status unknown">stato non noto</b>' in exported(tmp_path, catalogue=file).read_text("utf-8")


# --- Search, filters, map


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("citta INVISIB", ["migrantour"]),  # accents, case, the beginning of a word
        ("mozambique", listed("-c", "MZ")),  # the other language
        ("birmania", listed("-c", "MM")),  # another name of a country
        ("agroecology", listed("-t", "sicurezza-alimentare")),  # another word for a theme
        ("rifiuti urbani", searched("rifiuti", "urbani")),
        ("rifiuto", searched("rifiuto")),
        ("lead", searched("lead*")),  # a word of the page, not of a project
        ("budget", searched("budget")),
        ("ACRA passeggiate", ["migrantour"]),  # an organisation and a text
        ("l’africa subsah", ["bite"]),
        ("xyzzy", []),
        (".,;", listed()),
    ],
)
def test_the_search_finds_what_begins_like_every_word(show: Open, words: str, found: list[str]) -> None:
    page = show()
    page.get_by_label("Cerca nei progetti").fill(words)
    settle(page)
    assert shown(page) == found
    assert page.locator("#Shown").inner_text() == str(len(found))
    assert page.locator("#Nothing").is_visible() == (not found)


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_counts_and_shows_what_the_command_line_does(show: Open, name: str) -> None:
    page = show()
    unfold_filters(page)
    boxes = page.locator(f'input[name="{name}"]')
    numbers = boxes.evaluate_all(
        "boxes => boxes.map(box => [box.value, box.closest('label').querySelector('span ~ b').textContent])"
    )
    counted = json.loads(coop_inside("stats", name, "--format", "json").out)
    assert dict(numbers) == {str(row["value"]): str(row["projects"]) for row in counted}
    for value, _number in (numbers[0], numbers[-1]):
        choice(page, name, value).check()
        assert shown(page) == listed(f"--{name}", value)
        choice(page, name, value).uncheck()


def test_the_counts_follow_the_selection(show: Open) -> None:
    page = show()
    unfold_filters(page)
    choice(page, "theme", "migrazioni-e-sviluppo").check()
    choice(page, "country", "TN").check()
    numbers: dict[str, int] = page.evaluate(
        """Object.fromEntries([...document.querySelectorAll('[name=theme], [name=country]')].map(
            box => [`${box.name} ${box.value}`, Number(box.closest('label').querySelector('span ~ b').textContent)]))"""
    )
    theme, country = ("--theme", "migrazioni-e-sviluppo"), ("--country", "TN")
    expected = {
        key: len(listed(*(country if key.startswith("theme") else theme), *f"--{key}".split())) for key in numbers
    }
    assert numbers == expected


def test_two_values_of_one_filter_mean_either_and_two_filters_mean_both(show: Open) -> None:
    page = show()
    for name, value in (("theme", "turismo-responsabile"), ("theme", "sicurezza-alimentare"), ("country", "MZ")):
        choice(page, name, value).check()
    assert shown(page) == listed("-t", "turismo-responsabile", "-t", "sicurezza-alimentare", "-c", "MZ")
    page.get_by_role("button", name="Mostra tutti").click()
    settle(page)
    assert (shown(page), page.evaluate("location.hash")) == (listed(), "")


def test_a_click_on_the_map_chooses_a_country_and_another_lets_it_go(show: Open) -> None:
    page = show()
    page.locator("path.m-MZ").click()
    assert (shown(page), choice(page, "country", "MZ").is_checked()) == (listed("-c", "MZ"), True)
    page.locator("path.m-MZ").click()
    assert shown(page) == listed()
    page.locator("path.m-BR").click()
    assert shown(page) == listed()


# --- Language, address, downloads


@pytest.mark.parametrize(("first", "second"), [("it", "en"), ("en", "it")])
def test_a_page_switched_to_the_other_language_is_the_page_exported_in_it(
    show: Open, pages: dict[str, Path], first: str, second: str
) -> None:
    def all_said(page: Page) -> tuple[str, ...]:
        unfold_filters(page)
        page.evaluate("document.querySelectorAll('.card details').forEach(part => { part.open = true })")
        return (
            page.title(),
            page.locator("html").get_attribute("lang") or "",
            *page.locator(
                "header, form, figure, #Count, #Csv, #Json, .tools fieldset, .note, footer"
            ).all_inner_texts(),
            page.locator("#Cards").inner_html().replace(' open=""', ""),
        )

    switched = show(pages[first])
    choice(switched, "lang", second).check()
    settle(switched)
    assert all_said(switched) == all_said(show(pages[second]))


def test_a_shared_link_brings_back_the_selection_the_view_and_the_language(show: Open, pages: dict[str, Path]) -> None:
    page = show()
    choice(page, "theme", "sviluppo-urbano-sostenibile").check()
    choice(page, "country", "MZ").check()
    choice(page, "lang", "en").check()
    page.get_by_label("Search the projects").fill("città")
    choice(page, "view", "table").check()
    settle(page)
    link = page.get_by_role("link", name="Link to this selection").get_attribute("href") or ""
    assert link == page.evaluate("location.hash")
    assert link.removeprefix("#").split("&") == [
        "lang=en",
        "q=citt%C3%A0",
        "theme=sviluppo-urbano-sostenibile",
        "country=MZ",
        "view=table",
    ]
    again = show(pages["it"], link)
    settle(again)
    assert (shown(again), again.locator("#Table").inner_text(), again.locator("html").get_attribute("lang")) == (
        shown(page),
        page.locator("#Table").inner_text(),
        "en",
    )
    assert 0 < len(shown(page)) < 23


def test_a_link_with_values_that_do_not_exist_shows_everything(show: Open, pages: dict[str, Path]) -> None:
    page = show(pages["it"], "#theme=nope&country=%3Cscript%3E&view=upside-down&lang=xx&__proto__=1")
    assert (shown(page), page.locator("html").get_attribute("lang")) == (listed(), "it")


def test_a_link_to_a_project_opens_it(show: Open, pages: dict[str, Path]) -> None:
    page = show(pages["it"], "#project-epic")
    assert page.locator("#project-epic details").get_attribute("open") == ""
    page.evaluate("location.hash = '#view=table'")
    page.get_by_role("row").get_by_role("link", name="Green School").click()
    page.wait_for_timeout(100)
    assert page.locator("#project-green-school h4").is_visible()


def test_the_address_keeps_the_selection_when_a_project_is_opened_and_the_language_is_changed(show: Open) -> None:
    page = show(state="#theme=sviluppo-urbano-sostenibile&lang=en&view=table")
    found = shown(page)
    page.get_by_role("row").get_by_role("link", name="DAKAR REVE").click()
    choice(page, "lang", "it").check()
    page.locator(".skip").press("Enter")
    assert page.evaluate("[location.hash, document.activeElement.id]") == [
        "#theme=sviluppo-urbano-sostenibile&project=dakar-reve",
        "Results",
    ]
    page.reload()
    settle(page)
    assert (shown(page), page.locator("#project-dakar-reve h4").is_visible()) == (found, True)
    choice(page, "country", "MZ").check()
    assert page.evaluate("location.hash") == "#theme=sviluppo-urbano-sostenibile&country=MZ"


@pytest.mark.parametrize("state", ["#project-bite", "#country=KE&project=bite", "#country=MZ&project=bite", "#Results"])
def test_the_count_and_the_link_say_what_is_shown_wherever_the_address_leads(show: Open, state: str) -> None:
    page = show(state="#country=MM")
    page.evaluate("state => { location.hash = state }", state)
    page.wait_for_timeout(50)
    assert page.locator("#Shown").inner_text() == str(len(shown(page)))
    assert "MM" not in (page.locator("#Share").get_attribute("href") or "")
    assert page.locator("#project-bite h4").is_visible() == page.locator("#Share").is_visible() == ("bite" in state)


def test_back_undoes_the_last_choice_and_a_word_is_one_choice(show: Open) -> None:
    page = show()
    choice(page, "country", "MZ").check()
    page.get_by_label("Cerca nei progetti").press_sequentially("acqua")
    settle(page)
    page.go_back()
    assert (shown(page), page.get_by_label("Cerca nei progetti").input_value()) == (listed("-c", "MZ"), "")
    page.go_back()
    assert (shown(page), page.evaluate("location.hash")) == (listed(), "")


def test_the_downloads_are_what_the_command_line_writes_of_the_same_selection(show: Open) -> None:
    page = show()
    choice(page, "country", "SN").check()
    choice(page, "country", "MM").check()
    with page.expect_download() as of_csv:
        page.get_by_role("button", name="Scarica CSV").click()
    with page.expect_download() as of_json:
        page.get_by_role("button", name="Scarica JSON").click()
    selection = ("-c", "SN", "-c", "MM")
    fields = ",".join(PROJECT.sheet)
    assert of_csv.value.path().read_bytes() == coop_inside("export", "csv", *selection, "--dialect", "excel").raw
    assert json.loads(of_json.value.path().read_bytes()) == json.loads(
        coop_inside("list", *selection, "--format", "json", "--fields", fields).out
    )
    assert (of_csv.value.suggested_filename, of_json.value.suggested_filename) == ("progetti.csv", "progetti.json")


# --- Every reader


def test_the_keyboard_reaches_search_filters_and_details(show: Open) -> None:
    page = show()
    press = page.keyboard.press
    press("Tab")
    press("Enter")
    assert page.evaluate("document.activeElement.id") == "Results"
    page = show()
    press = page.keyboard.press
    for _step in range(4):  # the skip link, the publisher, the language, the search
        press("Tab")
    page.keyboard.type("kenya")
    settle(page)
    assert set(shown(page)) >= set(listed("-c", "KE"))
    for _letter in "kenya":
        press("Backspace")
    for _step in range(3):  # all filters, the themes, the first theme
        press("Tab")
    press("Space")
    settle(page)
    assert shown(page) == listed("-t", "sicurezza-alimentare")
    page.locator(".card:not([hidden]) summary").first.focus()
    press("Enter")
    assert page.locator(".card:not([hidden]) h4").first.is_visible()


@pytest.mark.parametrize("view", ["cards", "table"])
def test_a_phone_of_360_pixels_is_wide_enough(show: Open, view: str, pages: dict[str, Path]) -> None:
    page = show(pages["it"], f"#view={view}", viewport={"width": 360, "height": 740})
    assert page.locator("#Filters").get_attribute("open") is None
    unfold_filters(page)
    page.evaluate("document.querySelectorAll('.card details').forEach(part => { part.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def countries_of(projects: list[str]) -> set[str]:
    return {code for row in milan(*projects)["projects"] for code in row["countries"]}


def test_on_paper_there_is_the_selection_and_nothing_to_click(show: Open) -> None:
    page = show(color_scheme="dark")
    choice(page, "country", "MM").check()
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("form:visible, button:visible, input:visible").count() == 0
    assert page.locator(".card:visible").count() == len(listed("-c", "MM"))
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".bar").evaluate("bar => getComputedStyle(bar).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert page.locator("#Count").inner_text() == "3 su 23"
    assert page.locator("#Chosen").inner_text() == "Paesi: Myanmar"
    assert page.get_by_text("Un clic su").is_visible() is page.get_by_text("parentesi quadre").is_visible() is False
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    levels = page.locator('.map [data-level]:not([data-level="0"])').evaluate_all(
        "shapes => shapes.map(shape => shape.classList[0])"
    )
    assert sorted(set(levels)) == sorted({f"m-{code}" for code in countries_of(listed("-c", "MM"))})
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["#lang=it", "#lang=en", "#lang=it&view=table", "#lang=en&country=MZ&q=acqua"])
def test_axe_finds_no_violation(show: Open, pages: dict[str, Path], scheme: str, state: str) -> None:
    axe = packaged("axe-core/axe.min.js").read_text(encoding="utf-8")
    page = show(pages["it"], state, color_scheme=scheme)
    unfold_filters(page)
    page.evaluate("document.querySelectorAll('.card details').forEach(part => { part.open = true })")
    # A card off the screen has no size until it is drawn once (content-visibility), and axe would see it in its place.
    page.evaluate(
        """(async () => { for (const card of document.querySelectorAll(".card")) {
            card.scrollIntoView({ behavior: "instant" }); await new Promise(requestAnimationFrame); } })()"""
    )
    page.evaluate(axe)
    result = page.evaluate("axe.run()")
    violations = [(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in result["violations"]]
    assert (violations, len(result["passes"]) > 25) == ([], True)


def test_the_nu_html_checker_finds_no_error(pages: dict[str, Path], hostile: Path, tmp_path: Path) -> None:
    java = shutil.which("java") or missing("java")
    files = [*pages.values(), exported(tmp_path, "--no-map"), hostile]
    done = subprocess.run(
        [java, "-jar", packaged("vnu-jar/build/dist/vnu.jar"), "--format", "json", "--exit-zero-always", *files],
        capture_output=True,
        check=True,
    )
    messages = json.loads(done.stderr)["messages"]
    assert [(row["message"], row.get("extract")) for row in messages if row["type"] != "info"] == []


def test_on_a_web_server_the_page_is_one_request(browser: Browser, pages: dict[str, Path]) -> None:
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, _format: str, *_arguments: Any) -> None:
            asked.append(self.path)

    folder = pages["it"].parent
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/it.html")
        settle(page)
        page.locator("path.m-MZ").click()
        context.close()
        server.shutdown()
    assert asked == ["/it.html"]


# --- Text that means harm

MARKS = "\u202eedo\u202c \u2066c\u2069 \u200f\u200b\u2028x"
ATTACKS = (
    "<script>harm()</script>",
    "</script><script>harm()</script>",
    "</style><img src=x onerror=harm()>",
    '"><svg onload=harm()>',
    "' onmouseover='harm()",
    "{{ 7 * 7 }} {% raw %}",
    "]]>--><!--",
    MARKS,
    *(text for text in HOSTILE if len(text) < 1000),
)


# Every element that the page is made of: an attack that got through would add to them.
ELEMENTS = """
    a article b bdi button caption circle dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 header
    input label legend li main noscript ol p path progress script section span summary svg table tbody th thead title tr
    ul
""".split()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a catalogue in which every text is an attack."""
    folder = tmp_path_factory.mktemp("hostile")
    attack = " ".join(ATTACKS)
    text = {"it": f"it {attack}", "en": f"en {attack}"}
    catalogue = {
        "schema_version": "1.0",
        "language": "it",
        "title": text,
        "publisher": {"name": attack, "org_id": attack, "url": "https://example.org/'onclick='harm()"},
        "licence": {"id": attack, "title": attack, "url": "https://example.org/&quot;&lt;"},
        "source": {"url": "https://example.org/%3C/script%3E'", "title": attack, "as_of": "2026"},
        "framework": [{"title": attack}],
        "themes": [{"id": "theme", "name": text, "aliases": [attack]}],
        "organisations": [{"id": "body", "name": attack, "acronym": attack}],
        "projects": [
            {
                "id": "constructor",
                "title": attack,
                "acronym": attack,
                "full_title": f"full {attack}",
                "summary": text,
                "themes": ["theme"],
                "countries": ["MZ"],
                "places": [{"name": attack, "country": "MZ"}],
                "start": "0001",
                "end": "9999",
                "role": "lead",
                "participants": [{"organisation": "body", "role": "lead"}],
                "programme": attack,
                "contribution": {"amount": 1, "currency": "EUR", "by": "body"},
                "beneficiaries": {"fr": attack},
                "identifiers": {attack: attack},
                "sources": [{"url": "https://example.org/?a=1&lt=2'", "supports": ["title"]}],
                "notes": {"ar": f"العربية {attack}"},
            },
            {"id": "plain", "title": "Plain"},
        ],
    }
    file = folder / "catalogue.json"
    file.write_text(json.dumps(catalogue), encoding="utf-8")
    return exported(folder, catalogue=file)


def test_hostile_text_runs_nothing_and_changes_nothing(show: Open, hostile: Path) -> None:
    page = show(hostile)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.evaluate("window.harm = () => { window.harmed = true }; 0")
    for language in ("en", "it"):
        choice(page, "lang", language).check()
        settle(page)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        elements = sorted(set(page.evaluate("[...document.body.querySelectorAll('*')].map(part => part.localName)")))
        assert elements == ELEMENTS
        assert page.evaluate("document.scripts.length") == 3
        attributes = page.evaluate("[...document.querySelectorAll('*')].flatMap(part => part.getAttributeNames())")
        assert [name for name in attributes if name.startswith("on") or name == "style"] == []
        title = page.locator("#project-constructor h3").inner_text()
        assert title.startswith("<script>harm()</script> </script><script>harm()</script>")
        assert not re.search("[\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]", page.locator("body").inner_text())
    assert page.evaluate("window.harmed") is None


def test_hostile_text_is_searched_shared_and_downloaded_like_any_other(show: Open, hostile: Path) -> None:
    page = show(hostile)
    page.get_by_label("Cerca nei progetti").fill("<script>harm()</script> &q=x")
    settle(page)
    assert shown(page) == []
    page.get_by_label("Cerca nei progetti").fill('</script> "onload')
    settle(page)
    assert shown(page) == ["constructor"]
    with page.expect_download() as of_csv:
        page.get_by_role("button", name="Scarica CSV").click()
    rows = list(
        csv.reader(io.StringIO(of_csv.value.path().read_bytes().decode("utf-8-sig"), newline=""), delimiter=";")
    )
    assert (len(rows), {len(row) for row in rows}, rows[1][1]) == (2, {len(PROJECT.sheet)}, " ".join(ATTACKS))


def test_only_addresses_of_the_web_become_links(show: Open, tmp_path: Path) -> None:
    catalogue = milan("epic")
    harmful = [
        "javascript:harm()",
        "https://example.org/a\\b",
        " javascript:harm()",
        "data:text/html,x",
        "//example.org",
        "java\nscript:harm()",
    ]
    project = {**catalogue["projects"][0], "url": "javascript:harm()", "sources": [{"url": url} for url in harmful]}
    file = tmp_path / "page.html"
    file.write_text(page_of(project, catalogue), encoding="utf-8")
    page = show(file)
    hrefs = page.locator("#project-epic :not(h3) > a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert hrefs == [project["website"]]


def page_of(project: dict[str, Any], catalogue: dict[str, Any]) -> str:
    """The page that the writer makes of a record that no model has judged."""
    from datetime import date

    from coopcli.fields import Context

    themes, organisations = ({row["id"]: row for row in catalogue[name]} for name in ("themes", "organisations"))
    fields = PROJECT.choose(PROJECT.sheet)
    context = Context(catalogue, themes, organisations, PROJECT, fields, date(2026, 11, 22), [], "it")
    return "".join(html.write([project], context))
