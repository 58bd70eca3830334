"""IATI (https://iatistandard.org): activities of the International Aid Transparency Initiative, in XML.

Written in version 2.03, read in every version from 1.01 to 2.03.
"""

from coopcli.formats.iati.reading import read
from coopcli.formats.iati.writing import write_catalogue

__all__ = ["read", "write_catalogue"]
