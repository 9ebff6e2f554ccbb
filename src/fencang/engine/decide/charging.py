"""The fee of a reported fill, part by part, as its lots find their books."""

from fencang.engine.accounts import ContractState
from fencang.engine.orders import Order
from fencang.engine.state import DeskState
from fencang.ledger.fees import FeePlace, Fill, fee_micros, total_micros
from fencang.ledger.volumes import month_of
from fencang.messages.commands import ReportFill
from fencang.messages.events import AnyEvent
from fencang.messages.fill_commands import EnterFill
from fencang.messages.money_events import FeePart, FillCharged

__all__ = ["Charging"]


class Charging:
    """Fees of one report; remembers what its parts have counted.

    Towards the order's minima in money, towards the month's volume in lots.  A fill that is entered
    counts for the month of its clearing day.
    """

    __slots__ = ("_command", "_contract", "_counted", "_lots", "_order_id", "_state")

    def __init__(
        self,
        state: DeskState,
        command: ReportFill | EnterFill,
        contract: ContractState,
        order: Order | None,
    ) -> None:
        self._state = state
        self._command = command
        self._contract = contract
        self._order_id = order.order_id if order is not None else None
        self._counted = dict(order.charged) if order is not None else {}
        self._lots = 0

    def fee(
        self, book_id: str, service_tier: str, quantity_lots: int, closes_today_lots: int
    ) -> tuple[int, list[AnyEvent]]:
        """Return the fee of a part of the fill, and its rows where fee rows are in force."""
        contract, command = self._contract, self._command
        product, price = contract.product, command.price_nanos
        table = self._state.fee_rows
        if table:
            place = FeePlace(
                command.contract_id,
                product.product_id,
                command.carrying_account_id,
                service_tier,
                contract.venue.today,
            )
            if table.rows_of(place):
                fill = Fill(product, price, quantity_lots, closes_today_lots)
                found = self._by_rows(book_id, place, fill)
                self._lots += quantity_lots
                return found
        return fee_micros(product, price, quantity_lots, closes_today_lots), []

    def _lots_of(self, product_ids: tuple[str, ...]) -> int:
        """Return the month's lots in products before the next part, this product among them."""
        command = self._command
        day = self._contract.venue.today
        if isinstance(command, EnterFill):
            day = command.clearing_day.toordinal()
        before = self._state.funds.month_lots.of(
            command.carrying_account_id, product_ids, month_of(day)
        )
        return before + self._lots

    def _by_rows(self, book_id: str, place: FeePlace, fill: Fill) -> tuple[int, list[AnyEvent]]:
        fees = self._state.fee_rows.fees_of(place, fill, self._counted, self._lots_of)
        for fee in fees:
            if fee.has_minimum:
                self._counted[fee.row_id] = self._counted.get(fee.row_id, 0) + fee.plain_micros
        event = FillCharged(
            carrying_account_id=self._command.carrying_account_id,
            execution_id=self._command.execution_id,
            book_id=book_id,
            order_id=self._order_id,
            currency=self._contract.currency,
            parts=tuple(
                FeePart(
                    row_id=fee.row_id,
                    kind=fee.kind,
                    amount_micros=fee.amount_micros,
                    counted_micros=fee.plain_micros if fee.has_minimum else None,
                    is_for_day_minimum=fee.has_day_minimum,
                )
                for fee in fees
            ),
        )
        return total_micros(fees), [event] if fees else []
