"""A careless office: seeded commands, sensible and senseless, over the firm of the scenarios."""

import random
from datetime import timedelta

from fencang.basics.money import format_money
from fencang.messages import commands as cmd
from fencang.messages.events import BlockOrderCreated, FillSuspended, OrderAccepted, PlanProposed
from fencang.messages.message import Offset, OrderType, Side, TradingState
from fencang.messages.money_commands import CallKind
from fencang.messages.money_events import (
    InterestPosted,
    MarginCallIssued,
    SweepProposed,
    WireRequested,
)
from fencang.refdata.contract import DeliveryGuard, DeliveryPolicy
from fencang.refdata.fees import FeeStep
from fencang.refdata.funding import AfterCutoff
from fencang.refdata.item_key import item_key
from tests.engine.acts import apply, approve, line, opening, opening_cash, opening_lots, plan
from tests.engine.broker_firm import agreement, concentration, fixed, use_two_houses
from tests.engine.cancel_acts import careless_cancels
from tests.engine.connection_acts import careless_connection
from tests.engine.desk import (
    START_NS,
    assign,
    convert,
    deposit,
    order,
    trading_desk,
    transfer,
    withdraw,
)
from tests.engine.firm import (
    CL,
    DAY,
    ES,
    MONDAY,
    SECOND,
    changed,
    define,
    limit,
    money,
    price,
    rule,
    sub_account,
)
from tests.engine.flow_firm import careless_flow, careless_impact
from tests.engine.money_firm import (
    IN,
    OUT,
    apply_sweep,
    broker_call,
    broker_pays,
    confirm,
    funding,
    give_back,
    post,
    propose_sweep,
    reserve_pays,
    row,
    send,
    take_back,
    target,
    wire,
    withdraw_wire,
)
from tests.engine.money_firm import approve as approve_wire
from tests.engine.option_firm import ALL as OPTIONS
from tests.engine.option_firm import expire as expire_option
from tests.engine.option_firm import instruct, report
from tests.engine.random_authority import approved_by_boss, signed, use_signatures
from tests.engine.random_books import merging_book
from tests.engine.random_day import begin_last_day, day_command
from tests.engine.random_exposures import exposure_command
from tests.engine.random_fills import BackOffice
from tests.engine.random_life import conversion_command, life_command, now_called, see_life
from tests.engine.random_losses import loss_command, use_losses
from tests.engine.reconciliation_acts import careless_act
from tests.engine.span_firm import (
    DEARER,
    JUNE,
    KEYS,
    activate,
    arrays,
    collateral,
    grant,
    load,
)

SUBS = ("ALPHA", "BETA", "GAMMA", "NEST", "CLIENT1", "FUNDOMNI", "MIXED")
CONTRACTS = {"CLM0": (20, 1), "CLN0": (21, 1), "ESM0": (3_000, 25), "CU06": (40_000, 1_000)}
STEPS = (FeeStep(20, 700_000), FeeStep(90, 400_000))
NET_CLOSES = (Offset.OPEN, Offset.CLOSE, Offset.CLOSE_TODAY, Offset.CLOSE_YESTERDAY)


class Office:
    """Sends one command after another, chosen by chance from what it remembers."""

    policies = tuple(DeliveryPolicy)

    def __init__(self, seed, *, uses_span=False, desk=None):
        self.chance = random.Random(seed)
        self.desk = trading_desk(
            sub_account("NEST", parent="ALPHA", tags=("cut",)),
            sub_account("MIXED", tags=("cut",), routes={"NYMEX": "CN1", "SHFE": "CN1"}),
            limit("ALPHA", "CL", 60),
            rule(hold_ns=300 * SECOND, attempts_max=3),
            rule("TEMPEST", rise_ppm=100_000, keep_ppm=0, hold_ns=200 * SECOND),
            desk=desk,
        )
        self.desk.fund("CLIENT1", "80000", owner="CLIENT", account="OMNI")
        for sub in ("FUNDOMNI", "NEST", "MIXED"):
            self.desk.fund(sub, "300000", account="OMNI")
        self.day = MONDAY
        self.contracts = dict(CONTRACTS)
        self.wires = []
        self.calls = []
        self.sweeps = []
        self.interest_day = MONDAY
        places = [(money_of, at) for money_of in ("USD", "CNY") for at in ("C1", "OMNI")]
        self.desk.done(
            define(
                *(funding(*place) for place in places),
                funding("EUR", after_cutoff=AfterCutoff.REFUSE, cutoff_s=0),
                row("exchange", "ES", per_lot_micros=1_180_000),
                target("5000000"),
                target("1500000", account="OMNI", least="10000"),
                target("1000", "CNY", account="OMNI"),
                row(
                    "commission",
                    "CL",
                    value_ppb=23_001,
                    order_minimum_micros=5_000_000,
                    day_minimum_micros=70_000_000,
                ),
                row("clearing", "CL", per_lot_micros=900_000, steps=STEPS),
            )
        )
        if uses_span:
            use_two_houses(self.desk, agreement(), concentration(free_lots=4))
            self.contracts["GCM0"] = (1_700, 10)
            self.desk.done(define(*OPTIONS, *self._option_traders()))
            self.contracts |= {"LOC": (2, 1), "LOP": (1, 1), "LFC": (2, 1), "LXC": (2, 1)}
        if seed % 3 == 0:
            use_losses(self)
        self.levels = {name: base for name, (base, _) in self.contracts.items()}
        self.uses_span = uses_span
        self.back_office = BackOffice(self.chance, self.desk, SUBS, self.contracts, self._price)
        self.suspended = []
        self.plans = []
        self.orders = []
        if seed % 7 == 5:
            use_signatures(self.desk)

    def _option_traders(self):
        for sub in ("ALPHA", "BETA", "NEST", "MIXED"):
            definition = self.desk.state.subs[sub].definition
            products = (*definition.mandate.products, "LO", "LF", "LX")
            yield changed(definition, mandate=changed(definition.mandate, products=products))

    def step(self, only=""):
        """Choose a command (or take one of a kind), execute it, remember what came of it."""
        kinds = (self._order, self._report, self._amend, self._market, self._money, self._office)
        kinds, weights = (*kinds, self._cash), (30, 34, 10, 14, 8, 8, 10)
        kinds, weights = (*kinds, lambda: day_command(self)), (*weights, 14)
        kinds, weights = (*kinds, self.back_office.choose), (*weights, 16)
        kinds, weights = (*kinds, self._life), (*weights, 8)
        kinds, weights = (*kinds, lambda: careless_connection(self.chance, SUBS)), (*weights, 3)
        kinds, weights = (*kinds, self._flow, self._cancels), (*weights, 6, 2)
        if self.desk.state.risk.losses.rows:
            kinds, weights = (*kinds, lambda: loss_command(self)), (*weights, 6)
        kinds, weights = (*kinds, lambda: exposure_command(self)), (*weights, 3)
        if self.uses_span:
            kinds, weights = (*kinds, self._margin, self._exercise), (*weights, 8, 4)
        (choose,) = self.chance.choices(kinds, weights)
        command = getattr(self, f"_{only}")() if only else choose()
        late = self.chance.choice((1, 1, SECOND, 40 * SECOND))
        if self.uses_span:
            self._stage()
        if self.desk.state.authority.asks_signatures:
            command = signed(self.chance, self.desk, command)
        events = self.desk.do(command, after_ns=late)
        self.back_office.see(events)
        see_life(self, events)
        for event in events:
            if isinstance(event, BlockOrderCreated):
                self._fits(event)
            elif isinstance(event, OrderAccepted):
                self.orders.append(event.order_id)
            elif isinstance(event, FillSuspended):
                self.suspended.append((event.carrying_account_id, event.execution_id))
            elif isinstance(event, PlanProposed):
                self.plans.append(event.plan_id)
            elif isinstance(event, WireRequested):
                self.wires.append(event)
            elif isinstance(event, SweepProposed):
                self.sweeps.append(event.sweep_id)
            elif isinstance(event, MarginCallIssued):
                self.calls.append(event.call_id)
            elif isinstance(event, InterestPosted):
                self.interest_day = event.until_day

    def _fits(self, created):
        """Law: blocks never instruct more lots than are open; a cut does not cross zero."""
        state = self.desk.state
        for leg in created.legs:
            line = state.subs[leg.sub_account_id].lines[
                created.carrying_account_id, created.contract_id
            ]
            instructed = sum(
                block.legs[place].quantity_lots - block.received[place]
                for block in state.blocks.values()
                for place, other in enumerate(block.lines)
                if other is line and block.side is created.side
            )
            assert instructed <= line.open_lots(created.side), (created, instructed)

    def _life(self):
        """Rolls, and now and then a conversion."""
        return life_command(self)

    def _conversion(self):
        """A conversion or what has to come before it."""
        return conversion_command(self)

    def _cancels(self):
        """Ask many orders at once to cancel."""
        return careless_cancels(self.chance, SUBS)

    def _flow(self):
        """Rows of the flow of orders, strategies that are let go on, volumes of markets."""
        if self.chance.random() < 0.5:
            return careless_impact(self.chance, SUBS, sorted(self.contracts))
        return careless_flow(self.chance, SUBS, ("CL", "CU"))

    def _pick(self, known, other):
        return self.chance.choice(known[-30:]) if known else other

    def _price(self, contract):
        _, tick = self.contracts[contract]
        whole = self.levels[contract] * 100 + self.chance.randint(-5, 5) * tick
        return price(f"{whole // 100}.{whole % 100:02d}") if whole >= 0 else 0

    def _order(self):
        sub = self.chance.choice(SUBS)
        contract = self.chance.choice(sorted(self.contracts))
        gross = contract.startswith("CU") or sub == "MIXED"
        limit_price = self._price(contract) if self.chance.random() < 0.8 else None
        return order(
            sub,
            self.chance.choice(list(Side)),
            self.chance.choice((1, 1, 2, 3, 5, 8, 40)),
            contract,
            client_order_id=f"r{self.chance.randrange(100_000)}",
            order_type=OrderType.MARKET if limit_price is None else OrderType.LIMIT,
            limit_price_nanos=limit_price,
            offset=self.chance.choice(NET_CLOSES) if gross else Offset.NET,
        )

    def _report(self):
        orders = self.desk.state.orders
        live = [order_id for order_id in self.orders if orders[order_id].is_live]
        order_id = self._pick(live if self.chance.random() < 0.8 else self.orders, 1)
        known = orders.get(order_id)
        roll = self.chance.random()
        if roll < 0.6 and known is not None:
            return self._fill(known)
        if roll < 0.62:
            return self._stray()
        reports = (
            lambda: cmd.ReportOrderWorking(order_id=order_id, venue_order_id="V"),
            lambda: cmd.ReportOrderCancelled(order_id=order_id),
            lambda: cmd.ReportOrderRejected(order_id=order_id, text="no"),
            lambda: cmd.ReportOrderExpired(order_id=order_id),
            lambda: cmd.ReportCancelRejected(order_id=order_id, text="no"),
            lambda: cmd.ReportReplaceRejected(order_id=order_id, text="no"),
            lambda: cmd.ReportOrderReplaced(
                order_id=order_id, quantity_lots=self.chance.randint(1, 9)
            ),
            lambda: cmd.ReportOrderStatus(
                order_id=order_id,
                known=self.chance.random() < 0.7,
                filled_lots=self.chance.randint(0, 2),
                working_lots=self.chance.randint(0, 3),
            ),
        )
        return self.chance.choice(reports)()

    def _fill(self, known):
        terms = known.terms
        lots = self.chance.choice((1, 1, 2, 3, max(1, known.needed_lots), 9))
        return cmd.ReportFill(
            carrying_account_id=terms.carrying_account_id,
            execution_id=f"e{self.chance.randrange(5_000)}",
            order_id=known.order_id,
            contract_id=terms.contract_id,
            side=terms.side if self.chance.random() < 0.97 else terms.side.opposite,
            quantity_lots=lots,
            price_nanos=self._price(terms.contract_id),
            offset=terms.offset,
        )

    def _stray(self):
        contract = self.chance.choice(("CLM0", "CU06"))
        gross = contract == "CU06"
        return cmd.ReportFill(
            carrying_account_id="CN1" if gross else self.chance.choice(("C1", "OMNI")),
            execution_id=f"s{self.chance.randrange(5_000)}",
            order_id=None,
            contract_id=contract,
            side=self.chance.choice(list(Side)),
            quantity_lots=self.chance.randint(1, 4),
            price_nanos=self._price(contract),
            offset=self.chance.choice(NET_CLOSES) if gross else Offset.NET,
        )

    def _amend(self):
        sub, order_id = self.chance.choice(SUBS), self._pick(self.orders, 1)
        known = self.desk.state.orders.get(order_id)
        if known is not None and known.sub is not None:
            sub = known.sub.sub_account_id
        if self.chance.random() < 0.5:
            return cmd.CancelOrder(sub_account_id=sub, order_id=order_id)
        return cmd.ReplaceOrder(
            sub_account_id=sub, order_id=order_id, quantity_lots=self.chance.randint(1, 12)
        )

    def _market(self):
        roll = self.chance.random()
        if roll < 0.4:
            contract = self.chance.choice(sorted(self.contracts))
            level = self.levels[contract]
            self.levels[contract] = max(1, level + self.chance.randint(-level // 8, level // 8))
            if contract.startswith("CU"):
                self.levels[contract] = self.levels[contract] // 10 * 10
            marks = (cmd.PriceMark(contract, self._price(contract)),)
            return cmd.MarkPrices(source="feed", marks=marks)
        if roll < 0.65:
            level = self.chance.choice((20, 20, 20, 21, 22, 23))
            is_close = self.chance.random() < 0.3
            return cmd.ReportIndicator(
                indicator="VIX", value_nanos=price(str(level)), is_close=is_close
            )
        if roll < 0.7:
            rate = cmd.RateMark("CNY", self.chance.randint(130_000_000, 150_000_000))
            return cmd.MarkRates(source="bank", rates=(rate,))
        return self._session()

    def _session(self):
        venue = self.chance.choice(("NYMEX", "SHFE"))
        if self.chance.random() < 0.5:
            names = ("CU06",) if venue == "SHFE" else ("CLM0", "CLN0", "ESM0")
            names = now_called(self, names)
            prices = tuple(cmd.PriceMark(name, self._price(name)) for name in names)
            today = self.desk.state.venues[venue].today
            return cmd.SettleTradingDay(
                venue_id=venue,
                trading_day=MONDAY.fromordinal(today),
                source="feed",
                prices=prices,
            )
        if self.desk.state.venues[venue].is_open and self.chance.random() < 0.4:
            return cmd.CloseSession(venue_id=venue)
        self.day += timedelta(days=self.chance.randint(0, 1))
        return cmd.OpenSession(venue_id=venue, trading_day=self.day)

    def _money(self):
        one, two = self.chance.choice((*SUBS, None)), self.chance.choice((*SUBS, None))
        amount = str(self.chance.randint(1, 400_000))
        owner = self.chance.choice(("FUND", "CLIENT"))
        account = self.chance.choice(("C1", "OMNI"))
        books = (*SUBS, "@reserve:FUND", "@reserve:CLIENT")
        return self.chance.choice(
            (
                transfer(one, two, amount),
                transfer(None, two, amount),
                deposit(amount, account=account, owner=owner),
                withdraw(amount, account=account, owner=owner),
                convert(self.chance.choice(books), f"{amount} USD", "70 CNY", account),
            )
        )

    def _cash(self):
        """Wires wander, interest is posted, brokers call, rates of interest and of fees change."""
        boss = self.chance.choice(("boss", "ops", ""))
        size = str(self.chance.choice((1, 500, 90_000, 900_000, 5_000_000)))
        nights = timedelta(days=self.chance.randint(1, 3))
        kind, name = self.chance.choice(list(CallKind)), f"B-{self.chance.randrange(9)}"
        return self.chance.choice(
            (
                self._wire(size),
                self._wire(size),
                self._wired(boss),
                self._wired(boss),
                self._wired(boss),
                post(self.interest_day, self.interest_day + nights),
                broker_call(size, kind, name),
                take_back(self._pick(self.calls, 1), boss),
                define(self._terms()),
                propose_sweep(self.chance.choice(("FUND", "CLIENT"))),
                apply_sweep(self._pick(self.sweeps, 1)),
            )
        )

    def _wire(self, size):
        today = MONDAY + timedelta(days=(self.desk.now_ns - START_NS) // DAY)
        return wire(
            size,
            self.chance.choice((IN, OUT)),
            self.chance.choice(("USD", "USD", "USD", "CNY", "EUR")),
            today + timedelta(days=self.chance.choice((0, 0, 0, 1, 5))),
            *self.chance.choice(
                (
                    ("C1", "FUND"),
                    ("C1", "FUND"),
                    ("OMNI", "CLIENT"),
                    ("CN1", "FUND"),
                    ("C1", "CLIENT"),
                )
            ),
        )

    def _wired(self, boss):
        """Return the next step of a wire, or any step."""
        known = self._pick(self.wires, None)
        number = known.wire_id if known else 1
        amount = format_money(known.amount_micros) if known else "1"
        wires = self.desk.state.funds.wires
        state = int(wires[number].state) if number in wires else 1
        steps = (
            approve_wire(number, boss or "boss"),
            send(number),
            confirm(number, amount),
            give_back(number, amount, boss),
            withdraw_wire(number),
        )
        return steps[min(state, 4) - 1] if self.chance.random() < 0.7 else self.chance.choice(steps)

    def _terms(self):
        """Return a rate of interest, a fee row, or other funding terms."""
        day = self.day + timedelta(days=self.chance.randint(-3, 1))
        currency = self.chance.choice(("USD", "CNY"))
        credit = self.chance.choice((-5_000, 0, 53_300, 900_000))
        rates = {"credit_ppm": credit, "debit_ppm": 77_000, "from_day": day}
        product = self.chance.choice(("CL", "ES", "CU", "CLM0"))
        return self.chance.choice(
            (
                broker_pays(currency, self.chance.choice(("C1", "OMNI", "")), **rates),
                reserve_pays(currency, self.chance.choice((*SUBS, "")), **rates),
                reserve_pays(benefit_ppm=30_000, **rates),
                row("exchange", product, per_lot_micros=1_180_000, from_day=day),
                row("commission", product, value_ppb=23_001, order_minimum_micros=5_000_000),
                row("nightly", product, day_minimum_micros=30_000_000, from_day=day),
                row("clearing", product, per_lot_micros=5, steps=STEPS, counted_products=("CL",)),
                row("maker", product, per_lot_micros=-250_000, is_rebate=True, from_day=day),
                funding(call_minimum_micros=self.chance.choice((0, 10**10))),
                funding(cutoff_s=self.chance.choice((0, 43_200, 86_399)), from_day=day),
            )
        )

    def _stage(self):
        """Make a file ready beside the one in force, now and then, in slices of some size."""
        span = self.desk.state.span_sets["NYMEX"]
        if self.chance.random() < 0.1:
            self.desk.machine.stage_parameters("NYMEX", self.chance.choice(sorted(span.loaded)))
        self.desk.machine.advance_staging("NYMEX", self.chance.randint(0, 3))

    def _margin(self):
        """Files change, arrays are computed, benefit is lent, securities come and go."""
        sub, boss = self.chance.choice(SUBS), self.chance.choice(("boss", ""))
        names = self.chance.sample(sorted(self.contracts), 2)
        scan = self.chance.choice((2_400, 3_000, 3_600))
        account = self.desk.state.carrying["C1"].account
        account = changed(account, house_multiplier_ppm=self.chance.choice((1_000_000, 1_250_000)))
        return self.chance.choice(
            (
                load(self.chance.choice((JUNE, DEARER)), self.day),
                activate(JUNE, approved_by=boss),
                activate(DEARER, approved_by=boss),
                arrays(scan, *[name for name in names if name in KEYS] or ["CLM0"]),
                arrays(scan, "CLM0", sha256=DEARER, approved_by=boss),
                grant(sub, money(str(self.chance.randint(0, 20_000))), boss),
                grant(sub, 0, ""),
                define(self.chance.choice((concentration(3, "250"), fixed("5000"), fixed("0")))),
                define(agreement(self.chance.choice((0, 300_000, 900_000)))),
                collateral(money(str(self.chance.randint(0, 90_000))), approved_by=boss),
                define(account),
                define(changed(CL, fallback_margin=self.chance.random() < 0.5)),
            )
        )

    def _exercise(self):
        """Instructions, exercises and assignments, and now and then an end."""
        name = self.chance.choice(("LOC", "LOP", "LFC", "LXC"))
        account, lots = self.chance.choice(("C1", "CN1")), self.chance.randint(0, 4)
        identity = f"h{self.chance.randrange(500)}"
        if self.chance.random() < 0.05:
            return expire_option(name, self.chance.choice(("15", "19.99", "20", "20.01", "26")))
        return self.chance.choice(
            (
                instruct(self.chance.choice(SUBS), lots, lots // 2, name, account),
                report("exercised", lots + 1, name, identity, account),
                report("assigned", lots + 1, name, identity, account),
            )
        )

    def _redefine(self):
        """Tags come and go, rules and limits change, a contract ends in the middle of it all."""
        keep_ppm = self.chance.choice((0, 250_000, 500_000))
        final = cmd.ExpireContract(
            contract_id="CLN0", final_price_nanos=self._price("CLN0"), source="feed"
        )
        return self._as_seen(
            self.chance.choice(
                (
                    define(sub_account("GAMMA", tags=self.chance.choice(((), ("cut",))))),
                    define(sub_account("BETA", tags=self.chance.choice(((), ("cut",))))),
                    define(rule(hold_ns=300 * SECOND, keep_ppm=keep_ppm, attempts_max=2)),
                    define(limit("BETA", "CLM0", self.chance.randint(0, 50))),
                    define(changed(ES, order_quantity_max=self.chance.choice((2, 50)))),
                    define(*self._delivered()),
                    final if self.chance.random() < 0.2 else cmd.AdvanceTime(),
                )
            )
        )

    def _as_seen(self, command):
        """Let every second definition name the versions that it was made for."""
        state = self.desk.state
        if not isinstance(command, cmd.DefineDesk) or state.sequence % 2:
            return command
        versions = tuple(state.versions.get(item_key(item), 0) for item in command.items)
        return changed(command, expected_versions=versions)

    def _delivered(self):
        """Return a guard over the firm's crude or its copper, and days that come soon or late."""
        name, product = self.chance.choice((("CLM0", "CL"), ("CLN0", "CL"), ("CU06", "CU")))
        policy = self.chance.choice(self.policies)
        guard = DeliveryGuard(policy=policy, days_before=self.chance.randint(0, 3))
        state = self.desk.state
        contract, notice = state.contracts[name].contract, self.day + timedelta(days=1)
        dated = changed(contract, first_notice_day=self.chance.choice((None, notice)))
        return dated, changed(state.products[product], delivery_guard=guard)

    def _office(self):
        sub = self.chance.choice(SUBS)
        state = self.chance.choice(list(TradingState))
        account, execution_id = self._pick(self.suspended, ("C1", "none"))
        plan_id = self._pick(self.plans, 1)
        margin = self.chance.choice((50_000, 100_000, 150_000))
        return self.chance.choice(
            (
                cmd.SetTradingState(
                    node_id=self.chance.choice((sub, "MASTER")),
                    trading_state=state if self.chance.random() < 0.3 else TradingState.ACTIVE,
                    reason="",
                    entered_by="risk",
                    approved_by="boss",
                ),
                assign(execution_id, sub, self.chance.randint(1, 3), account),
                assign(execution_id, sub, 1, account),
                cmd.RestartDesk(),
                careless_act(self.chance, self.day),
                self._redefine(),
                self._redefine(),
                opening((opening_lots(sub, Side.BUY, 2), opening_lots("NEST", Side.SELL, 3))),
                merging_book(self.chance, SUBS, self.day),
                opening((), (opening_cash(sub, str(self.chance.randint(-90_000, 9_000))),)),
                cmd.AdvanceTime(),
                define(changed(CL, margin_ppm=margin, margin_floor_micros=money("100"))),
                plan(line("ALPHA", "300000", "200000"), line("BETA", "0", "50000")),
                approve(plan_id),
                apply(plan_id),
            )
        )


def expire(desk, contract, final):
    """End a contract at the end of a run, with whatever works and is held in it."""
    venue = desk.state.contracts[contract].venue
    if venue.is_day_closed:
        begin_last_day(desk, venue)
    command = cmd.ExpireContract(
        contract_id=contract,
        final_price_nanos=price(final),
        source="feed",
        entered_by="ops",
        approved_by="boss",
    )
    return desk.done(approved_by_boss(desk, command), after_ns=DAY // 2)
