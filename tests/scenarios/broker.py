"""The broker of a scenario: it heard what the desk was told, and slips where the scenario says so.

Its statements are those of ``Clearing``, which adds up in decimal numbers and shares no code with
the desk's books.
"""

from decimal import Decimal

from fencang.messages import commands as cmd
from tests.reports.clearing import Clearing, micros, nanos


class Broker:
    """Slips by the name of the fill or by the day they are made on."""

    def __init__(self):
        self.lost = set()
        self.prices = {}
        self.fees = {}
        self.lots = {}
        """(day, contract) → lots in the position that no fill made."""
        self.own = {}
        """day → fills that the broker has and nobody told the desk of."""

    def statement(self, account, records, day):
        """Return the text of a day's statement, from everything heard until now."""
        clearing = Clearing(account)
        for record in records:
            self._hear(clearing, record.command)
        days = {each.day: each for each in (*clearing.days, clearing.today)}
        return clearing.statement(days[day])

    def _hear(self, clearing, command):
        if isinstance(command, cmd.ReportFill) and command.execution_id in self.lost:
            return
        before = clearing.today.day
        clearing.hear(command)
        if isinstance(command, cmd.ReportFill) and clearing.today.fills:
            self._slip(clearing.today.fills[-1])
        if clearing.today.day != before:
            self._begin(clearing, clearing.today)

    def _slip(self, fill):
        if fill.number in self.prices:
            fill.price = nanos(self.prices[fill.number])
        fill.fee += micros(self.fees.get(fill.number, Decimal(0)))

    def _begin(self, clearing, today):
        for fill in self.own.get(today.day, ()):
            clearing.hear(fill)
        for (day, contract), lots in self.lots.items():
            if day == today.day:
                today.extra_lots[contract] = lots
