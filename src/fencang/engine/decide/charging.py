"""The fee of a reported fill, part by part, as its lots find their books."""

from fencang.engine.accounts import ContractState
from fencang.engine.orders import Order
from fencang.engine.state import DeskState
from fencang.ledger.fees import FeePlace, Fill, fee_micros, total_micros
from fencang.messages.commands import ReportFill
from fencang.messages.events import AnyEvent
from fencang.messages.fill_commands import EnterFill
from fencang.messages.money_events import FeePart, FillCharged

__all__ = ["Charging"]


class Charging:
    """Fees of one report; remembers what its parts have counted towards the order's minima."""

    __slots__ = ("_command", "_contract", "_counted", "_order_id", "_state")

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
                return self._by_rows(book_id, place, fill)
        return fee_micros(product, price, quantity_lots, closes_today_lots), []

    def _by_rows(self, book_id: str, place: FeePlace, fill: Fill) -> tuple[int, list[AnyEvent]]:
        fees = self._state.fee_rows.fees_of(place, fill, self._counted)
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
                )
                for fee in fees
            ),
        )
        return total_micros(fees), [event] if fees else []
