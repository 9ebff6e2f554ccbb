"""The auditor's list of contracts that suspected wash trades closed.

Laws: nothing is opened in a contract by whom suspected wash trades closed it to, until two persons
let it open again; only what was closed is let open again.  Groups of persons are not looked
through: their contracts are told apart by nobody here.
"""

from fencang.messages.events import OrderAccepted
from fencang.messages.self_match_events import WashTradesReleased, WashTradeSuspected
from fencang.refdata.self_match import SelfMatch, SelfMatchScope
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["WashTrades"]


class WashTrades:
    """Who may open nothing in which contract."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.closed: set[tuple[str, str]] = set()
        self.handlers: Handlers = {
            WashTradeSuspected: self._suspect,
            WashTradesReleased: self._release,
            OrderAccepted: self._accept,
        }

    def _suspect(self, page: Page, event: WashTradeSuspected) -> None:
        key = event.principal_id, event.contract_id
        if event.closes:
            self.closed.add(key)
        elif key in self.closed:
            page.report("wash trade", f"{key} is closed, and a further suspicion opens it")

    def _release(self, page: Page, event: WashTradesReleased) -> None:
        key = event.principal_id, event.contract_id
        if key not in self.closed:
            page.report("wash trade", f"{key} is let open again and was not closed")
        if event.approved_by in {"", event.entered_by}:
            page.report("second person", f"{key} opens by the word of {event.entered_by!r} alone")
        self.closed.discard(key)

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        root = self.reference.row(SelfMatch, self.reference.master_id)
        if root is None or event.block_id or event.is_reducing:
            return
        if root.scope is SelfMatchScope.GROUP:
            return
        who = event.sub_account_id
        if root.scope is SelfMatchScope.OWNER:
            who = self.reference.owner(who)
        if (who, event.terms.contract_id) in self.closed:
            page.report("wash trade", f"order {event.order_id} opens what is closed to {who}")
