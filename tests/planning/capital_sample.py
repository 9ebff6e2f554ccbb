"""A desk that a planner sees: plain numbers behind the names of ``CapitalView``."""

from dataclasses import dataclass, field

MILLION = 10**12


@dataclass
class SampleDesk:
    capital: dict
    reserve: int = 0
    requirements: dict = field(default_factory=dict)
    histories: dict = field(default_factory=dict)

    def sub_account_ids(self, owner_id):
        return list(self.capital) if owner_id == "FUND" else []

    def capital_micros(self, book_id):
        return self.capital[book_id]

    def reserve_micros(self, owner_id):
        return self.reserve if owner_id == "FUND" else 0

    def releasable_micros(self, owner_id):
        return max(0, self.reserve_micros(owner_id))

    def requirement_micros(self, book_id):
        return self.requirements.get(book_id, 0)

    def history(self, book_id, days_max):
        return self.histories.get(book_id, [])[-days_max:]

    def apply(self, plan):
        """Book the plan as the engine would: every change through the reserve."""
        for line in plan.lines:
            assert self.capital[line.sub_account_id] == line.old_micros
            self.capital[line.sub_account_id] = line.new_micros
            self.reserve -= line.new_micros - line.old_micros


def swings(daily_micros, count=100, capital=MILLION):
    return [(20180101 + i, daily_micros * (-1) ** i, capital) for i in range(count)]
