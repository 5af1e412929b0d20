"""Names the datatypes that OWL 2 knows: reasoners stop on literals of any other, such as `xsd:date`."""

from __future__ import annotations

from typing import Final

from rdflib import OWL, RDF, RDFS, XSD, URIRef

_XML_SCHEMA: Final = """
    string normalizedString token language Name NCName NMTOKEN boolean hexBinary base64Binary anyURI dateTime
    dateTimeStamp decimal integer nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger long
    int short byte unsignedLong unsignedInt unsignedShort unsignedByte double float
"""

RL_DATATYPES: Final[frozenset[URIRef]] = frozenset(
    {RDF.langString, RDF.PlainLiteral, RDF.XMLLiteral, RDFS.Literal} | {XSD[name] for name in _XML_SCHEMA.split()}
)
DATATYPES: Final[frozenset[URIRef]] = RL_DATATYPES | {OWL.rational, OWL.real}
