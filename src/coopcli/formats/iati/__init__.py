"""IATI (https://iatistandard.org): activities of the International Aid Transparency Initiative, in XML.

Written in version 2.03.
"""

from coopcli.formats.iati.writing import write_catalogue

__all__ = ["write_catalogue"]
