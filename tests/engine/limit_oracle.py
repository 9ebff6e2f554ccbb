"""Worst cases found anew from books and orders, by nothing but their meaning.

For every limit that is stated: whose lots it counts, what each counts, and the most that any subset
of fills could make of one side.  Net and gross accounts never offset each other.
"""

from fractions import Fraction
from math import ceil

from fencang.messages.message import Offset, Side


def stated(desk):
    """Return (node, scope, row) of every position limit."""
    return [(row.node_id, row.scope_id, row) for row in desk.limits.all()]


def is_under(desk, node, sub, carrying_id, contract):
    """Return whether a sub-account's dealing stands under a node; None is nobody's lots."""
    holder = desk.carrying[carrying_id].account.holder_id
    owner = holder if sub is None else sub.definition.owner_id
    if ":" in node:
        beside = {
            f"carrying:{carrying_id}",
            f"venue:{contract.product.venue_id}",
            f"person:{owner}",
        }
        return node in beside
    return node in (sub.path if sub is not None else (desk.master.master_account_id,))


def ratio(desk, scope, contract):
    """Return what a lot counts in a contract, product or group."""
    names = contract.contract.contract_id, contract.product.product_id
    group = desk.risk.limit_groups.rows.get(scope)
    if group is None:
        return 1 if scope in names else 0
    members = {each.scope_id: Fraction(each.ratio_ppm, 1_000_000) for each in group.members}
    return members.get(names[0], members.get(names[1], 0))


def lots_of(desk):
    """Yield (sub, carrying, contract, long, short, buying, selling) of books and orders."""
    for sub in desk.subs.values():
        for (carrying_id, name), position in sub.book.positions.items():
            held = position.long.quantity_lots, position.short.quantity_lots
            yield sub, carrying_id, desk.contracts[name], *held, 0, 0
        for order in sub.working.values():
            terms = order.terms
            if terms.offset in (Offset.NET, Offset.OPEN):
                lots = order.needed_lots
                working = (lots, 0) if terms.side is Side.BUY else (0, lots)
                contract = desk.contracts[terms.contract_id]
                yield sub, terms.carrying_account_id, contract, 0, 0, *working
    for carrying_id, carrying in desk.carrying.items():
        for name, position in carrying.suspense.positions.items():
            held = position.long_lots, position.short_lots
            yield None, carrying_id, desk.contracts[name], *held, 0, 0


def worst(desk, node, scope, side, more=()):
    """Return the worst case of a side in whole lots, with more (sub, carrying, contract, lots)."""
    net, gross = Fraction(0), Fraction(0)
    dealing = list(lots_of(desk))
    for sub, carrying_id, contract, lots in more:
        working = (lots, 0) if side is Side.BUY else (0, lots)
        dealing.append((sub, carrying_id, contract, 0, 0, *working))
    for sub, carrying_id, contract, longs, shorts, buys, sells in dealing:
        counts = ratio(desk, scope, contract)
        if not counts or not is_under(desk, node, sub, carrying_id, contract):
            continue
        own, other = (longs, shorts) if side is Side.BUY else (shorts, longs)
        working = buys if side is Side.BUY else sells
        if desk.carrying[carrying_id].is_gross:
            gross += counts * (own + working)
        else:
            net += counts * (own - other + working)
    return ceil(max(Fraction(0), net) + gross)


def most(row, side):
    return row.long_lots_max if side is Side.BUY else row.short_lots_max


def broken(desk, side, more):
    """Return (node, scope, worst case) of every limit that further lots raise and pass.

    A limit of a product binds each of its contracts that has no limit of its own there.
    """
    ((_, _, contract, _),) = more
    name, product = contract.contract.contract_id, contract.product.product_id
    found = []
    for node, scope, row in stated(desk):
        scopes = [scope]
        if scope == "*":
            scopes = []
        elif scope == product and desk.limits.get(node, name) is None:
            scopes = [scope, name]
        for each in scopes:
            now = worst(desk, node, each, side, more)
            if now > most(row, side) and now > worst(desk, node, each, side):
                found.append((node, each, now))
    return found
