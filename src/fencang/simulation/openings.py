"""What may be opened now, as far as the desk's durable records tell.

Traders of desks with a firm's own controls ask this before most of their orders, as people do who
read their screens: else nearly all of them would be refused for the same few reasons, and controls
at the end of the ladder would hardly be asked.
"""

from fencang.messages.day_events import PhaseEntered, TradingDayClosed, TradingDayOpened
from fencang.messages.events import (
    AnyEvent,
    ContractExpired,
    RuleArmed,
    RuleFired,
    SessionClosed,
    SessionOpened,
    TradingStateSet,
)
from fencang.messages.message import TradingState
from fencang.messages.self_match_events import WashTradesReleased, WashTradeSuspected
from fencang.messages.trade_flow_events import StrategyDisabled, StrategyReenabled
from fencang.refdata.account import SubAccount
from fencang.refdata.contract import Contract
from fencang.refdata.session import Phase
from fencang.simulation.desks import FIRST_DAY

__all__ = ["Openings"]


class Openings:
    """Open venues, ended contracts, stopped nodes, rules that fired, what is closed to whom."""

    def __init__(self) -> None:
        self.today = FIRST_DAY
        self.venues: set[str] = set()
        self.ended: set[str] = set()
        self.stopped: set[str] = set()
        self.fired: set[str] = set()
        self.disabled: dict[str, None] = {}
        """Sub-accounts whose executions repeated themselves."""
        self.washed: dict[tuple[str, str], None] = {}
        """Who may open nothing in which contract for suspected wash trades."""

    def takes(self, contract: Contract, venue_id: str) -> bool:
        """Return whether a contract is listed, has not ended, and its venue is open."""
        first, last = contract.first_trading_day, contract.last_trading_day
        has_begun = first is None or first <= self.today
        has_ended = last is not None and last < self.today
        is_there = has_begun and not has_ended and contract.contract_id not in self.ended
        return is_there and venue_id in self.venues

    def lets(self, sub: SubAccount, nodes: set[str]) -> bool:
        """Return whether nothing keeps a sub-account, which stands under nodes, from opening."""
        is_blocked = bool(self.fired) and bool(sub.mandate.tags)
        is_stopped = bool(self.stopped & nodes)
        return not (is_blocked or is_stopped or sub.sub_account_id in self.disabled)

    def see(self, event: AnyEvent) -> None:
        """Take in what opens and closes something."""
        match event:
            case SessionOpened():
                self.today = event.trading_day
                self.venues.add(event.venue_id)
            case PhaseEntered(phase=Phase.OPEN):
                self.venues.add(event.venue_id)
            case TradingDayOpened():
                self.today = event.trading_day
                self.venues.discard(event.venue_id)
            case SessionClosed() | TradingDayClosed() | PhaseEntered():
                self.venues.discard(event.venue_id)
            case ContractExpired():
                self.ended.add(event.contract_id)
            case _:
                self._see_stops(event)

    def _see_stops(self, event: AnyEvent) -> None:
        match event:
            case TradingStateSet(trading_state=TradingState.ACTIVE):
                self.stopped.discard(event.node_id)
            case TradingStateSet():
                self.stopped.add(event.node_id)
            case RuleFired():
                self.fired.add(event.rule_id)
            case RuleArmed():
                self.fired.discard(event.rule_id)
            case StrategyDisabled():
                self.disabled[event.sub_account_id] = None
            case StrategyReenabled():
                self.disabled.pop(event.sub_account_id, None)
            case WashTradeSuspected(closes=True):
                self.washed[event.principal_id, event.contract_id] = None
            case WashTradesReleased():
                self.washed.pop((event.principal_id, event.contract_id), None)
            case _:
                pass
