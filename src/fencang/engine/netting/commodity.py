"""What working orders could add to a combined commodity of one netting set.

Design: worst case of any subset of fills, in time that does not grow with the number of orders.
The scan part is exact: max over scenarios of position + Σ max(0, loss of each order).  Calendar,
delivery and minimum charges that fills could bring count in full; credits that fills could break
do not.
"""

from operator import add

from fencang.basics.rounding import divide_ceiling
from fencang.engine.netting.terms import E4, CommodityTerms, RowTerms

__all__ = ["Commodity", "GrossCommodity", "Month", "alone_risk_micros"]


class Month:
    """Deltas of one contract month, e4: of the position (signed), and what orders could add."""

    __slots__ = ("down", "net", "up")

    def __init__(self) -> None:
        self.net = self.up = self.down = 0


class Commodity:
    """One combined commodity of a netting set: what is held, and what orders could add to it."""

    __slots__ = (
        "_addition",
        "_asked_about",
        "at_risk_micros",
        "least",
        "months",
        "net_e4",
        "own_scan",
        "position",
        "rest_micros",
        "terms",
        "total",
        "working_long_e4",
        "working_lots",
        "working_short_e4",
        "worst",
        "worst_scan",
    )

    def __init__(self, terms: CommodityTerms, scenarios: int) -> None:
        self.terms = terms
        self.position = [[0] * scenarios for _ in range(terms.tiers)]
        """Per scan tier: Σ lots × value of what is held, risk units."""
        self.total = [[0] * scenarios for _ in range(terms.tiers)]
        """The same with Σ max(0, loss) of what works."""
        self.worst = [0] * terms.tiers
        """Per scan tier: max(0, largest total)."""
        self.worst_scan = 0
        """Their sum."""
        self.own_scan = 0
        """Scan risk of what is held alone."""
        self._asked_about: tuple[RowTerms, int, int, list[int], int, int] | None = None
        self._addition: int | None = None
        self.months: dict[int, Month] = {}
        self.net_e4 = self.working_long_e4 = self.working_short_e4 = self.working_lots = 0
        self.rest_micros = 0
        """Delivery charge and short option minimum of everything that works."""
        self.at_risk_micros = 0
        """What is asked for less by credits of commodities that spreads connect with this one."""
        self.least: list[list[int]] | None = None
        """Per scan tier, where somebody watches: position with Σ min(0, loss) of what works."""

    def watch(self) -> None:
        """Keep from here on the least that fills could leave; nothing is held or works yet."""
        self.least = [list(vector) for vector in self.position]

    def move(self, row: RowTerms, lots: int) -> None:
        """Change the position by signed lots."""
        tier = row.tier
        change = [lots * value for value in row.values]
        self.position[tier] = list(map(add, self.position[tier], change))
        self._set_total(tier, list(map(add, self.total[tier], change)))
        if self.least is not None:
            self.least[tier] = list(map(add, self.least[tier], change))
        self.own_scan = sum(max(0, *vector) for vector in self.position)
        self._month(row.month).net += lots * row.delta_e4
        self.net_e4 += lots * row.delta_e4

    def work(self, row: RowTerms, buys: int, sells: int) -> None:
        """Change the working lots."""
        tier, about = row.tier, self._asked_about
        if about is not None and about[0] is row and about[1] == buys and about[2] == sells:
            total, worst, self._addition = about[3], about[4], about[5]
        else:
            total = list(map(add, self.total[tier], row.losses(buys, sells)))
            worst = max(total)
            worst = worst if worst > 0 else 0
            self._addition = None
        self._asked_about = None
        self.total[tier] = total
        self.worst_scan += worst - self.worst[tier]
        self.worst[tier] = worst
        self._work_deltas(row, buys, sells)
        self.working_lots += buys + sells
        if row.is_charged:
            self.rest_micros += (buys + sells) * row.delivery_micros + sells * row.minimum_micros
        if self.least is not None:
            self.least[tier] = _helped(self.least[tier], row, buys, sells)

    def set_at_risk(self, micros: int) -> None:
        """Set what credits of commodities that spreads connect with this one take off."""
        self.at_risk_micros = micros
        self._asked_about = self._addition = None

    def addition(self) -> int:
        """Return what the working orders could add to what the position asks for, in micros."""
        found = self._addition
        if found is None:
            found = self._addition = self._asked(self.worst_scan - self.own_scan, self.rest_micros)
        return found

    def addition_with(self, row: RowTerms, buys: int, sells: int) -> int:
        """Return ``addition`` as it would be with further working lots of one contract.

        The order that is asked about is mostly the one that works next: what was found is kept.
        """
        about = self._asked_about
        if about is not None and about[0] is row and about[1] == buys and about[2] == sells:
            return about[5]
        total = list(map(add, self.total[row.tier], row.losses(buys, sells)))
        worst = max(total)
        worst = worst if worst > 0 else 0
        scan = self.worst_scan - self.own_scan - self.worst[row.tier] + worst
        rest = self.rest_micros
        if row.is_charged:
            rest += (buys + sells) * row.delivery_micros + sells * row.minimum_micros
        months = self.months
        if self.terms.charge_micros and (len(months) > 1 or row.month not in months):
            self._work_deltas(row, buys, sells)
            asked = self._asked(scan, rest)
            self._work_deltas(row, -buys, -sells)
        else:
            asked = self.terms.asked_micros(scan * self.terms.unit_micros + rest)
            if self.at_risk_micros and self.net_e4:
                lots = sells if (self.net_e4 > 0) == (row.delta_e4 >= 0) else buys
                asked += self._broken_micros(lots * abs(row.delta_e4))
        self._asked_about = row, buys, sells, total, worst, asked
        return asked

    def worst_scenarios(self) -> list[int | None]:
        """Return per scan tier the first scenario that is worst for position and orders.

        None where even the worst of them is no loss: such a tier asks for nothing.
        """
        return [
            total.index(worst) if worst > 0 else None
            for total, worst in zip(self.total, self.worst, strict=True)
        ]

    def least_micros(self, more: tuple[RowTerms, int, int] | None) -> int:
        """Return the least scan risk that any way to fill could leave; watched commodities only.

        ``more``: a contract with further working lots bought and sold.  Exact per scenario; the
        requirement is no less as long as no spread credits the commodity.
        """
        assert self.least is not None, self.terms
        least = list(self.least)
        if more is not None:
            row, buys, sells = more
            least[row.tier] = _helped(least[row.tier], row, buys, sells)
        return sum(max(0, *vector) for vector in least) * self.terms.unit_micros

    def least_delta_e4(self, more: tuple[RowTerms, int, int] | None) -> int:
        """Return the net delta that fills could bring closest to zero, 0 where they may turn it."""
        up, down = self.working_long_e4, self.working_short_e4
        if more is not None:
            row, buys, sells = more
            more_up, more_down = (buys, sells) if row.delta_e4 >= 0 else (sells, buys)
            up, down = up + more_up * abs(row.delta_e4), down + more_down * abs(row.delta_e4)
        return max(0, self.net_e4 - down) if self.net_e4 > 0 else min(0, self.net_e4 + up)

    def scan_micros(self) -> int:
        """Return the scan risk of position and orders, in micros."""
        return self.worst_scan * self.terms.unit_micros

    def _set_total(self, tier: int, total: list[int]) -> None:
        self._asked_about = self._addition = None
        self.total[tier] = total
        worst = max(total)
        worst = worst if worst > 0 else 0
        self.worst_scan += worst - self.worst[tier]
        self.worst[tier] = worst

    def _month(self, number: int) -> Month:
        found = self.months.get(number)
        if found is None:
            found = self.months[number] = Month()
        return found

    def _work_deltas(self, row: RowTerms, buys: int, sells: int) -> None:
        """Change the long and short delta (e4, unsigned) that orders could bring."""
        delta = row.delta_e4
        up, down = (buys * delta, sells * delta) if delta >= 0 else (-sells * delta, -buys * delta)
        month = self.months.get(row.month)
        if month is None:
            month = self.months[row.month] = Month()
        month.up += up
        month.down += down
        self.working_long_e4 += up
        self.working_short_e4 += down

    def _asked(self, scan: int, rest_micros: int) -> int:
        """Sum what fills could add: scan, calendars they could form, credits they could break."""
        terms = self.terms
        risk = scan * terms.unit_micros + rest_micros
        if terms.charge_micros and len(self.months) > 1:
            risk += divide_ceiling(self._paired_e4() * terms.charge_micros, E4)
        asked = terms.asked_micros(risk)
        if self.at_risk_micros and self.net_e4:
            asked += self._broken_micros(0)
        return asked

    def _broken_micros(self, more_e4: int) -> int:
        """Return what credits take off and orders against the net delta could break."""
        net = self.net_e4
        against = more_e4 + (self.working_short_e4 if net > 0 else self.working_long_e4)
        net = net if net > 0 else -net
        if against >= net:
            return self.at_risk_micros
        return divide_ceiling(self.at_risk_micros * against, net)

    def _paired_e4(self) -> int:
        """Return the most delta that fills could newly pair into calendars, e4.

        A pair has one delta on each side, in two months: no more than either side could come to, no
        more than lies outside any one month, no more than the orders themselves bring.
        """
        long = short = either = largest = 0
        for month in self.months.values():
            most_long, most_short = month.net + month.up, month.down - month.net
            most_long = most_long if most_long > 0 else 0
            most_short = most_short if most_short > 0 else 0
            most = most_long if most_long > most_short else most_short
            long += most_long
            short += most_short
            either += most
            largest = most if most > largest else largest
        worked = self.working_long_e4 + self.working_short_e4
        return min(worked, long, short, either - largest)


class GrossCommodity(Commodity):
    """The same in a gross account: every lot stands by itself, nothing offsets (rule G1)."""

    __slots__ = ("_working_risk",)

    def __init__(self, terms: CommodityTerms, scenarios: int) -> None:
        super().__init__(terms, scenarios)
        self._working_risk = 0

    def move(self, row: RowTerms, lots: int) -> None:
        """Positions do not change what a working order adds."""

    def work(self, row: RowTerms, buys: int, sells: int) -> None:
        """Change the working lots."""
        self._addition = None
        self._working_risk += _gross_risk(row, buys, sells)
        self.working_lots += buys + sells
        self.rest_micros += _rest(row, buys, sells)

    def addition(self) -> int:
        """Return what the working orders could add, in micros."""
        return self._asked(self._working_risk, self.rest_micros)

    def addition_with(self, row: RowTerms, buys: int, sells: int) -> int:
        """Return ``addition`` as it would be with further working lots."""
        risk = self._working_risk + _gross_risk(row, buys, sells)
        return self._asked(risk, self.rest_micros + _rest(row, buys, sells))


def alone_risk_micros(terms: CommodityTerms, row: RowTerms, buys: int, sells: int) -> int:
    """Return the risk of lots by themselves, whatever else is held or works, in micros."""
    return _gross_risk(row, buys, sells) * terms.unit_micros + _rest(row, buys, sells)


def _helped(least: list[int], row: RowTerms, buys: int, sells: int) -> list[int]:
    """Return the least with further working lots: each counts only where it helps."""
    return [
        held + (buys * value if value < 0 else -sells * value)
        for held, value in zip(least, row.values, strict=True)
    ]


def _rest(row: RowTerms, buys: int, sells: int) -> int:
    return (buys + sells) * row.delivery_micros + sells * row.minimum_micros


def _gross_risk(row: RowTerms, buys: int, sells: int) -> int:
    return buys * row.worst_long + sells * row.worst_short
