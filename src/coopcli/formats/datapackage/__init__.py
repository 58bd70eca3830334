"""A data package (https://datapackage.org, version 2): the catalogue as CSV files, described for people and portals.

Written by `coop export datapackage`, edited in a spreadsheet, read again by `coop --catalogue`. The CSV files and
`catalogue.json` are the catalogue; `projects.json` is a copy of it for programs, `datapackage.json` and `dcat.ttl`
describe it, and none of these three is read.
"""

from coopcli.formats.datapackage.reading import edited, read
from coopcli.formats.datapackage.writing import write_catalogue

__all__ = ["edited", "read", "write_catalogue"]
