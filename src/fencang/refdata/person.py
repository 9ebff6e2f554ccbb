"""Legal persons: limits and netting follow them, not the domicile of an account."""

from typing import Annotated

import msgspec

from fencang.refdata.definition import Definition, Identifier, Text

__all__ = ["LegalPerson"]


class LegalPerson(Definition, tag="LegalPerson.1"):
    """One legal entity or natural person.

    ``lei`` is its ISO 17442 identifier where it has one (20 characters, empty otherwise);
    ``jurisdiction`` its ISO 3166 country code.  ``owners_declared``: everybody who owns part of it
    stands in an ``OwnershipEdge``; while that is not said, regimes tie it to everybody.
    """

    person_id: Identifier
    name: Text
    jurisdiction: Annotated[str, msgspec.Meta(max_length=2)]
    lei: Annotated[str, msgspec.Meta(max_length=20)] = ""
    owners_declared: bool = False
