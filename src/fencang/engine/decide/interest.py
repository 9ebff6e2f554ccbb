"""Interest: what brokers pay owners, owners their sub-accounts, and the charge for benefit.

A command and not a part of settlement: venues settle apart, interest runs by calendar days, and
only whoever closes the desk's day knows how many nights follow.  Amounts accrue exactly: what is
less than a micro is kept for the next posting, so that postings add up to the whole.

The owner's reserve stands between the broker and the sub-accounts.  What it cannot pay is not
paid: it stays owed, a person is called, and the next posting tries again.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from fencang.engine.decide.refusal import rejected
from fencang.engine.flows.standing import uncovered_micros
from fencang.engine.funds import ACCRUAL_SCALE
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, CommandRejected, OperatorCalled
from fencang.messages.money_commands import PostInterest
from fencang.messages.money_events import InterestKind, InterestLine, InterestPosted
from fencang.messages.reasons import Reason
from fencang.refdata.funding import InterestRate, InterestScope

__all__ = ["decide_post_interest", "used_benefit_micros"]

NIGHTS_MAX = 31
YEAR_SCALE = ACCRUAL_SCALE // 1_000_000


class Accrual(NamedTuple):
    """One balance with what it has earned: whole micros to be paid, and the rest."""

    kind: InterestKind
    account_id: str
    owner_id: str
    currency: str
    balance_micros: int
    owed_micros: int
    rest: int

    @property
    def to_reserve_micros(self) -> int:
        """Return what the owner's reserve gets by it, negative when it pays."""
        return self.owed_micros if self.kind is InterestKind.BROKER else -self.owed_micros


def decide_post_interest(state: DeskState, command: PostInterest) -> list[AnyEvent]:
    """Post interest for the nights of the command, each night once."""
    refusal = _days_refusal(state, command)
    if refusal is not None:
        return [refusal]
    days = (command.day.toordinal(), command.until_day.toordinal())
    lines, short = _paid(state, _accruals(state, days))
    posted = InterestPosted(day=command.day, until_day=command.until_day, lines=tuple(lines))
    calls = [
        OperatorCalled(
            subject=f"interest of {line.owner_id}",
            detail=(
                f"the reserve cannot pay {line.owed_micros} micros {line.currency} for "
                f"{line.account_id}; they stay owed"
            ),
        )
        for line in short
    ]
    return [posted, *calls]


def _days_refusal(state: DeskState, command: PostInterest) -> CommandRejected | None:
    nights = command.until_day.toordinal() - command.day.toordinal()
    if not 1 <= nights <= NIGHTS_MAX:
        detail = f"{nights} nights from {command.day} to {command.until_day}; 1 to {NIGHTS_MAX} go"
        return rejected(Reason.INTEREST_DAYS, detail)
    until = state.funds.interest_until
    if until and command.day.toordinal() != until:
        detail = f"interest is posted up to {date.fromordinal(until)}: begin there, each night once"
        return rejected(Reason.INTEREST_DAYS, detail)
    return None


def _accruals(state: DeskState, days: tuple[int, int]) -> list[Accrual]:
    """Return every balance that earns or still has something, sorted by what it is."""
    found = []
    balances = _balances(state)
    for kind, account_id, owner_id, currency in sorted({*balances, *state.funds.accrued}):
        key = (kind, account_id, owner_id, currency)
        balance = balances.get(key, 0)
        owed, rest = state.funds.accrued.get(key, (0, 0))
        earned, rest = divmod(rest + _earned(state, key, balance, days), ACCRUAL_SCALE)
        if earned or owed or rest:
            found.append(
                Accrual(
                    InterestKind(kind),
                    account_id,
                    owner_id,
                    currency,
                    balance,
                    owed + earned,
                    rest,
                )
            )
    return found


def _balances(state: DeskState) -> dict[tuple[int, str, str, str], int]:
    balances: dict[tuple[int, str, str, str], int] = {}
    for carrying_id, carrying in state.carrying.items():
        for (owner_id, currency), cash in carrying.book.cash.items():
            balances[InterestKind.BROKER, carrying_id, owner_id, currency] = cash
    base = state.rates.base_currency
    for sub_id, sub in state.subs.items():
        owner_id = sub.book.owner_id
        for currency, cash in sub.book.cash.items():
            balances[InterestKind.CASH, sub_id, owner_id, currency] = cash
        used = used_benefit_micros(state, sub_id)
        if used:
            balances[InterestKind.BENEFIT, sub_id, owner_id, base] = used
    return balances


def used_benefit_micros(state: DeskState, sub_id: str) -> int:
    """Return what of its requirement a sub-account leaves to the granted benefit, in base micros.

    Requirement less its own prudent equity, no more than was granted.
    """
    standing = state.subs[sub_id].standing
    if not standing.granted_micros:
        return 0
    own = state.rates.prudent_total(standing.balance)
    short = state.rates.total(standing.requirement) - own
    return max(0, min(short, standing.granted_micros))


def _earned(
    state: DeskState, key: tuple[int, str, str, str], balance: int, days: tuple[int, int]
) -> int:
    """Return what a balance earns over the nights, in ``ACCRUAL_SCALE``-ths of a micro."""
    kind, account_id, _, currency = key
    if not balance:
        return 0
    is_broker = kind == InterestKind.BROKER
    scope = InterestScope.CARRYING if is_broker else InterestScope.SUB_ACCOUNT
    earned = 0
    for day in range(*days):
        rate = state.funds.rate(scope, account_id, currency, day)
        if rate is not None:
            yearly = balance * _ppm(rate, kind, balance)
            earned += yearly * (YEAR_SCALE // rate.day_count.days)
    return earned


def _ppm(rate: InterestRate, kind: int, balance: int) -> int:
    if kind == InterestKind.BENEFIT:
        return -rate.benefit_ppm
    return rate.credit_ppm if balance > 0 else rate.debit_ppm


def _paid(state: DeskState, accruals: list[Accrual]) -> tuple[list[InterestLine], list[Accrual]]:
    """Let the reserves take first and then pay, in order, what they can; return what they lack."""
    rates = state.rates
    reserve: defaultdict[tuple[str, str], int] = defaultdict(int)
    room: dict[str, int] = {}
    for owner_id in sorted(state.pools):
        pool = state.pools[owner_id]
        room[owner_id] = -uncovered_micros(state, pool)
        for currency, cash in pool.reserve.cash.items():
            reserve[owner_id, currency] = cash
    for accrual in accruals:
        if accrual.to_reserve_micros > 0:
            reserve[accrual.owner_id, accrual.currency] += accrual.to_reserve_micros
            if accrual.kind is InterestKind.BROKER:
                value = rates.value(accrual.currency, accrual.to_reserve_micros)
                room[accrual.owner_id] += value
    lines, short = [], []
    for accrual in accruals:
        paid, pays = accrual.owed_micros, -accrual.to_reserve_micros
        if pays > 0:
            place, value = (accrual.owner_id, accrual.currency), rates.value(accrual.currency, pays)
            if pays <= reserve[place] and value <= room[accrual.owner_id]:
                reserve[place] -= pays
                room[accrual.owner_id] -= value
            else:
                paid = 0
                short.append(accrual)
        lines.append(_line(accrual, paid))
    return lines, short


def _line(accrual: Accrual, paid: int) -> InterestLine:
    return InterestLine(
        kind=accrual.kind,
        account_id=accrual.account_id,
        owner_id=accrual.owner_id,
        currency=accrual.currency,
        balance_micros=accrual.balance_micros,
        amount_micros=paid,
        owed_micros=accrual.owed_micros - paid,
        rest=accrual.rest,
    )
