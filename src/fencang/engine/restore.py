"""A desk from its stored form: definitions first, then books, then orders, caches as they come."""

from collections import deque

from fencang.engine.accounts import Collateral, Line
from fencang.engine.carrying import SuspendedFill
from fencang.engine.evolve.desk import define, refresh_holding
from fencang.engine.evolve.fills import change_suspended
from fencang.engine.evolve.orders import resize
from fencang.engine.evolve.overrides import restore_overrides
from fencang.engine.execution_form import restore_executions
from fencang.engine.limit_links import open_told_nodes
from fencang.engine.netting.add_ons import relink_add_ons
from fencang.engine.netting.links import relink
from fencang.engine.netting.rate_links import relink_rates
from fencang.engine.netting.sets import LoadedFile, ParameterSource
from fencang.engine.orders import Block, Order, OrderState, Pending
from fencang.engine.phases import link_hours, refresh_phase_due
from fencang.engine.plans import Plan, PlanState
from fencang.engine.regimes.links import relink_regimes
from fencang.engine.risk.exposure_links import relink_exposures
from fencang.engine.snapshot_authority import restore_authority
from fencang.engine.snapshot_envelopes import restore_envelopes
from fencang.engine.snapshot_form import (
    BlockForm,
    BookForm,
    CarryingForm,
    DeskForm,
    LotsForm,
    OrderForm,
    SignedForm,
)
from fencang.engine.snapshot_funds import restore_funds
from fencang.engine.snapshot_life import restore_life
from fencang.engine.snapshot_reconciliation import restored_reconciliations
from fencang.engine.snapshot_regimes import restore_regimes
from fencang.engine.snapshot_risk import restore_risk
from fencang.engine.state import DeskState, IndicatorState
from fencang.engine.venues import ProductHours
from fencang.ledger.book import Book, SignedPosition
from fencang.ledger.lots import OpenLots
from fencang.margin.standing import Standing
from fencang.messages.message import TradingState
from fencang.refdata.account import SubAccount
from fencang.refdata.session import Phase

__all__ = ["restore"]


def restore(form: DeskForm, parameters: ParameterSource) -> DeskState:
    """Return the desk that the form was taken from."""
    state = DeskState(parameters)
    state.sequence, state.time_ns = form.sequence, form.time_ns
    state.versions = {tuple(key): version for key, version in form.versions}
    _restore_span(state, form)
    _define(state, form)
    if state.risk.tiers.rows:
        state.risk.tiers.link(state.subs.values(), state.flow)
    restore_overrides(state)
    restore_authority(state.authority, form.authority)
    if state.span_sets:
        relink(state)
    for currency, rate, source in form.rates:
        state.rates.rate_nanos[currency] = rate
        if source:
            state.rate_sources[currency] = source
    _restore_days(state, form)
    for contract_id, mark, settlement, is_expired, floor, marked_ns in form.contracts:
        contract = state.contracts[contract_id]
        contract.marked_ns = marked_ns
        contract.venue.marked_ns = max(contract.venue.marked_ns, marked_ns)
        contract.span_floor_micros = floor
        if mark is not None:
            contract.mark(mark)
        contract.settlement_nanos, contract.is_expired = settlement, is_expired
    if state.margin_rates:
        relink_rates(state)
    if state.add_ons:
        relink_add_ons(state)
    state.trading_states = {key: TradingState(value) for key, value in form.trading_states}
    _restore_margin(state, form)
    _restore_books(state, form)
    _restore_orders(state, form)
    _restore_rules(state, form)
    _restore_rest(state, form)
    _restore_regimes(state, form)
    return state


def _restore_regimes(state: DeskState, form: DeskForm) -> None:
    restore_regimes(state.regimes, form.regimes)
    restore_risk(state, form.risk)
    if not state.regimes.is_empty:
        relink_regimes(state)
    relink_exposures(state)
    state.risk.envelopes.refresh_covers()
    open_told_nodes(state)


def _restore_days(state: DeskState, form: DeskForm) -> None:
    for entry in form.venues:
        venue = state.venues[entry.venue_id]
        venue.phase, venue.sessions = Phase(entry.phase), tuple(entry.sessions)
        venue.phase_since_ns = form.time_ns
        venue.today, venue.opened_day = entry.today, entry.opened_day
        venue.settled_day, venue.closed_day = entry.settled_day, entry.closed_day
        venue.settlement_source = entry.settlement_source
    for stored in form.product_hours:
        venue, names = state.venues[stored.venue_id], tuple(stored.product_ids)
        hours = ProductHours(names, Phase(stored.phase), tuple(stored.sessions))
        hours.phase_since_ns = form.time_ns
        venue.product_hours = (*venue.product_hours, hours)
        link_hours(state, venue)
    refresh_phase_due(state)
    for contract_id, settlements in form.settlements:
        state.contracts[contract_id].settlements = {each.day: each for each in settlements}


def _restore_span(state: DeskState, form: DeskForm) -> None:
    for entry in form.span_sets:
        span = state.span_set(entry.clearing_house)
        for file in entry.loaded:
            span.loaded[file[0]] = LoadedFile(*file)
        if entry.active_sha256:
            parameters = state.parameters.get(entry.active_sha256)
            assert parameters is not None, f"the file {entry.active_sha256} is not in the blobs"
            span.activate(entry.active_sha256, parameters)
            span.override(tuple(entry.overrides))


def _restore_margin(state: DeskState, form: DeskForm) -> None:
    for sub_id, granted in form.grants:
        state.subs[sub_id].standing.granted_micros = granted
    for owner_id, carrying_id, name, currency, value, haircut in form.collateral:
        pool, item = state.pool(owner_id), Collateral(currency, value, haircut)
        pool.collateral[carrying_id, name] = item
        counted = pool.standing.collateral
        counted[currency] = counted.get(currency, 0) + item.counted_micros


def _define(state: DeskState, form: DeskForm) -> None:
    waiting = []
    for item in form.items:
        if isinstance(item, SubAccount):
            waiting.append(item)
        else:
            # Limits and rules follow the sub-accounts in the form and name them freely.
            define(state, item)
    while waiting:
        ready = [item for item in waiting if item.parent_id is None or item.parent_id in state.subs]
        assert ready, "a sub-account's parent is missing"
        for item in ready:
            define(state, item)
        waiting = [item for item in waiting if item.sub_account_id not in state.subs]


def _fill_lots(lots: OpenLots, form: LotsForm) -> None:
    lots.cost_micros = form.cost_micros
    lots.layers = deque(list(layer) for layer in form.layers)
    lots.quantity_lots = sum(layer[1] for layer in form.layers)


def _fill_cash(book: Book, form: BookForm, *standings: Standing) -> None:
    book.cash = dict(form.cash)
    book.fees = dict(form.fees)
    for currency, amount in form.cash:
        for standing in standings:
            standing.add_balance(currency, amount)


def _restore_books(state: DeskState, form: DeskForm) -> None:
    for owner_id, book, is_over_granted in form.reserves:
        pool = state.pool(owner_id)
        pool.is_over_granted = is_over_granted
        _fill_cash(pool.reserve, book, pool.standing)
    for book in form.subs:
        sub = state.subs[book.book_id]
        _fill_cash(sub.book, book, sub.standing, sub.pool.standing)
        for entry in book.positions:
            contract = state.contracts[entry.contract_id]
            line = state.line(sub, entry.carrying_account_id, contract)
            position = line.position
            _fill_lots(position.long, entry.long)
            _fill_lots(position.short, entry.short)
            position.carried_micros = entry.carried_micros
            position.realised_micros = entry.realised_micros
            position.variation_micros = entry.variation_micros
            _carry(line)
    for carrying in form.carrying:
        _restore_carrying(state, carrying)


def _carry(line: Line) -> None:
    """Bring a line's restored lots into every cache over it."""
    position, contract = line.position, line.contract
    line.change_lots(position.long.quantity_lots, position.short.quantity_lots, 0, 0)
    unpaid = position.net_lots * contract.unit_value_micros - position.carried_micros
    line.sub.standing.add_balance(contract.currency, unpaid)
    line.sub.pool.standing.add_balance(contract.currency, unpaid)


def _fill_signed(positions: dict[str, SignedPosition], forms: list[SignedForm]) -> None:
    for form in forms:
        position = positions[form.contract_id] = SignedPosition()
        position.long_lots = form.long_lots
        position.short_lots = form.short_lots
        position.carried_micros = form.carried_micros


def _restore_carrying(state: DeskState, form: CarryingForm) -> None:
    carrying = state.carrying[form.carrying_account_id]
    carrying.book.cash = {(owner, currency): amount for owner, currency, amount in form.cash}
    _fill_signed(carrying.book.positions, form.positions)
    suspense = carrying.suspense
    pool = state.pool(carrying.account.holder_id)
    _fill_cash(suspense.book, form.suspense, pool.standing)
    _fill_signed(suspense.positions, form.suspense_positions)
    for contract_id, position in suspense.positions.items():
        contract = state.contracts[contract_id]
        longs, shorts = position.long_lots, position.short_lots
        change_suspended(state, contract, form.carrying_account_id, longs, shorts)
        unpaid = position.net_lots * contract.unit_value_micros - position.carried_micros
        pool.standing.add_balance(contract.currency, unpaid)
    for fill in form.suspended:
        suspense.fills[fill.execution_id] = SuspendedFill(
            fill.contract_id,
            fill.side,
            fill.offset,
            fill.quantity_lots,
            fill.price_nanos,
            fill.fee_micros,
            fill.day,
        )


def _restore_orders(state: DeskState, form: DeskForm) -> None:
    blocks = {entry.block_id: _restore_block(state, entry) for entry in form.blocks}
    for entry in form.orders:
        order = state.orders[entry.order_id] = _restore_order(state, entry, blocks)
        if order.is_live:
            state.contracts[order.terms.contract_id].live_orders[entry.order_id] = order
    state.closed_orders = deque(form.closed_orders)
    envelope_of = {entry.order_id: entry.envelope_id for entry in form.orders if entry.envelope_id}
    restore_envelopes(state, form.risk.envelopes, envelope_of)


def _restore_block(state: DeskState, form: BlockForm) -> Block:
    contract = state.contracts[form.contract_id]
    legs = tuple(form.legs)
    block = Block(
        block_id=form.block_id,
        rule_id=form.rule_id,
        carrying_account_id=form.carrying_account_id,
        contract_id=form.contract_id,
        side=form.side,
        offset=form.offset,
        legs=legs,
        lines=[
            state.line(state.subs[leg.sub_account_id], form.carrying_account_id, contract)
            for leg in legs
        ],
    )
    block.received = list(form.received)
    block.attempts_used = form.attempts_used
    block.is_done = form.is_done
    if block.is_done:
        return block
    state.blocks[form.block_id] = block
    for place, (line, leg) in enumerate(zip(block.lines, legs, strict=True)):
        block.reserved[place] = max(0, leg.quantity_lots - block.received[place])
        line.change_working(form.side, form.offset, block.reserved[place])
    return block


def _restore_order(state: DeskState, form: OrderForm, blocks: dict[int, Block]) -> Order:
    order = Order(form.order_id, form.terms, form.client_order_id)
    order.quantity_lots = form.quantity_lots
    order.limit_price_nanos = form.limit_price_nanos
    order.filled_lots = form.filled_lots
    order.state = OrderState(form.state)
    order.pending = Pending(form.pending)
    order.pending_quantity_lots = form.pending_quantity_lots
    order.pending_price_nanos = form.pending_price_nanos
    order.routed_at_ns = form.routed_at_ns
    order.is_in_doubt = form.is_in_doubt
    order.is_reducing = form.is_reducing
    order.attempt = form.attempt
    order.charged = dict(form.charged)
    if form.block_id:
        order.block = blocks[form.block_id]
        order.block.slices[form.order_id] = order
        return order
    sub = state.subs[form.sub_account_id]
    terms = form.terms
    line = state.line(sub, terms.carrying_account_id, state.contracts[terms.contract_id])
    order.line = line
    sub.client_order_ids[form.client_order_id] = form.order_id
    order.reserved_lots = order.needed_lots
    if order.is_live:
        sub.working[form.order_id] = order
        if state.flow.rows:
            state.flow.count(line.path, 1)
        line.change_working(terms.side, terms.offset, order.reserved_lots)
        resize(order)  # premiums
    return order


def _restore_rules(state: DeskState, form: DeskForm) -> None:
    for entry in form.rules:
        armed = state.rules[entry.rule_id]
        armed.reference_nanos = entry.reference_nanos
        armed.positions = {
            sub_id: {
                (carrying_id, contract_id): (long_lots, short_lots)
                for carrying_id, contract_id, long_lots, short_lots in own
            }
            for sub_id, own in entry.positions
        }
        armed.is_holding = entry.is_holding
        armed.hold_until_ns = entry.hold_until_ns
        armed.firings = entry.firings
    for sub in state.subs.values():
        refresh_holding(state, sub)


def _restore_rest(state: DeskState, form: DeskForm) -> None:
    for entry in form.indicators:
        indicator = state.indicators[entry.indicator] = IndicatorState()
        indicator.value_nanos = entry.value_nanos
        indicator.close_nanos = entry.close_nanos
        indicator.next_close_nanos = entry.next_close_nanos
        indicator.window = deque(entry.window)
    for key in form.executions:
        state.executions[key] = None
    restore_executions(state.detailed_executions, form.detailed_executions)
    state.cursors = dict(form.cursors)
    for sub_id, carrying_id, contract_id, exercise, abandon in form.instructions:
        state.instructions[sub_id, carrying_id, contract_id] = exercise, abandon
    state.reconciliations = restored_reconciliations(form.reconciliations)
    restore_funds(state.funds, form.funds)
    restore_life(state, form.life)
    for proposed in form.plans:
        plan = Plan(
            proposed.plan_id,
            proposed.owner_id,
            proposed.proposed_by,
            proposed.proposed_at_ns,
            tuple(proposed.lines),
        )
        plan.state = PlanState(proposed.state)
        plan.approved_by = proposed.approved_by
        state.plans[proposed.plan_id] = plan
