"""Groups of products and contracts whose lots count together: a micro contract beside its full one.

A group is a scope of position limits like a product.  Which lots a jurisdiction counts as one is
another matter and stands in ``refdata/regime.py``.
"""

from typing import Annotated

import msgspec

from fencang.refdata.definition import Definition, Identifier, Text

__all__ = ["LimitGroup", "LimitGroupMember", "limit_group_faults"]

RatioPpm = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]


class LimitGroupMember(Definition):
    """A contract or product of a group.

    One of its lots counts ``ratio_ppm`` parts per million of a lot of the group: 100_000 where ten
    micros are one.
    """

    scope_id: Identifier
    ratio_ppm: RatioPpm


class LimitGroup(Definition, tag="LimitGroup.1", kw_only=True):
    """Products and contracts that position limits count together, each with its ratio.

    A contract's own membership wins over its product's.  What the group could hold is rounded up to
    whole lots of the group.
    """

    group_id: Identifier
    name: Text = ""
    members: Annotated[tuple[LimitGroupMember, ...], msgspec.Meta(min_length=1, max_length=1_000)]

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a group."""
        return (self.group_id,)

    def ratio_of(self, contract_id: str, product_id: str) -> int:
        """Return what a lot counts in parts per million, 0 where it does not count."""
        ratios = {each.scope_id: each.ratio_ppm for each in self.members}
        return ratios.get(contract_id) or ratios.get(product_id) or 0


def limit_group_faults(group: LimitGroup) -> list[str]:
    """Return what is wrong with a group on its own."""
    scopes = [each.scope_id for each in group.members]
    twice = sorted({scope for scope in scopes if scopes.count(scope) > 1})
    return [f"members names {scope} twice" for scope in twice]
