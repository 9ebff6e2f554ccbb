"""Laws of statements over careless offices: they foot, chain, add up, and tell what books hold.

That each statement foots (cash, items, lots, profit by cost and by settlement) is asserted by
``compile_statement`` itself.
"""

import random
from collections import Counter
from datetime import date, timedelta
from functools import cache

import pytest

from fencang.messages import commands as cmd
from fencang.reports.statement.values import LotChangeKind, MovementKind, Scope
from tests.engine.desk import settlement
from tests.engine.firm import MONDAY
from tests.engine.random_desk import Office
from tests.engine.test_random_options import NAMES, Pit
from tests.reports.statement_desk import days_of, statements_of
from tests.seeds import seeds

SEEDS = range(6)
PITS = range(4)

VENUES = {
    "NYMEX": {"CLM0": "20", "CLN0": "21", "CLX0": "21", "ESM0": "3000"},
    "SHFE": {"CU06": "40000"},
    "EUREX": {"FDAX": "10000"},
    "OSE": {"NKM0": "20000"},
    "COMEX": {"GCM0": "1700"},
}


def office_of(seed, steps=260):
    """Return an office whose venues are on days of their own, with now and then a holiday."""
    office = Office(seed, uses_span=seed % 4 == 3)
    chance, days = random.Random(seed), dict.fromkeys(list(VENUES)[:4], MONDAY)
    if office.uses_span:
        days["COMEX"] = MONDAY
    for step in range(steps):
        office.step()
        if step % 3 == 2:
            office.step("cash")
        if step % 5 == 4:
            office.step("conversion")
        if step % 9 == 8:
            last = min(days.values())
            behind = [venue for venue, day in days.items() if (day - last).days < 3]
            venue = chance.choice(sorted(behind))
            move_on(office, venue, days[venue], chance)
            days[venue] = working_day(days[venue] + timedelta(days=chance.choice((1, 1, 1, 2))))
            office.day = max(office.day, days["NYMEX"], days["SHFE"])
            office.desk.do(cmd.OpenSession(venue_id=venue, trading_day=days[venue]))
    return office


def working_day(day):
    """Return the day, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def move_on(office, venue, day, chance):
    """Settle a venue's day (sometimes not, sometimes after closing), then close it."""
    desk = office.desk
    if chance.random() < 0.9:
        prices = dict(VENUES[venue])
        known = desk.state.contracts
        live = {name for name in prices if name in known and not known[name].is_expired}
        today = date.fromordinal(desk.state.venues[venue].today)
        given = {name: text for name, text in prices.items() if name in live}
        desk.do(settlement(today, venue, **given))
    office.step()
    desk.do(cmd.CloseSession(venue_id=venue))


def pit_of(seed, steps=120):
    """Return a pit of options whose venues all move on together, now and then."""
    pit, chance = Pit(seed), random.Random(seed)
    for step in range(steps):
        pit.step()
        if step % 12 == 11:
            desk, venues = pit.desk, pit.desk.state.venues
            living = [name for name in NAMES if not desk.state.contracts[name].is_expired]
            settled = {name: str(chance.randint(15, 25)) for name in living}
            today = date.fromordinal(venues["NYMEX"].today)
            desk.do(settlement(today, "NYMEX", **settled))
            pit.step()
            tomorrow = working_day(date.fromordinal(venues["NYMEX"].today) + timedelta(days=1))
            for venue in ("EUREX", "NYMEX", "OSE", "SHFE"):
                desk.do(settlement(date.fromordinal(venues[venue].today), venue))
                desk.do(cmd.CloseSession(venue_id=venue))
                desk.open(venue, tomorrow)
    return pit


@cache
def desk_of(kind, seed):
    return office_of(seed) if kind == "office" else pit_of(seed)


@pytest.fixture(
    scope="module",
    params=[
        *(("office", seed) for seed in SEEDS[:3]),
        *(("pit", seed) for seed in PITS[:2]),
        *(pytest.param(("office", seed), marks=pytest.mark.long) for seed in SEEDS[3:]),
        *(pytest.param(("pit", seed), marks=pytest.mark.long) for seed in PITS[2:]),
    ],
    ids=lambda given: f"{given[0]}-{given[1]}",
)
def office(request):
    return desk_of(*request.param)


def cash_of(statement):
    found = {each.currency: each.closing_micros for each in statement.balances}
    return {currency: amount for currency, amount in found.items() if amount}


def summed(statements, read):
    total = Counter()
    for statement in statements:
        total.update(Counter(read(statement)))
    return {key: amount for key, amount in total.items() if amount}


def nonzero(amounts):
    return {key: amount for key, amount in amounts.items() if amount}


FLOWS = ("realised_micros", "variation_micros", "premium_micros", "fees_micros", "net_micros")


def readings():
    """What must add up from books to owners to the desk."""
    yield cash_of
    yield lambda each: {(b.currency): b.unpaid_micros for b in each.balances}
    yield lambda each: {(b.currency): b.option_value_micros for b in each.balances}
    yield lambda each: {
        (b.currency, m.kind): m.amount_micros for b in each.balances for m in b.movements
    }
    for field in FLOWS:
        yield lambda each, field=field: {
            (line.contract_id): getattr(line, field) for line in each.results
        }


def test_days_chain_and_sums_of_books_are_those_of_owners_and_desk(office):
    """Laws: closing = opening of the day after; books add up to owners, owners to the desk."""
    before = {}
    days = days_of(office.desk.records)
    assert len(days) > 1
    for day in days:
        statements = statements_of(day)
        for name, statement in statements.items():
            opening = {each.currency: each.opening_micros for each in statement.balances}
            assert nonzero(opening) == before.get(name, {}), (name, day.trading_day)
        before = {name: cash_of(statement) for name, statement in statements.items()}
        by_scope = {
            scope: [each for each in statements.values() if each.scope is scope] for scope in Scope
        }
        for read in readings():
            books = summed(by_scope[Scope.BOOK], read)
            assert books == summed(by_scope[Scope.OWNER], read)
            assert books == summed(by_scope[Scope.DESK], read)


def test_results_chain_too(office):
    """Law: unrealised and unpaid profit, and the value of options, open as they closed."""
    closed = {}
    for day in days_of(office.desk.records):
        statements = statements_of(day)
        for name, statement in statements.items():
            for line in statement.results:
                expected = closed.get((name, line.contract_id), (0, 0, 0))
                opening = (
                    line.opening_unrealised_micros,
                    line.opening_unpaid_micros,
                    line.opening_option_value_micros,
                )
                assert opening == expected, (name, line)
        closed = {
            (name, line.contract_id): (
                line.closing_unrealised_micros,
                line.closing_unpaid_micros,
                line.closing_option_value_micros,
            )
            for name, statement in statements.items()
            for line in statement.results
        }


def test_the_last_day_tells_what_the_engine_holds(office):
    """Law: cash, lots, cost of record and carried value are those of the books."""
    state, last = office.desk.state, days_of(office.desk.records)[-1]
    statements = statements_of(last)
    assert cash_of(statements["MASTER"]) == summed_cash(state)
    for name, sub in state.subs.items():
        assert cash_of(statements[name]) == nonzero(sub.book.cash), name
    for owner, pool in state.pools.items():
        assert cash_of(statements[f"@reserve:{owner}"]) == nonzero(pool.reserve.cash)
    for account, carrying in state.carrying.items():
        assert cash_of(statements[f"@suspense:{account}"]) == nonzero(carrying.suspense.book.cash)
    promised = state.funds.promised_micros
    for owner in state.pools:
        told = (
            cash_of(statements[f"@promised:{owner}"]) if f"@promised:{owner}" in statements else {}
        )
        assert told == nonzero({name: promised(owner, name) for name in ("USD", "CNY", "EUR")})
    owned, suspended = {}, {}
    for held in last.closing_held:
        costs = (held.long_lots, held.long_cost_micros, held.short_lots, held.short_cost_micros)
        if held.book_id in state.subs:
            key = (held.book_id, held.carrying_account_id, held.contract_id)
            owned[key] = (*costs, held.carried_micros)
        else:
            lots = (held.net_lots, held.carried_micros)
            suspended[held.carrying_account_id, held.contract_id] = lots
    assert owned == {
        (name, *key): (
            position.long.quantity_lots,
            position.long.cost_micros,
            position.short.quantity_lots,
            position.short.cost_micros,
            position.carried_micros,
        )
        for name, sub in state.subs.items()
        for key, position in sub.book.positions.items()
        if not position.is_flat or position.carried_micros
    }
    assert suspended == {
        (account, contract): (position.net_lots, position.carried_micros)
        for account, carrying in state.carrying.items()
        for contract, position in carrying.suspense.positions.items()
        if not position.is_flat
    }


def summed_cash(state):
    total = Counter()
    for carrying in state.carrying.values():
        for (_, currency), amount in carrying.book.cash.items():
            total[currency] += amount
    return nonzero(total)


def test_a_period_says_what_its_days_say(office):
    """Law: a month is its days."""
    days = days_of(office.desk.records)
    whole = statements_of(days)
    single = [statements_of(day) for day in days]
    for name, statement in whole.items():
        parts = [each[name] for each in single if name in each]
        changes = [change for part in parts for change in part.lot_changes]
        assert list(statement.lot_changes) == changes
        for field in FLOWS:
            by_day = Counter()
            for part in parts:
                for line in part.results:
                    by_day[line.contract_id] += getattr(line, field)
            found = {line.contract_id: getattr(line, field) for line in statement.results}
            assert nonzero(found) == nonzero(by_day), (name, field)


def test_an_ended_day_never_changes(office):
    """Law: whatever comes later, what has ended is told as it was."""
    records = office.desk.records
    whole = days_of(records, unended=False)
    half = days_of(records[: len(records) // 2], unended=False)
    for early, late in zip(half, whole, strict=False):
        assert statements_of(early) == statements_of(late)


def test_ended_days_are_final_and_the_others_are_not(office):
    days = days_of(office.desk.records)
    final = [statements_of(day)["ALPHA"].is_final for day in days]
    assert final == sorted(final, reverse=True)
    assert sum(final) >= 3, "an office that ends no day proves nothing"
    assert not final[-1]


def test_profit_to_date_is_the_engine_s(office):
    """Law: realised by cost, and what moved for it, are those of every position's whole life."""
    state, found = office.desk.state, {}
    for day in days_of(office.desk.records):
        for (book_id, contract_id), results in day.day.results.items():
            realised, moved = found.get((book_id, contract_id), (0, 0))
            moved += results.variation_micros + results.premium_micros + results.brought_in_micros
            found[book_id, contract_id] = (realised + results.realised_micros, moved)
    for name, sub in state.subs.items():
        lived = Counter(), Counter()
        for (_, contract_id), position in sub.book.positions.items():
            lived[0][contract_id] += position.realised_micros
            lived[1][contract_id] += position.variation_micros
        for contract_id in {*lived[0], *lived[1]}:
            expected = lived[0][contract_id], lived[1][contract_id]
            assert found.get((name, contract_id), (0, 0)) == expected, (name, contract_id)


@pytest.mark.parametrize("seed", seeds(2, of=len(PITS)))
def test_options_are_worth_something_and_none_of_it_is_equity(seed):
    """Law: what a premium was paid for has no unpaid variation; pits meet every kind of change."""
    kinds, worth = set(), 0
    for day in days_of(pit_of(seed).desk.records):
        for held in day.closing_held:
            if held.product.pays_premium:
                assert held.unpaid_micros == held.carried_micros == 0
                worth += abs(held.option_value_micros)
            else:
                assert held.option_value_micros == 0
        kinds |= {str(change.kind) for change in day.day.lot_changes}
    assert worth
    assert kinds & {"exercise", "assignment"}


def test_offices_meet_every_kind_of_change_and_movement():
    """Laws over offices that never correct, move or wire anything would prove little."""
    kinds, movements = set(), set()
    for seed in SEEDS:
        for day in days_of(desk_of("office", seed).desk.records):
            kinds |= {change.kind for change in day.day.lot_changes}
            for currencies in day.day.moved.values():
                movements |= {kind for moved in currencies.values() for kind in moved}
    assert kinds >= {
        LotChangeKind.ENTERED,
        LotChangeKind.CORRECTION,
        LotChangeKind.BUST,
        LotChangeKind.TRANSFER,
    }
    assert movements >= {
        MovementKind.WIRE,
        MovementKind.PROMISED,
        MovementKind.INTEREST,
        MovementKind.CORRECTION,
    }
