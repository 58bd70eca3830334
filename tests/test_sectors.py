"""The filter and the facet `sector`, against the catalogue as it is written."""

from collections import Counter

import pytest

from coopcli.vocabulary.sectors import SECTORS
from helpers import coop_inside, milan


def with_sector(*beginnings: str) -> list[str]:
    return [row["id"] for row in milan()["projects"] if any(s.startswith(beginnings) for s in row.get("sectors", ()))]


@pytest.mark.parametrize("code", ["33210", "332", "33", "3", "15", "14050"])
def test_a_sector_is_chosen_by_its_code_or_the_first_digits_of_it(code: str) -> None:
    assert coop_inside("list", "--quiet", "--sector", code).out.split() == with_sector(code)


def test_several_sectors_mean_either() -> None:
    assert coop_inside("list", "-q", "--sector", "332", "--sector", "14050").out.split() == with_sector("332", "14050")


def test_a_part_of_a_name_means_every_sector_that_it_fits() -> None:
    named = tuple(code for code, name in SECTORS.items() if "tourism" in name.lower())
    assert coop_inside("list", "--quiet", "--sector", "tourism").out.split() == with_sector(*named) != []


def test_a_code_that_begins_no_sector_is_an_error() -> None:
    done = coop_inside("list", "--sector", "97777")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("coop: --sector: “97777” is not known.")


def test_the_facet_counts_each_code_and_names_it_in_the_language_there_is() -> None:
    counted = Counter(sector for row in milan()["projects"] for sector in row.get("sectors", ()))
    rows = [line.split("\t") for line in coop_inside("stats", "sector").out.splitlines()]
    assert {row[0]: (row[1], row[2], int(row[3])) for row in rows} == {
        code: (SECTORS[code], SECTORS[code], number) for code, number in counted.items()
    }
    assert [int(row[3]) for row in rows] == sorted(counted.values(), reverse=True)
