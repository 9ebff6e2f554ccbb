"""The auditor's position limits beside the tree and over groups: carrying account, venue, owner.

Law, checked when an order is accepted or enlarged and does not reduce: the worst case of its side
stays within every limit that is stated for a node it stands under.  On the tree a group's limit is
inherited, beside it only what is stated is asked.  Accounts that keep both sides apart never offset
those that net; of a group every lot counts its ratio, and the sum is rounded up.
"""

from collections.abc import Iterator

from fencang.basics.money import PPM
from fencang.messages.commands import ReportOrderStatus
from fencang.messages.events import OrderAccepted, ReplaceRequested
from fencang.messages.message import Offset, Side
from fencang.refdata.limit import PositionLimit
from fencang.refdata.limit_group import LimitGroup
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import SUSPENSE, Reference

__all__ = ["Limits"]


class Limits:
    """Worst cases of nodes beside the tree, and of groups at every node."""

    def __init__(
        self, reference: Reference, lots: Lots, orders: Orders, exposure: Exposure
    ) -> None:
        self.reference, self.lots, self.orders = reference, lots, orders
        self.exposure = exposure
        self.handlers: Handlers = {OrderAccepted: self._accept, ReplaceRequested: self._replace}

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if not event.block_id and not event.is_reducing:
            self._check(page, self.orders.orders[event.order_id])

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = self.orders.orders.get(event.order_id)
        if order is None or order.event.block_id or not order.has_grown:
            return
        if isinstance(page.record.command, ReportOrderStatus):
            return  # it was asked when it was first asked for
        closing, held = self.exposure.closing(order)
        if closing > held:
            self._check(page, order)

    def _check(self, page: Page, order: TrackedOrder) -> None:
        for detail in self.beyond(order.event):
            page.report("position limit", f"order {order.event.order_id}: {detail}")

    def beyond(self, event: OrderAccepted) -> Iterator[str]:
        """Yield every limit beside the tree or of a group that an order's side passes."""
        side = event.terms.side
        for node, ratios, limit in self._limits(event):
            most = limit.long_lots_max if side is Side.BUY else limit.short_lots_max
            worst = self._worst(node, ratios, side)
            if worst > most:
                yield (
                    f"{node} could reach {worst} lots {side.name} of {limit.scope_id}, "
                    f"its limit is {most}"
                )

    def _limits(self, event: OrderAccepted) -> Iterator[tuple[str, dict[str, int], PositionLimit]]:
        """Yield node, what each contract counts in parts per million, and the limit that binds."""
        contract, of_client = event.terms.contract_id, (event.sub_account_id, event.client_order_id)
        product = self.reference.contracts[contract].product_id
        chain = list(self.reference.chain(event.sub_account_id))
        beside = self.reference.path(event.sub_account_id, event.terms)[len(chain) :]
        siblings = {
            other.contract_id: PPM
            for other in self.reference.contracts.values()
            if other.product_id == product
        }
        for node in beside:
            of_contract = self._first([node], (contract, product, "*"), of_client)
            if of_contract is not None:
                yield node, {contract: PPM}, of_contract
            of_product = self._first([node], (product, "*"), of_client)
            if of_product is not None:
                yield node, siblings, of_product
        for group_id, ratios in self._groups(contract):
            places = [chain[place:] for place in range(len(chain))] + [[node] for node in beside]
            for nodes in places:
                limit = self._first(nodes, (group_id,), of_client)
                if limit is not None:
                    yield nodes[0], ratios, limit

    def _first(
        self, nodes: list[str], scopes: tuple[str, ...], of_client: tuple[str, str]
    ) -> PositionLimit | None:
        found = (self.reference.limit(node, scope, of_client) for node in nodes for scope in scopes)
        return next((row for row in found if row is not None), None)

    def _groups(self, contract_id: str) -> Iterator[tuple[str, dict[str, int]]]:
        """Yield the groups that a contract counts in, with what every contract counts there."""
        for group in self.reference.rows.get(LimitGroup, {}).values():
            members = {each.scope_id: each.ratio_ppm for each in group.members}
            ratios = {
                name: members.get(name) or members.get(contract.product_id, 0)
                for name, contract in self.reference.contracts.items()
            }
            if ratios[contract_id]:
                yield group.group_id, ratios

    def _worst(self, node: str, ratios: dict[str, int], side: Side) -> int:
        net, gross = 0, 0
        leg = "long" if side is Side.BUY else "short"
        for (holder, carrying, contract, kind), lots in self.lots.lots.items():
            counts = ratios.get(contract, 0)
            if counts and holder != CARRYING and self._is_under(holder, carrying, contract, node):
                if kind == "net":
                    net += counts * side.sign * lots
                elif kind == leg:
                    gross += counts * lots
        for order in self.orders.live.values():
            terms, sub = order.event.terms, order.event.sub_account_id
            counts = ratios.get(terms.contract_id, 0)
            place = sub, terms.carrying_account_id, terms.contract_id
            opens = terms.side is side and terms.offset in {Offset.NET, Offset.OPEN}
            if sub and counts and opens and self._is_under(*place, node):
                if self.reference.is_gross(terms.carrying_account_id):
                    gross += counts * order.open_lots
                else:
                    net += counts * order.open_lots
        for ahead, lots in self.orders.ahead.lots():
            book, account = ahead.sub_account_id, ahead.carrying_account_id
            counts = max(
                ratios.get(name, 0) if self._is_under(book, account, name, node) else 0
                for name in ahead.contract_ids
            )
            if ahead.side is side and self.reference.is_gross(account):
                gross += counts * lots
            elif ahead.side is side:
                net += counts * lots
        return -(-(max(0, net) + gross) // PPM)

    def _is_under(self, holder: str, carrying: str, contract: str, node: str) -> bool:
        if ":" in node:
            return node in self.reference.beside(holder, carrying, contract)
        if holder.startswith(SUSPENSE):
            return node == self.reference.master_id
        return node in self.reference.chain(holder)
