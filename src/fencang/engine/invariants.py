"""The laws of the desk, each a function that says what is broken; checked after every command in
tests and simulation.

``check`` is deliberately slow: caches are compared with ones rebuilt from primary state.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from fencang.engine.accounts import Line, SubState
from fencang.engine.flow_laws import flow_is_remembered_in_order
from fencang.engine.flows.envelope_review import broken_reserves
from fencang.engine.funds import ACCRUAL_SCALE
from fencang.engine.limit_nodes import LimitNode
from fencang.engine.mass_cancel_laws import mass_cancels_go_on_in_order
from fencang.engine.orders import OrderState, Pending
from fencang.engine.risk.exposure_twin import exposure_sums
from fencang.engine.snapshot import dump, load
from fencang.engine.state import DeskState
from fencang.engine.tier_laws import instructions_wait_for_their_day
from fencang.ledger.volumes import month_of
from fencang.limits.limit_warnings import telling_shares, told_between
from fencang.margin.exposure import Exposure
from fencang.margin.standing import Standing
from fencang.messages.message import Side
from fencang.messages.reasons import Reason

__all__ = ["LAWS", "check"]


def two_books_agree(state: DeskState) -> Iterator[str]:
    """Carrying = sub-account positions + suspense: signed when net, per side when gross."""
    virtual: Counter[tuple[str, str, str]] = Counter()
    for sub in state.subs.values():
        for (carrying_id, contract_id), position in sub.book.positions.items():
            virtual[carrying_id, contract_id, "long"] += position.long.quantity_lots
            virtual[carrying_id, contract_id, "short"] += position.short.quantity_lots
    for carrying_id, carrying in sorted(state.carrying.items()):
        for contract_id, suspended in carrying.suspense.positions.items():
            virtual[carrying_id, contract_id, "long"] += suspended.long_lots
            virtual[carrying_id, contract_id, "short"] += suspended.short_lots
        for contract_id in sorted(state.contracts):
            real = carrying.book.positions.get(contract_id)
            real_long, real_short = (real.long_lots, real.short_lots) if real else (0, 0)
            own_long = virtual[carrying_id, contract_id, "long"]
            own_short = virtual[carrying_id, contract_id, "short"]
            if carrying.is_gross:
                agree = (real_long, real_short) == (own_long, own_short)
            else:
                agree = real_long - real_short == own_long - own_short
            if not agree:
                yield (
                    f"{carrying_id} {contract_id}: carrying {real_long}/{real_short}, "
                    f"books {own_long}/{own_short}"
                )


def cash_is_conserved(state: DeskState) -> Iterator[str]:
    """Per owner and currency, cash of all virtual books and cash promised = carrying accounts."""
    virtual: Counter[tuple[str, str]] = Counter()
    real: Counter[tuple[str, str]] = Counter()
    books = [sub.book for sub in state.subs.values()]
    books += [pool.reserve for pool in state.pools.values()]
    books += [carrying.suspense.book for carrying in state.carrying.values()]
    for book in books:
        for currency, amount in book.cash.items():
            virtual[book.owner_id, currency] += amount
    for wire in state.funds.wires.values():
        virtual[wire.owner_id, wire.currency] += wire.promised_micros
    for carrying in state.carrying.values():
        real.update(carrying.book.cash)
    for key in sorted({*virtual, *real}):
        if virtual[key] != real[key]:
            yield f"{key}: books {virtual[key]}, carrying accounts {real[key]}"


def variation_is_conserved(state: DeskState) -> Iterator[str]:
    """Per account and contract, value carried in the books = value carried in the account."""
    virtual: Counter[tuple[str, str]] = Counter()
    for sub in state.subs.values():
        for key, position in sub.book.positions.items():
            virtual[key] += position.carried_micros
    for carrying_id, carrying in sorted(state.carrying.items()):
        for contract_id, suspended in carrying.suspense.positions.items():
            virtual[carrying_id, contract_id] += suspended.carried_micros
        for contract_id in sorted(state.contracts):
            real = carrying.book.positions.get(contract_id)
            carried = real.carried_micros if real is not None else 0
            if carried != virtual[carrying_id, contract_id]:
                own = virtual[carrying_id, contract_id]
                yield f"{carrying_id} {contract_id}: books carry {own}, account {carried}"


def profit_is_explained(state: DeskState) -> Iterator[str]:
    """Realised + unrealised profit = variation paid + variation not yet paid, per position."""
    for sub_id, sub in sorted(state.subs.items()):
        for line in sub.sorted_lines():
            position, contract = line.position, line.contract
            if contract.mark_nanos is None:
                continue
            product, mark = contract.product, contract.mark_nanos
            unpaid = position.value_micros(product, mark) - position.carried_micros
            profit = position.realised_micros + position.unrealised_micros(product, mark)
            if profit != position.variation_micros + unpaid:
                yield f"{sub_id} {line.key}: profit {profit}, {position.variation_micros}+{unpaid}"


def capital_and_reserve_sum_to_the_pool(state: DeskState) -> Iterator[str]:
    """Per owner and currency, balances of sub-accounts + reserve + suspense = pool balance."""
    for owner_id, pool in sorted(state.pools.items()):
        total: Counter[str] = Counter()
        for sub_id in pool.sub_ids:
            total.update(state.subs[sub_id].standing.balance)
        total.update(pool.reserve.cash)
        for carrying in state.carrying.values():
            if carrying.account.holder_id != owner_id:
                continue
            suspense = carrying.suspense
            total.update(suspense.book.cash)
            for contract_id, position in suspense.positions.items():
                contract = state.contracts[contract_id]
                unit = contract.unit_value_micros
                total[contract.currency] += position.net_lots * unit - position.carried_micros
        for currency in sorted({*total, *pool.standing.balance}):
            pooled = pool.standing.balance.get(currency, 0)
            if total[currency] != pooled:
                yield f"{owner_id} {currency}: parts {total[currency]}, pool {pooled}"


def reserve_is_never_negative(state: DeskState) -> Iterator[str]:
    """The reserve's base-currency cash is never below zero."""
    base = state.rates.base_currency
    for owner_id, pool in sorted(state.pools.items()):
        held = pool.reserve.cash.get(base, 0)
        if held < 0:
            yield f"{owner_id}: reserve {held}"


def reservations_equal_need(state: DeskState) -> Iterator[str]:
    """Working lots of every line = what its live orders and blocks still need."""
    for sub_id, sub in sorted(state.subs.items()):
        need: Counter[tuple[tuple[str, str], Side]] = Counter()
        for order in sub.working.values():
            assert order.line is not None
            need[order.line.key, order.terms.side] += order.needed_lots
        for block in state.blocks.values():
            for place, line in enumerate(block.lines):
                if line.sub is sub:
                    missing = block.legs[place].quantity_lots - block.received[place]
                    need[line.key, block.side] += max(0, missing)
        for line in sub.sorted_lines():
            for side in Side:
                held = line.closing_lots(side)
                if line.is_gross:
                    exposure = line.entry.exposure
                    held += exposure.buy_lots if side is Side.BUY else exposure.sell_lots
                    held -= line.enveloped[side]
                if held != need[line.key, side]:
                    wanted = need[line.key, side]
                    yield f"{sub_id} {line.key} {side.name}: reserved {held}, needed {wanted}"


def envelopes_are_sound(state: DeskState) -> Iterator[str]:
    """Reserved = opened - used, on every line; what is reserved fits limits and margin."""
    reserved: Counter[tuple[str, tuple[str, str], Side]] = Counter()
    for envelope_id, envelope in sorted(state.risk.envelopes.open.items()):
        if envelope.reserved_lots != envelope.unused_lots:
            yield f"envelope {envelope_id}: {envelope.reserved_lots} of {envelope.unused_lots} lots"
        for line in envelope.lines if envelope.cover is None else ():
            reserved[line.sub.sub_account_id, line.key, envelope.side] += envelope.reserved_lots
        if envelope.cover != envelope.lot_cover():
            yield f"envelope {envelope_id} holds what its lots asked for before"
        orders = envelope.lines[0].sub.working.values()
        taken = sum(order.reserved_lots for order in orders if order.envelope is envelope)
        if taken != envelope.working_lots:
            yield f"envelope {envelope_id}: orders hold {taken} lots, not {envelope.working_lots}"
    for sub_id, sub in sorted(state.subs.items()):
        for line in sub.sorted_lines():
            for side in Side:
                lots, wanted = line.enveloped[side], reserved[sub_id, line.key, side]
                if lots != wanted:
                    yield f"{sub_id} {line.key} {side.name}: {lots} enveloped lots, not {wanted}"
    yield from broken_reserves(state)


def settlements_are_balanced(state: DeskState) -> Iterator[str]:
    """Lots and carried value kept of a settlement: books = carrying account, day by day."""
    for contract_id, contract in sorted(state.contracts.items()):
        for settlement in contract.settlements.values():
            lots: Counter[str] = Counter()
            carried: Counter[str] = Counter()
            for held in settlement.books:
                lots[held.carrying_account_id] += held.lots
                carried[held.carrying_account_id] += held.carried_micros
            for account in settlement.carrying:
                lots[account.carrying_account_id] -= account.lots
                carried[account.carrying_account_id] -= account.carried_micros
            apart = {key for found in (lots, carried) for key in found if found[key]}
            if apart:
                yield f"{contract_id} at day {settlement.day}: {', '.join(sorted(apart))} apart"


def days_are_in_order(state: DeskState) -> Iterator[str]:
    """No day is opened, settled or closed before a venue is on it; a closed day is not open."""
    for venue_id, venue in sorted(state.venues.items()):
        if max(venue.opened_day, venue.settled_day, venue.closed_day) > venue.today:
            yield f"{venue_id}: {venue.opened_day}, {venue.settled_day}, {venue.closed_day} ahead"
        if venue.is_day_closed and (venue.is_open or venue.settled_day != venue.today):
            yield f"{venue_id}: closed in phase {venue.phase.value}, settled {venue.settled_day}"


def product_hours_are_sound(state: DeskState) -> Iterator[str]:
    """Only an open day has hours of products, each in one group; contracts ask the right ones."""
    for venue_id, venue in sorted(state.venues.items()):
        named = [name for hours in venue.product_hours for name in hours.product_ids]
        if len(named) > len(set(named)):
            yield f"{venue_id}: a product keeps two hours, {named}"
        if named and (venue.is_day_closed or venue.opened_day != venue.today):
            yield f"{venue_id}: hours of {named} on a day that is not open"
    for contract_id, contract in sorted(state.contracts.items()):
        if contract.hours is not contract.venue.hours_of(contract.product.product_id):
            yield f"{contract_id} asks hours that its product does not keep"


def rolls_follow_their_legs(state: DeskState) -> Iterator[str]:
    """A roll is done when no leg of it works; no leg brought more lots than it was filled."""
    for roll_id, roll in sorted(state.rolls.items()):
        legs = [state.orders.get(order_id) for order_id in roll.order_ids]
        works = any(order is not None and order.is_live for order in legs)
        if works is roll.is_done:
            yield f"roll {roll_id}: done is {roll.is_done}, a leg works is {works}"
        for order, lots in zip(legs, (roll.near_lots, roll.far_lots), strict=True):
            if order is not None and (lots > order.filled_lots or order.roll is not roll):
                yield f"roll {roll_id}: {lots} lots of order {order.order_id}"


def executions_sum_to_their_parts(state: DeskState) -> Iterator[str]:
    """Lots of a remembered execution = its sub-accounts' lots + its lots in suspense."""
    for (carrying_id, execution_id), found in state.detailed_executions.items():
        if state.contracts[found.contract_id].is_expired:
            continue
        suspended = state.carrying[carrying_id].suspense.fills.get(execution_id)
        waiting = suspended.quantity_lots if suspended is not None else 0
        parts = [part.lots.quantity_lots for part in found.parts]
        if sum(parts) + waiting != found.quantity_lots or min(parts, default=1) <= 0:
            name = f"{carrying_id} {execution_id}"
            yield f"{name}: {found.quantity_lots} lots, parts {parts}, suspense {waiting}"


def months_count_their_fills(state: DeskState) -> Iterator[str]:
    """Lots of a month that is kept = those of its executions, as far as they are remembered."""
    found: Counter[tuple[str, str, int]] = Counter()
    for (carrying_id, _), execution in state.detailed_executions.items():
        product = state.contracts[execution.contract_id].product
        key = (carrying_id, product.product_id, month_of(execution.day))
        found[key] += execution.quantity_lots
    for carrying_id, product_id, month, lots in state.funds.month_lots.dump():
        known = found[carrying_id, product_id, month]
        if known > lots:
            yield f"{carrying_id} {product_id} {month}: {lots} lots counted, {known} filled"


def caches_equal_rebuilt_ones(state: DeskState) -> Iterator[str]:
    """Every cache equals the one rebuilt from a snapshot, and the snapshot keeps the hash."""
    payload = dump(state)
    rebuilt = load(payload, state.parameters)
    if dump(rebuilt) != payload:
        yield "a restored snapshot dumps other bytes"
    for sub_id, sub in sorted(state.subs.items()):
        yield from _sub_differences(sub, rebuilt.subs[sub_id])
    for owner_id, pool in sorted(state.pools.items()):
        other = rebuilt.pools[owner_id]
        yield from _standing_differences(f"pool {owner_id}", pool.standing, other.standing)
        for key, entry in sorted(pool.entries.items()):
            found = other.entries.get(key)
            twin = found.exposure if found else None
            yield from _exposure_differences(f"pool {owner_id} {key}", entry.exposure, twin)
    yield from _counter_differences(state, rebuilt)
    yield from state.risk.self_match.differences(rebuilt.risk.self_match, state)
    if +state.flow.working != +rebuilt.flow.working:
        yield f"working orders {state.flow.working}, rebuilt {rebuilt.flow.working}"
    yield from _limit_node_differences(state, rebuilt)
    yield from _loss_differences(state, rebuilt)
    yield from _exposure_row_differences(state, rebuilt)
    for node_key, node in sorted(state.limit_nodes.items()):
        found_node = rebuilt.limit_nodes.get(node_key)
        name = f"limit node {node_key}"
        yield from _exposure_differences(name, node.net, found_node.net if found_node else None)
        found_gross = found_node.gross if found_node else None
        if node.gross is not None or found_gross is not None:
            gross = node.gross or Exposure(is_gross=True)
            yield from _exposure_differences(name, gross, found_gross)


def overrides_hold_their_time(state: DeskState) -> Iterator[str]:
    """An override is in force from its first moment until its last, and no row is hidden else."""
    book = state.risk.overrides
    for override in book.all():
        name, is_in_force = override.override_id, override.override_id in book.in_force
        if is_in_force != (override.from_ns <= state.time_ns < override.until_ns):
            yield f"{name}: in force is {is_in_force} at {state.time_ns}"
    for place, (name, _) in book.hidden.items():
        if name not in book.in_force:
            yield f"{place} is hidden by {name}, which is not in force"


def exposures_equal_their_twin(state: DeskState) -> Iterator[str]:
    """Sums of every limit of exposure = those from books, orders and marks alone."""
    for key, row in state.risk.exposures.rows.items():
        twin = exposure_sums(state, row.row)
        if row.counted() != twin:
            yield f"exposure {' '.join(key)}: {row.counted()}, by books {twin}"


def funds_are_sound(state: DeskState) -> Iterator[str]:
    """Open calls are the calls that are open; rests of interest are less than a micro."""
    funds = state.funds
    kept = sorted(funds.open_calls)
    found = sorted(key for key, call in funds.calls.items() if call.is_open)
    if kept != found:
        yield f"open calls {kept}, of all calls {found}"
    for call_id, call in sorted(funds.calls.items()):
        if not 0 <= call.covered_micros <= call.amount_micros:
            yield f"call {call_id}: {call.covered_micros} of {call.amount_micros} covered"
    for key, (_, rest) in sorted(funds.accrued.items()):
        if not 0 <= rest < ACCRUAL_SCALE:
            yield f"interest of {key}: rest {rest}"


def _sub_differences(sub: SubState, other: SubState) -> Iterator[str]:
    name = sub.sub_account_id
    yield from _standing_differences(name, sub.standing, other.standing)
    if sub.blocked_by != other.blocked_by:
        yield f"{name}: blocked by {sub.blocked_by!r}, rebuilt {other.blocked_by!r}"
    for line in sub.sorted_lines():
        twin = other.lines.get(line.key)
        exposure = twin.entry.exposure if twin else None
        yield from _exposure_differences(f"{name} {line.key}", line.entry.exposure, exposure)
        frozen = {key: lots for key, lots in line.frozen.items() if lots}
        others = {key: lots for key, lots in twin.frozen.items() if lots} if twin else {}
        if frozen != others:
            yield f"{name} {line.key}: frozen {frozen}, rebuilt {others}"


def _counter_differences(state: DeskState, rebuilt: DeskState) -> Iterator[str]:
    """Yield counters of position limits that are not what they would be if built anew."""
    for key in sorted({*state.regimes.counters, *rebuilt.regimes.counters}):
        kept, other = state.regimes.counters.get(key), rebuilt.regimes.counters.get(key)
        for person in sorted(
            {*(kept.worst_of if kept else ()), *(other.worst_of if other else ())}
        ):
            own, twin = (
                (worst.long_parts, worst.short_parts) if counter and worst else (0, 0)
                for counter in (kept, other)
                for worst in (counter.worst_of.get(person) if counter else None,)
            )
            if own != twin:
                yield f"counter {'/'.join(key)} of {person}: {own}, rebuilt {twin}"


def _limit_node_differences(state: DeskState, rebuilt: DeskState) -> Iterator[str]:
    """Yield limit nodes that do not count what they would if they were built anew."""
    for key in sorted({*state.limit_nodes, *rebuilt.limit_nodes}):
        kept, other = state.limit_nodes.get(key), rebuilt.limit_nodes.get(key)
        for gross in (False, True):
            own, twin = (
                (node.gross if gross else node.net) if node is not None else None
                for node in (kept, other)
            )
            if own is not None or twin is not None:
                held = own or Exposure(is_gross=gross)
                yield from _exposure_differences(f"limit node {key}", held, twin)
    for sub_id, sub in sorted(state.subs.items()):
        for line in sub.sorted_lines():
            twin_line = rebuilt.subs[sub_id].lines.get(line.key)
            if twin_line is not None:
                nodes, others = (
                    [(node.path, node.scope_ids, parts) for node, parts in found]
                    for found in (_counted_in(line), _counted_in(twin_line))
                )
                if nodes != others:
                    yield f"{sub_id} {line.key}: counts in {nodes}, rebuilt {others}"


def _counted_in(line: Line) -> Iterator[tuple[LimitNode, int]]:
    """Yield the limit nodes of a line and what a lot counts in each."""
    yield from ((node, 1) for node in line.limit_nodes)
    yield from line.group_nodes


def _loss_differences(state: DeskState, rebuilt: DeskState) -> Iterator[str]:
    """Yield loss limits whose equity, amounts or bounds would be others if built anew."""
    own, other = state.risk.losses, rebuilt.risk.losses
    if own.equity_of != other.equity_of:
        yield f"equities {own.equity_of}, rebuilt {other.equity_of}"
    for node_id, memory in sorted(own.memories.items()):
        twin = other.memories[node_id]
        kept, built = (
            (each.equity_micros, each.looked_micros, each.amounts, each.bounds, each.ends_below)
            for each in (memory, twin)
        )
        if kept != built:
            yield f"losses of {node_id}: {kept}, rebuilt {built}"


def _exposure_row_differences(state: DeskState, rebuilt: DeskState) -> Iterator[str]:
    """Yield limits of exposure that count something else than if they were built anew."""
    kept, others = (
        {
            key: (row.counted(), row.shared(), row.quiet, row.ends_below)
            for key, row in each.risk.exposures.rows.items()
        }
        for each in (state, rebuilt)
    )
    if kept != others:
        yield f"exposures {kept}, rebuilt {others}"


def warnings_are_told_by_their_rows(state: DeskState) -> Iterator[str]:
    """What was looked up of warnings is what rows and levels told say now."""
    warnings = state.risk.warnings
    for key, shares in warnings.shares.items():
        node_id = key[1]
        of_pool = key[0] == int(Reason.MARGIN_POOL)
        path = (f"person:{node_id}",) if of_pool else state.path_above(node_id)
        row = warnings.table.binding(path, warnings.root)
        if shares != telling_shares(row, warnings.told.get(key, 0)):
            yield f"warning of {key}: looked up {shares}"
    for node_id, (most, *bounds) in warnings.counts.items():
        row = warnings.table.binding(state.path_above(node_id), warnings.root)
        level = warnings.told.get((int(Reason.WORKING_ORDERS_MAX), node_id, "", ""), 0)
        if tuple(bounds) != told_between(row, most, level):
            yield f"warning of {node_id}'s working orders: looked up {bounds}"


def _standing_differences(name: str, kept: Standing, rebuilt: Standing) -> Iterator[str]:
    for part in ("balance", "requirement", "notional"):
        own = {key: value for key, value in getattr(kept, part).items() if value}
        other = {key: value for key, value in getattr(rebuilt, part).items() if value}
        if own != other:
            yield f"{name}: {part} {own}, rebuilt {other}"


def _exposure_differences(name: str, kept: Exposure, rebuilt: Exposure | None) -> Iterator[str]:
    if rebuilt is None:
        if not kept.is_empty:
            yield f"{name}: exposure not rebuilt"
        return
    own = (kept.net_lots, kept.buy_lots, kept.sell_lots, kept.margined_lots())
    other = (rebuilt.net_lots, rebuilt.buy_lots, rebuilt.sell_lots, rebuilt.margined_lots())
    if own != other:
        yield f"{name}: exposure {own}, rebuilt {other}"


def breaks_are_kept_in_order(state: DeskState) -> Iterator[str]:
    """A break is open or resolved, never both; it was first seen no later than last."""
    for account_id, known in sorted(state.reconciliations.items()):
        for break_id, found in sorted(known.unresolved.items()):
            if break_id in known.resolved:
                yield f"{account_id} {break_id}: both open and resolved"
            if found.resolution is not None:
                yield f"{account_id} {break_id}: open with a resolution"
            if not found.first_seen_day <= found.last_seen_day <= known.last_day:
                yield f"{account_id} {break_id}: seen {found.first_seen_day}-{found.last_seen_day}"


def proposals_fit_their_excess(state: DeskState) -> Iterator[str]:
    """Of a refused order no more is proposed than its excess; what waits is counted as proposed."""
    watch = state.regimes.watch
    waiting: Counter[int] = Counter()
    for proposal in watch.proposals.values():
        waiting[proposal.refusal_id] += proposal.terms.quantity_lots
    for refusal_id, known in sorted(watch.refusals.items()):
        excess, held = known.refused.excess_lots, known.proposed_lots
        if not waiting[refusal_id] <= held <= excess:
            yield f"refusal {refusal_id}: {waiting[refusal_id]} wait, {held} of {excess} proposed"


def held_orders_wait(state: DeskState) -> Iterator[str]:
    """An order that has not left is live, unheard of by its venue, and waits for a live one."""
    for order_id, waits_for in sorted(state.risk.self_match.held.items()):
        order = state.orders.get(order_id)
        if order is None or order.state is not OrderState.PENDING_NEW or order.filled_lots:
            yield f"order {order_id} is held and has left"
        elif order.is_in_doubt or order.pending is not Pending.NOTHING:
            yield f"order {order_id} is held and asked for at its venue"
        if not any(other in state.orders and state.orders[other].is_live for other in waits_for):
            yield f"order {order_id} waits for nothing"


def losses_are_measured(state: DeskState) -> Iterator[str]:
    """Nobody stands above a peak; whatever liquidates has a row and terms."""
    losses = state.risk.losses
    for node_id, memory in sorted(losses.memories.items()):
        levels = (memory.now_micros, memory.peak_micros, memory.ever_peak_micros)
        if list(levels) != sorted(levels):
            yield f"{node_id}: now, peak of the day and ever are {levels}"
    for node_id, running in losses.liquidations.running.items():
        if losses.terms is None or node_id not in losses.rows:
            yield f"liquidation {running.liquidation_id} of {node_id} has no row or no terms"


LAWS: tuple[Callable[[DeskState], Iterator[str]], ...] = (
    two_books_agree,
    cash_is_conserved,
    variation_is_conserved,
    profit_is_explained,
    capital_and_reserve_sum_to_the_pool,
    reserve_is_never_negative,
    reservations_equal_need,
    envelopes_are_sound,
    settlements_are_balanced,
    days_are_in_order,
    product_hours_are_sound,
    executions_sum_to_their_parts,
    months_count_their_fills,
    rolls_follow_their_legs,
    funds_are_sound,
    overrides_hold_their_time,
    caches_equal_rebuilt_ones,
    held_orders_wait,
    exposures_equal_their_twin,
    warnings_are_told_by_their_rows,
    breaks_are_kept_in_order,
    proposals_fit_their_excess,
    flow_is_remembered_in_order,
    losses_are_measured,
    instructions_wait_for_their_day,
    mass_cancels_go_on_in_order,
)


def check(state: DeskState) -> list[str]:
    """Return every broken law as ``law: what differs``; empty when all hold."""
    if state.master is None:
        return []
    return [f"{law.__name__}: {broken}" for law in LAWS for broken in law(state)]
