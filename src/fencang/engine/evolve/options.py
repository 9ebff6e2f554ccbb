"""An option's life: instructions, and lots that end while a future or cash takes their place."""

from fencang.engine.accounts import ContractState
from fencang.engine.carrying import CarryingState, SuspendedFill
from fencang.engine.evolve.fills import change_suspended, pay_suspended_premium, trade_line
from fencang.engine.state import DeskState
from fencang.messages.message import Offset, Side
from fencang.messages.option_events import ExerciseInstructed, ExerciseLeg, OptionExercised
from fencang.refdata.contract import OptionRight

__all__: list[str] = []

Trade = tuple[ContractState, Side, Offset, int, int]
"""Contract, side, offset, lots and price in nanos."""


def on_instructed(state: DeskState, event: ExerciseInstructed) -> None:
    """Keep an instruction, or forget it."""
    key = (event.sub_account_id, event.carrying_account_id, event.contract_id)
    if event.exercise_lots or event.abandon_lots:
        state.instructions[key] = event.exercise_lots, event.abandon_lots
    else:
        state.instructions.pop(key, None)


def on_exercised(state: DeskState, event: OptionExercised) -> None:
    """Close the option and open the future in every book of the event and in the account."""
    carrying = state.carrying[event.carrying_account_id]
    state.note_execution(event.carrying_account_id, event.execution_id)
    if event.underlying_id is not None:
        underlying = state.contracts[event.underlying_id]
        if underlying.mark_nanos is None:
            underlying.mark(event.strike_nanos)
    for leg in event.legs:
        trades = _trades(state, event, leg, is_gross=carrying.is_gross)
        sub = state.subs.get(leg.book_id)
        for contract, side, offset, lots, price in trades:
            name = contract.contract.contract_id
            carrying.book.position(name).trade(contract.product, side, offset, lots, price)
            if sub is None:
                _trade_suspended(state, carrying, (contract, side, offset, lots, price))
            else:
                line = state.line(sub, event.carrying_account_id, contract)
                trade_line(line, side, offset, lots, price)
        if sub is None:
            _keep_suspended_future(state, event, leg, trades)
        else:
            _use_up(state, event, leg)


def _trades(
    state: DeskState, event: OptionExercised, leg: ExerciseLeg, *, is_gross: bool
) -> list[Trade]:
    """Return the trades of one leg: the option closes, the future opens at the strike."""
    option = state.contracts[event.contract_id]
    close, open_ = (Offset.CLOSE, Offset.OPEN) if is_gross else (Offset.NET, Offset.NET)
    found: list[Trade] = []
    is_call = option.contract.right is OptionRight.CALL
    for lots, side in ((leg.long_lots, Side.SELL), (leg.short_lots, Side.BUY)):
        if not lots:
            continue
        found.append((option, side, close, lots, event.close_price_nanos))
        if event.underlying_id is not None:
            # A call exercised buys, a call assigned sells; a put the other way round.
            future_side = side.opposite if is_call else side
            underlying = state.contracts[event.underlying_id]
            found.append((underlying, future_side, open_, lots, event.strike_nanos))
    return found


def _trade_suspended(state: DeskState, carrying: CarryingState, trade: Trade) -> None:
    """Book one trade into the suspense account; the holder's pool counts it."""
    contract, side, offset, lots, price = trade
    suspense, product = carrying.suspense, contract.product
    position = suspense.position(contract.contract.contract_id)
    longs, shorts, carried = position.long_lots, position.short_lots, position.carried_micros
    premium = position.trade(product, side, offset, lots, price)
    pay_suspended_premium(carrying, contract.currency, premium)
    longs, shorts = position.long_lots - longs, position.short_lots - shorts
    account_id = carrying.account.carrying_account_id
    change_suspended(state, contract, account_id, longs, shorts)
    unpaid = (longs - shorts) * contract.unit_value_micros - (position.carried_micros - carried)
    pool = state.pool(carrying.account.holder_id)
    pool.standing.add_balance(contract.currency, unpaid + premium)


def _keep_suspended_future(
    state: DeskState, event: OptionExercised, leg: ExerciseLeg, trades: list[Trade]
) -> None:
    """Let lots of a future that nobody claimed be assigned like any suspended fill."""
    suspense = state.carrying[event.carrying_account_id].suspense
    assert leg.book_id == suspense.book.book_id, leg
    for contract, side, offset, lots, price in trades:
        if contract.contract.contract_id == event.underlying_id:
            name = f"{event.execution_id}:{side.name.lower()}"
            today = contract.venue.today
            suspense.fills[name] = SuspendedFill(
                event.underlying_id, side, offset, lots, price, 0, today
            )


def _use_up(state: DeskState, event: OptionExercised, leg: ExerciseLeg) -> None:
    """Take exercised lots off what the holder asked for."""
    key = (leg.book_id, event.carrying_account_id, event.contract_id)
    instruction = state.instructions.get(key)
    if instruction is None or not leg.long_lots:
        return
    exercise, abandon = instruction
    left = max(0, exercise - leg.long_lots)
    held = state.subs[leg.book_id].lines[key[1:]].position.long.quantity_lots
    abandon = min(abandon, held - min(left, held))
    if left or abandon:
        state.instructions[key] = left, abandon
    else:
        del state.instructions[key]
