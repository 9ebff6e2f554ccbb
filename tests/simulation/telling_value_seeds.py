"""Seeds of desks under limits of value that together show what ``test_value_desk`` wants shown.

``python -m tests.simulation.telling_value_seeds`` looks for them; to be done after desks are drawn
anew.
"""

from multiprocessing import Pool

from fencang.messages.events import CommandRejected, DeskDefined, OrderRejected
from fencang.messages.loss_events import LiquidationEnded, LossLimitReached
from fencang.messages.reasons import Reason
from fencang.messages.trade_flow_events import CoolingOffStarted
from fencang.simulation.random import Chance
from fencang.simulation.value_rows import has_value_rows
from fencang.simulation.watch import Broken
from fencang.simulation.world import World
from tests.simulation.test_value_desk import IMPACT_WORDS, KINDS, REFUSED

SEEDS_MAX = 600


def shown_by(seed):
    """Return everything that a seed's desk shows, as words and pairs of the test."""
    world = World(seed, is_thorough=False)
    try:
        world.run()
    except Broken as broken:
        return seed, {f"seed {seed} breaks: {broken}"}
    shown = set()
    for stored in world.disk.read(1):
        for event in stored.record().events:
            shown |= shown_of(event)
    return seed, shown


def shown_of(event):
    """Return what one event shows."""
    match event:
        case OrderRejected(reason=reason) if reason in REFUSED:
            beside = event.node_id.startswith("S") if reason is Reason.MARGIN_BUFFER else None
            if reason in {Reason.GROSS_EXPOSURE, Reason.NET_EXPOSURE, Reason.MARKET_IMPACT}:
                beside = ":" in event.node_id
            words = IMPACT_WORDS if reason is Reason.MARKET_IMPACT else ()
            return {reason, (reason, beside), *(word for word in words if word in event.detail)}
        case CommandRejected(reason=Reason.SECOND_PERSON_REQUIRED):
            return {event.reason}
        case LossLimitReached(measure=measure, step=step):
            return {(measure, step)}
        case LiquidationEnded(end=end):
            return {end}
        case CoolingOffStarted():
            return {CoolingOffStarted}
        case DeskDefined(items=[item]) if type(item) in KINDS:
            return {type(item)}
        case _:
            return set()


if __name__ == "__main__":
    valued = [
        seed for seed in range(1, SEEDS_MAX + 1) if has_value_rows(Chance(seed).fork("value rows"))
    ]
    with Pool() as pool:
        told = dict(pool.imap_unordered(shown_by, valued))
    broken = {each for shown in told.values() for each in shown if str(each).startswith("seed ")}
    missing, chosen = set().union(*told.values()) - broken, []
    while missing:
        best = max(sorted(told), key=lambda seed: len(told[seed] & missing))
        chosen.append(best)
        missing -= told[best]
    print(sorted(chosen))
    print(*sorted(broken), sep="\n")
