"""What lots of an envelope could come to ask for, by brute force: every split over contracts."""

from fencang.engine.risk.envelopes import settle
from tests.engine.desk import MAKER


def splits(lots, places):
    """Yield every way to deal in ``lots`` or fewer over so many contracts."""
    if not places:
        yield ()
        return
    for first in range(lots + 1):
        for rest in splits(lots - first, places - 1):
            yield (first, *rest)


def figures(state, envelope):
    """Return every number that the envelope's lots count in, by a name of its own."""
    line = envelope.lines[0]
    sub = line.sub
    found = {}
    for holder, standing in (("book", sub.standing), ("pool", sub.pool.standing)):
        for part in ("requirement", "notional"):
            for currency, micros in getattr(standing, part).items():
                found[holder, part, currency] = micros
    for key, counter in state.regimes.counters.items():
        for name, worst in (("total", counter.total), *counter.worst_of.items()):
            found["regime", *key, name, "long"] = worst.long_parts
            found["regime", *key, name, "short"] = worst.short_parts
    for key, row in state.risk.exposures.rows.items():
        for currency, sums in row.counted().items():
            found |= {("exposure", *key, currency, at): each for at, each in enumerate(sums)}
        found |= {("share", *key, name): each for name, each in row.shared().items()}
    for node_key, node in state.limit_nodes.items():
        for is_buy in (True, False):
            worst = node.worst_lots(0, is_buy=is_buy, is_gross=line.is_gross)
            found["limit", node_key, is_buy] = worst
    return found


def overruns(machine, envelope_id):
    """Return (split, number, reserved, asked for) of every split that asks for more than is held.

    In a copy the envelope is closed and its lots work by themselves.
    """
    envelope = machine.state.risk.envelopes.open[envelope_id]
    held = figures(machine.state, envelope)
    copy = MAKER.load(machine.dump()).state
    own = copy.risk.envelopes.open.pop(envelope_id)
    own.is_open = False
    lots = own.reserved_lots
    settle(own)
    found = []
    for split in splits(lots, len(own.lines)):
        for line, part in zip(own.lines, split, strict=True):
            line.change_working(own.side, own.offset, part)
        for name, asked in figures(copy, own).items():
            if asked > held.get(name, 0):
                found.append((split, name, held.get(name, 0), asked))
        for line, part in zip(own.lines, split, strict=True):
            line.change_working(own.side, own.offset, -part)
    return found
