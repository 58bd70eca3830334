"""The catalogue of messages: whole, sound, and compiled; and no language speaks in the other's help."""

import gettext
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

import messages
from coopcli.cli.run import COMMANDS
from helpers import Result, coop, coop_inside

STALE = "run python tools/messages.py and translate what it names"
PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\(\w+\)s")


def committed() -> list[Message]:
    with (messages.PLACE / "coop.po").open("rb") as file:
        return [message for message in read_po(file, locale="it") if message.id]


def forms(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


def test_the_catalogue_holds_what_is_said_now_and_nothing_else() -> None:
    assert {message.id for message in committed()} == {message.id for message in messages.template() if message.id}, (
        STALE
    )


def test_every_message_is_translated_and_none_is_a_guess() -> None:
    assert [message.id for message in committed() if message.fuzzy or not all(forms(message.string or ""))] == [], STALE


def test_the_tool_would_write_the_same_bytes() -> None:
    for path, content in messages.files(messages.updated()).items():
        assert path.read_bytes() == content, f"{path.name}: {STALE}"


def test_what_is_compiled_is_what_is_written() -> None:
    with (messages.PLACE / "coop.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in committed():
        if isinstance(message.id, str):
            assert compiled.gettext(message.id) == message.string
        else:
            one, many = message.id
            assert (compiled.ngettext(one, many, 1), compiled.ngettext(one, many, 2)) == forms(message.string)


def test_a_translation_has_the_placeholders_of_its_message() -> None:
    def placeholders(value: object) -> list[set[str]]:
        return [set(PLACEHOLDER.findall(form)) for form in forms(value)]

    different = [each.id for each in committed() if placeholders(each.string) != placeholders(each.id)]
    # Click has the name of a type in English only.
    assert different == ["{value!r} is not a valid {number_type}."]


@pytest.fixture(scope="module")
def helps() -> dict[str, dict[str, str]]:
    """The help of every command, folded to one line, in each language."""
    run: dict[str, Callable[..., Result]] = {"it": partial(coop, "--lang", "it"), "en": coop_inside}
    return {
        language: {name: " ".join(run[language](*name.split(), "--help").out.split()) for name in ("", *COMMANDS)}
        for language in ("it", "en")
    }


def sentences(language: str) -> set[str]:
    """The messages of a language that are sentences (three words or more), as they may stand in a help."""
    found = set()
    for message in committed():
        own, other = (message.string, message.id) if language == "it" else (message.id, message.string)
        for form, foreign in zip(forms(own), forms(other), strict=True):
            said = " ".join(form.split())
            if len(re.findall(r"[^\W\d_]{2,}", PLACEHOLDER.sub("", said))) >= 3 and said != " ".join(foreign.split()):
                found.add(said)
    return found


@pytest.mark.parametrize("name", ["", *COMMANDS])
@pytest.mark.parametrize(("language", "other"), [("it", "en"), ("en", "it")])
def test_help_in_one_language_holds_no_sentence_of_the_other(
    name: str, language: str, other: str, helps: dict[str, dict[str, str]]
) -> None:
    said = helps[language][name]
    assert [sentence for sentence in sentences(other) if sentence in said] == []
    assert [sentence for sentence in sentences(language) if sentence in said]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_words_of_click_and_typer_are_in_italian_too(name: str, helps: dict[str, dict[str, str]]) -> None:
    english = r"\b(Usage|Options|OPTIONS|Arguments|Commands|required|default|env var|Show this)\b"
    assert re.search(english, helps["it"][name]) is None


def test_errors_of_the_command_line_are_in_italian_too() -> None:
    english = r"\b(No such|requires|Missing|Invalid|not a valid|unexpected|Did you|known)\b"
    for line in ("--nope", "list --theme", "show", "list -n x", "lst", "stats theme more"):
        done = coop("--lang", "it", *line.split())
        assert done.code == 2
        assert re.search(english, done.err) is None
        assert re.search(r"\b(non|vuole|Manca|inatteso)\b", done.err)


def test_english_needs_no_catalogue() -> None:
    assert [path.name for path in Path(messages.PLACE).parents[1].iterdir()] == ["it"]
