"""IATI of other publishers: the files in data/iati are invented after the habits of real ones of each version."""

import json
import os
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from xml.etree.ElementTree import Element, tostring

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from coopcli.cli import check
from coopcli.formats.iati import reading
from coopcli.formats.iati.codes import LANGUAGE, own
from coopcli.formats.iati.reading import _Organisations
from coopcli.loading import Catalogue
from helpers import coop_inside

WILD = Path(__file__).parent / "data" / "iati"
# Peak memory is measured over this many activities, and over a tenth of them.
ACTIVITIES = int(os.environ.get("COOP_ACTIVITIES", "2000"))


@pytest.mark.parametrize("name", ["v104", "v105", "v201", "v202", "v203"])
def test_a_wild_file_is_read_and_what_is_passed_over_is_told(name: str, golden: Callable[[str, str], None]) -> None:
    done = coop_inside("--catalogue", WILD / f"{name}.xml", "export", "jsonl")
    assert done.code == 0
    pretty = [json.dumps(json.loads(line), ensure_ascii=False, indent=1) for line in done.out.splitlines()]
    passed_over = coop_inside("check", WILD / f"{name}.xml", "--fields", "line,record,field,found,allowed").out
    golden(f"iati/{name}.txt", "\n".join([*pretty, done.err.replace(str(WILD), "."), passed_over]))


def test_check_lists_what_is_passed_over_with_its_line() -> None:
    done = coop_inside("check", WILD / "v202.xml", "--fields", "line,record,field,found")
    assert done.code == 0
    assert done.err == f"{WILD / 'v202.xml'} is sound: 1 project.\nPassed over in it: 7.\n"
    assert done.out.splitlines() == [
        '4\t2018-55\tactivity-date\t"2018-01-01"',
        '4\t2018-55\trecipient-country/@percentage\t"XK 50"',
        '4\t2018-55\trecipient-country/@percentage\t"LB 50"',
        '4\t2018-55\ttransaction\t"749999.5 EUR"',
        '4\t2018-55\ttransaction\t"750000 EUR"',
        '4\t2018-55\tsector\t"10 CCM"',
        '4\t2018-55\tother-identifier\t"4-56"',
    ]


def test_what_is_passed_over_is_told_again_when_the_index_is_at_hand() -> None:
    runs = [coop_inside("--catalogue", WILD / "v104.xml", "list") for _time in range(2)]
    assert runs[0] == runs[1]
    assert runs[0].err == (
        "11 statements of this file have no place in a catalogue, or are faulty. "
        f"See them with: coop check {WILD / 'v104.xml'}\n"
    )


def test_any_command_works_on_a_wild_file() -> None:
    catalogue = ("--catalogue", WILD / "v203.xml")
    assert coop_inside(*catalogue, "list", "-q", "--sector", "140", "--country", "Bolivia").out == "agua\n"
    name = "Water sector policy and administrative management"
    assert coop_inside(*catalogue, "stats", "sector").out == f"14010\t{name}\t{name}\t2\t0\t\n"
    assert (
        coop_inside(*catalogue, "list", "-q", "--theme", "azul", "--sdg", "13", "--status", "planned").out == "agua\n"
    )


def test_an_activity_keeps_its_identifier_when_it_is_exported_again(tmp_path: Path) -> None:
    first, second = tmp_path / "first.xml", tmp_path / "second.xml"
    assert coop_inside("--catalogue", WILD / "v203.xml", "export", "iati", "-o", first).code == 0
    assert coop_inside("--catalogue", first, "export", "iati", "-o", second).code == 0
    assert first.read_bytes() == second.read_bytes()
    assert first.read_text().count("<iati-identifier>ES-7-agua</iati-identifier>") == 1


DECLARES = (
    "{path}: this XML declares entities or attributes, and coop does not read those: "
    "they can hide other files, or grow without end."
)


def activity(inside: str) -> str:
    """A file of one activity of another publisher."""
    return (
        '<iati-activities version="2.03"><iati-activity xml:lang="en"><iati-identifier>XX-1-a</iati-identifier>'
        '<reporting-org ref="XX-1" type="22"><narrative>Example</narrative></reporting-org>'
        "<title><narrative>Wells</narrative></title>"
        '<participating-org role="2" ref="XX-1"><narrative>Example</narrative></participating-org>'
        f"{inside}</iati-activity></iati-activities>"
    )


def test_stated_shares_are_told_and_never_replaced(tmp_path: Path) -> None:
    path, written = tmp_path / "wild.xml", tmp_path / "written.xml"
    path.write_text(
        activity(
            '<activity-status code="2"/><activity-date type="2" iso-date="2020-01-01"/>'
            '<recipient-country code="SN" percentage="60"/><recipient-country code="ML" percentage="40"/>'
            '<sector code="14010" percentage="70"/><sector code="31120" percentage="30"/>'
        )
    )
    done = coop_inside("check", path, "--fields", "field,found,allowed")
    assert done.out.splitlines() == [
        f'{field}/@percentage\t"{found}"\tno percentages; they have no place in a catalogue'
        for field, found in [
            ("recipient-country", "SN 60"),
            ("recipient-country", "ML 40"),
            ("sector", "14010 70"),
            ("sector", "31120 30"),
        ]
    ]
    done = coop_inside("--catalogue", path, "export", "iati", "--equal-shares", "-o", written)
    assert (done.code, done.err.splitlines()[-1], written.exists()) == (
        4,
        "coop: The catalogue's file states shares: --equal-shares would put others in their place.",
        False,
    )
    done = coop_inside("--catalogue", path, "export", "iati", "-o", written)
    assert done.err.splitlines()[1:] == [
        "The percentages of the catalogue's file are not known here.",
        "a: 2 countries without known shares (rule 3.1.1); --equal-shares gives them equal ones.",
        "a: 2 sectors without known shares (rule 2.1.1); --equal-shares gives them equal ones.",
    ]


@pytest.mark.parametrize(
    ("status", "stated", "written", "passed_over"),
    [
        ("2", {"1": "2020-01-01", "3": "2021-01-01"}, ["2", "2", "3"], ["2020-01-01", "2021-01-01"]),
        ("1", {"1": "2020-01-01"}, ["1", "1"], ["2020-01-01"]),
        ("2", {"1": "2019-01-01", "2": "2020-01-01", "4": "2021-01-01"}, ["2", "2", "3"], ["2019-01-01"]),
        ("4", {"2": "2020-01-01", "4": "2021-01-01"}, ["4", "2", "4"], []),
    ],
)
def test_a_stated_status_stays_and_planned_dates_are_told(
    status: str, stated: dict[str, str], written: list[str], passed_over: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "wild.xml"
    dates = "".join(f'<activity-date type="{type_}" iso-date="{day}"/>' for type_, day in stated.items())
    path.write_text(activity(f'<activity-status code="{status}"/>{dates}'))
    again = fromstring(coop_inside("--catalogue", path, "export", "iati").out)
    found = [
        *(element.get("code") for element in again.iter("activity-status")),
        *(element.get("type") for element in again.iter("activity-date")),
    ]
    assert found == written
    told = coop_inside("check", path, "--fields", "found").out.splitlines()
    assert told == [f'"{day}"' for day in passed_over]


def test_amounts_with_days_of_their_own_are_told(tmp_path: Path) -> None:
    path = tmp_path / "wild.xml"
    path.write_text(
        activity(
            '<activity-date type="2" iso-date="2020-01-01"/>'
            '<transaction><transaction-type code="2"/><transaction-date iso-date="2015-05-05"/>'
            '<value currency="EUR" value-date="2015-05-05">100</value></transaction>'
        )
    )
    done = coop_inside("check", path, "--fields", "field,found,allowed")
    assert done.out == (
        'transaction\t"100 EUR"\tthe total alone; kind, days and periods of its amounts have no place in a catalogue\n'
    )
    done = coop_inside("--catalogue", path, "export", "iati")
    assert "Amounts of the catalogue's file have kinds, days and periods that are not known here.\n" in done.err


def test_a_code_that_no_list_has_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wild.xml"
    path.write_text(activity('<sector vocabulary="1" code="99999"/><sector vocabulary="7" code="18"/>'))
    assert coop_inside("check", path, "--fields", "found,allowed").out.splitlines() == [
        '"1 99999"\ta code of the OECD DAC\'s list, such as 31120',
        '"7 18"\ta goal from 1 to 17, or one of its targets',
    ]
    assert coop_inside("--catalogue", path, "list", "--fields", "id,sectors").out == "a\t\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><iati-activities>&x;</iati-activities>',
            DECLARES,
        ),
        (
            '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><iati-activities>&b;</iati-activities>',
            DECLARES,
        ),
        *(
            (
                f"<!DOCTYPE iati-activities {dtd}><iati-activities>&b;<sector/></iati-activities>",
                DECLARES,
            )
            for dtd in (
                '[<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]',
                f'[<!ENTITY b "{"x" * 100_000}">]',
                f'[<!ATTLIST sector code CDATA "{"9" * 100_000}">]',
            )
        ),
        (
            "<iati-organisations/>",
            "{path}: the root element is iati-organisations; a catalogue in XML is an IATI file of iati-activities.",
        ),
        (
            '<iati-activities version="2.03">\n<iati-activity></iati-activities>',
            "{path}:2: this is not XML: mismatched tag (column 18).",
        ),
        ("a,b\n1,2\n", "{path}:1: this is not XML: syntax error (column 1)."),
        (
            "<iati-activities>&nbsp;</iati-activities>",
            "{path}:1: this is not XML: undefined entity (column 18).",
        ),
        ('<?xml version="1.0" encoding="x-no"?><a/>', "{path}: this is not XML: unknown encoding: x-no."),
    ],
)
def test_what_is_no_sound_xml_of_activities_is_refused(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.xml"
    path.write_text(content)
    done = coop_inside("--catalogue", path, "list")
    assert (done.code, done.out, done.err) == (3, "", f"coop: {said.format(path=path)}\n")


@pytest.mark.parametrize(
    "content",
    [
        "<iati-activity>\n" + "<sector/>" * 200_000 + "</iati-activity>",
        "<iati-activity>\n" + "<x>" * 200_000,
        "<x>\n" + "<iati-activity/>" * 200_000 + "</x>",
    ],
    ids=["wide", "deep", "outside"],
)
def test_an_activity_of_too_many_elements_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    path.write_text(f"<iati-activities>{content}</iati-activities>")
    done = coop_inside("--catalogue", path, "list")
    assert (done.code, done.err) == (3, f"coop: {path}:2: an activity may have at most 200000 elements.\n")


@pytest.mark.parametrize(
    "content",
    [
        b"<iati-activity><title>" + b"x" * 1_300_000 + b"</title></iati-activity>",
        b"<iati-activity ref='" + b"x" * 1_300_000 + b"'/>",
        b"<!--" + b"x" * 1_300_000 + b"-->",
    ],
    ids=["text", "attribute", "comment"],
)
def test_an_activity_of_too_many_bytes_is_refused(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 1024**2)
    path = tmp_path / "large.xml"
    path.write_bytes(b"<iati-activities>" + content + b"</iati-activities>")
    done = coop_inside("--catalogue", path, "list")
    assert (done.code, done.err) == (3, f"coop: {path}: an activity may have at most 1 MiB.\n")


def test_a_file_of_many_activities_or_of_much_else_between_them_has_no_limit(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    activity = (
        b"<iati-activity><title>" + b"x" * 5_000_000 + b"</title></iati-activity><x>" + b"x" * 5_000_000 + b"</x>"
    )
    path.write_bytes(b"<iati-activities>" + activity * 4 + b"</iati-activities>")
    done = coop_inside("check", path, "--fields", "field")
    assert (done.code, done.err.partition("\n")[0]) == (0, f"{path} is sound: 4 projects.")


def test_a_goal_of_too_many_digits_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "goal.xml"
    goal = f'<sector vocabulary="7" code="{"9" * 5000}"/>'
    path.write_text(f"<iati-activities><iati-activity>{goal}</iati-activity></iati-activities>")
    assert coop_inside("check", path, "--fields", "field").out == "iati-identifier\ntitle\nsector\n"


def test_an_organisation_of_very_many_names_is_read_at_once() -> None:
    organisations = _Organisations([])
    before = process_time()
    for number in range(50_000):
        organisations.add((None, "XM-1", f"name {number}"), None)
    assert len(organisations.rows["name-0"]["aliases"]) == 49_999
    assert process_time() - before < 5  # compared with each other they take a minute


def test_what_is_passed_over_is_counted_and_no_more_of_it_named_than_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "MAX_PASSED_OVER", 5)
    path = tmp_path / "empty.xml"
    path.write_text("<iati-activities>" + "<iati-activity/>" * 4 + "</iati-activities>")
    done = coop_inside("check", path, "--fields", "record,field")
    assert done.out == "".join(
        f"{name}\t{field}\n"
        for name, field in [
            ("activity-1", "iati-identifier"),
            ("activity-1", "title"),
            ("activity-2", "iati-identifier"),
            ("activity-2", "title"),
            ("activity-3", "iati-identifier"),
        ]
    )
    assert done.err == (f"{path} is sound: 4 projects.\nPassed over in it: 8.\nThe first 5 of them are named.\n")


def test_a_file_without_activities_is_an_empty_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "nobody.xml"
    path.write_text('<iati-activities version="2.03"/>')
    done = coop_inside("--catalogue", path, "list")
    assert (done.code, done.out, done.err) == (1, "", "Nothing matched.\n")


def peak(path: Path, number: int) -> int:
    """The most bytes that were in use at once while a file of so many activities was read."""
    activity = (WILD / "v203.xml").read_text().partition("<iati-activity ")[2].partition("<iati-activity ")[0]
    with path.open("w") as file:
        file.write("<iati-activities>")
        file.writelines(f"<iati-activity {activity.replace('ES-6-agua', f'ES-6-agua-{n}')}" for n in range(number))
        file.write("</iati-activities>")
    tracemalloc.start()
    try:
        catalogue = Catalogue(path)
        for _project in catalogue.projects():
            catalogue.passed_over.clear()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = [peak(tmp_path / "large.xml", number) for number in (100, ACTIVITIES // 10, ACTIVITIES)]
    # An id of each activity has to be remembered: less than 300 bytes of the 1,900 that an activity has in the file.
    assert [(after - before) // ACTIVITIES < 300 for before, after in pairwise(peaks)] == [True, True]


JUNK = [
    *["", " ", "1", "2", "3", "4", "11", "99", "98", "7", "A4", "A12", "C", "DAC", "en", "MZ", "zz", "31120", "140"],
    *["2015-01-01", "2014-12-31T00:00:00Z", "2015", "0000-00-00", "9999-12-31", "-5", "1e9", "1E+99", "NaN", "1,000.5"],
    *[
        "EUR",
        "euro",
        "http://x",
        "http://u@x y",
        "10 20",
        "91 0",
        "1e9 2",
        "é",
        "Связь",
        "\U0001f600",
        "true",
        "x" * 400,
    ],
    *["title", "url", "source", "ended", "start-actual", "Funding", "places title junk", "ES-6", "ES-6-agua"],
]
TAGS = (
    "iati-identifier reporting-org title description narrative participating-org other-identifier owner-org sector tag "
    "activity-status activity-date recipient-country recipient-region location name point pos coordinates location-id "
    "administrative budget period-start period-end value transaction transaction-type provider-org document-link "
    "category activity-website iati-activity"
).split()
ATTRIBUTES = (
    *"ref type role code vocabulary iso-date currency url default-currency latitude longitude country".split(),
    *["owner-name", "percentage", LANGUAGE],
    *map(own, "id inferred role acronym field organisation implied status supports approximate line".split()),
)
attributes = st.dictionaries(st.sampled_from(ATTRIBUTES), st.sampled_from(JUNK), max_size=4)


def element(tag: str, members: dict[str, str], text: str, children: list[Element]) -> Element:
    made = Element(tag, members)
    made.text = text
    made.extend(children)
    return made


elements = st.recursive(
    st.builds(element, st.sampled_from(TAGS), attributes, st.sampled_from(JUNK), st.just([])),
    lambda inner: st.builds(
        element, st.sampled_from(TAGS), attributes, st.sampled_from(JUNK), st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)
activities = st.builds(element, st.just("iati-activity"), attributes, st.just(""), st.lists(elements, max_size=8))
headers = st.builds(
    element, st.just(own("catalogue")), st.just({}), st.sampled_from(["", "{}", "[]", '{"language": 1}']), st.just([])
)
files = st.builds(
    element, st.just("iati-activities"), attributes, st.just(""), st.lists(activities | headers, max_size=4)
)


@given(root=files)
def test_whatever_activities_hold_they_are_a_sound_catalogue(root: Element) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wild.xml"
        path.write_bytes(tostring(root, "utf-8"))
        catalogue = Catalogue(path)
        projects = list(catalogue.projects())
        assert catalogue.faults == []
        assert len(projects) == len(root.findall("iati-activity"))
