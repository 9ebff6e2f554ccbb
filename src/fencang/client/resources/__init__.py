"""All calls, by what they are about.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.methods import Resource, TransportT
from fencang.client.resources.audit import AuditResource
from fencang.client.resources.balances import BalancesResource
from fencang.client.resources.block_legs import BlockLegsResource
from fencang.client.resources.block_orders import BlockOrdersResource
from fencang.client.resources.cash import CashResource
from fencang.client.resources.definitions import DefinitionsResource
from fencang.client.resources.drafts import DraftsResource
from fencang.client.resources.envelopes import EnvelopesResource
from fencang.client.resources.executions import ExecutionsResource
from fencang.client.resources.fills import FillsResource
from fencang.client.resources.firings import FiringsResource
from fencang.client.resources.instructions import InstructionsResource
from fencang.client.resources.ledger_entries import LedgerEntriesResource
from fencang.client.resources.limits import LimitsResource
from fencang.client.resources.margin import MarginResource
from fencang.client.resources.orders import OrdersResource
from fencang.client.resources.plans import PlansResource
from fencang.client.resources.positions import PositionsResource
from fencang.client.resources.prices import PricesResource
from fencang.client.resources.risk_signals import RiskSignalsResource
from fencang.client.resources.rules import RulesResource
from fencang.client.resources.suspense import SuspenseResource
from fencang.client.resources.trading_states import TradingStatesResource
from fencang.client.resources.transfers import TransfersResource

__all__ = ["Resources"]


class Resources(Resource[TransportT]):
    """What a desk offers."""

    def __init__(self, transport: TransportT) -> None:
        super().__init__(transport)
        self.audit = AuditResource(transport)
        self.balances = BalancesResource(transport)
        self.block_legs = BlockLegsResource(transport)
        self.block_orders = BlockOrdersResource(transport)
        self.cash = CashResource(transport)
        self.definitions = DefinitionsResource(transport)
        self.drafts = DraftsResource(transport)
        self.envelopes = EnvelopesResource(transport)
        self.executions = ExecutionsResource(transport)
        self.fills = FillsResource(transport)
        self.firings = FiringsResource(transport)
        self.instructions = InstructionsResource(transport)
        self.ledger_entries = LedgerEntriesResource(transport)
        self.limits = LimitsResource(transport)
        self.margin = MarginResource(transport)
        self.orders = OrdersResource(transport)
        self.plans = PlansResource(transport)
        self.positions = PositionsResource(transport)
        self.prices = PricesResource(transport)
        self.risk_signals = RiskSignalsResource(transport)
        self.rules = RulesResource(transport)
        self.suspense = SuspenseResource(transport)
        self.trading_states = TradingStatesResource(transport)
        self.transfers = TransfersResource(transport)
