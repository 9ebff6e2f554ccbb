"""All calls, by what they are about.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.methods import Resource, TransportT
from fencang.client.resources.audit import AuditResource
from fencang.client.resources.authority import AuthorityResource
from fencang.client.resources.balances import BalancesResource
from fencang.client.resources.block_legs import BlockLegsResource
from fencang.client.resources.block_orders import BlockOrdersResource
from fencang.client.resources.broker_add_ons import BrokerAddOnsResource
from fencang.client.resources.calendars import CalendarsResource
from fencang.client.resources.carrying_accounts import CarryingAccountsResource
from fencang.client.resources.cash import CashResource
from fencang.client.resources.concert_edges import ConcertEdgesResource
from fencang.client.resources.connection_controls import ConnectionControlsResource
from fencang.client.resources.contract_groups import ContractGroupsResource
from fencang.client.resources.contracts import ContractsResource
from fencang.client.resources.control_edges import ControlEdgesResource
from fencang.client.resources.control_overrides import ControlOverridesResource
from fencang.client.resources.cross_margins import CrossMarginsResource
from fencang.client.resources.definitions import DefinitionsResource
from fencang.client.resources.delegations import DelegationsResource
from fencang.client.resources.disaggregation_claims import DisaggregationClaimsResource
from fencang.client.resources.drafts import DraftsResource
from fencang.client.resources.envelopes import EnvelopesResource
from fencang.client.resources.evasion_terms import EvasionTermsResource
from fencang.client.resources.executions import ExecutionsResource
from fencang.client.resources.exemptions import ExemptionsResource
from fencang.client.resources.exposure_limits import ExposureLimitsResource
from fencang.client.resources.fee_rows import FeeRowsResource
from fencang.client.resources.fills import FillsResource
from fencang.client.resources.firings import FiringsResource
from fencang.client.resources.flow_controls import FlowControlsResource
from fencang.client.resources.funding_terms import FundingTermsResource
from fencang.client.resources.group_members import GroupMembersResource
from fencang.client.resources.impact_limits import ImpactLimitsResource
from fencang.client.resources.instructions import InstructionsResource
from fencang.client.resources.interest_rates import InterestRatesResource
from fencang.client.resources.keys import KeysResource
from fencang.client.resources.ledger_entries import LedgerEntriesResource
from fencang.client.resources.legal_persons import LegalPersonsResource
from fencang.client.resources.limit_groups import LimitGroupsResource
from fencang.client.resources.limit_warnings import LimitWarningsResource
from fencang.client.resources.limits import LimitsResource
from fencang.client.resources.link_controls import LinkControlsResource
from fencang.client.resources.liquidation_terms import LiquidationTermsResource
from fencang.client.resources.loss_limits import LossLimitsResource
from fencang.client.resources.mandates import MandatesResource
from fencang.client.resources.margin import MarginResource
from fencang.client.resources.margin_buffers import MarginBuffersResource
from fencang.client.resources.margin_rates import MarginRatesResource
from fencang.client.resources.masters import MastersResource
from fencang.client.resources.order_controls import OrderControlsResource
from fencang.client.resources.orders import OrdersResource
from fencang.client.resources.ownership_edges import OwnershipEdgesResource
from fencang.client.resources.plans import PlansResource
from fencang.client.resources.position_limits import PositionLimitsResource
from fencang.client.resources.positions import PositionsResource
from fencang.client.resources.prices import PricesResource
from fencang.client.resources.products import ProductsResource
from fencang.client.resources.regime_limits import RegimeLimitsResource
from fencang.client.resources.regime_venues import RegimeVenuesResource
from fencang.client.resources.regimes import RegimesResource
from fencang.client.resources.report_thresholds import ReportThresholdsResource
from fencang.client.resources.representatives import RepresentativesResource
from fencang.client.resources.risk_signals import RiskSignalsResource
from fencang.client.resources.rules import RulesResource
from fencang.client.resources.self_match_controls import SelfMatchControlsResource
from fencang.client.resources.settings import SettingsResource
from fencang.client.resources.strategies import StrategiesResource
from fencang.client.resources.sub_accounts import SubAccountsResource
from fencang.client.resources.substitutes import SubstitutesResource
from fencang.client.resources.suspense import SuspenseResource
from fencang.client.resources.sweep_targets import SweepTargetsResource
from fencang.client.resources.tenor_limits import TenorLimitsResource
from fencang.client.resources.tiers import TiersResource
from fencang.client.resources.trade_flow_controls import TradeFlowControlsResource
from fencang.client.resources.trading_states import TradingStatesResource
from fencang.client.resources.transfers import TransfersResource
from fencang.client.resources.users import UsersResource
from fencang.client.resources.venues import VenuesResource

__all__ = ["Resources"]


class _Resources1(Resource[TransportT]):
    """Some of what a desk offers."""

    def __init__(self, transport: TransportT) -> None:
        super().__init__(transport)
        self.audit = AuditResource(transport)
        self.authority = AuthorityResource(transport)
        self.balances = BalancesResource(transport)
        self.block_legs = BlockLegsResource(transport)
        self.block_orders = BlockOrdersResource(transport)
        self.broker_add_ons = BrokerAddOnsResource(transport)
        self.calendars = CalendarsResource(transport)
        self.carrying_accounts = CarryingAccountsResource(transport)
        self.cash = CashResource(transport)
        self.concert_edges = ConcertEdgesResource(transport)
        self.connection_controls = ConnectionControlsResource(transport)
        self.contract_groups = ContractGroupsResource(transport)
        self.contracts = ContractsResource(transport)
        self.control_edges = ControlEdgesResource(transport)
        self.control_overrides = ControlOverridesResource(transport)
        self.cross_margins = CrossMarginsResource(transport)
        self.definitions = DefinitionsResource(transport)
        self.delegations = DelegationsResource(transport)
        self.disaggregation_claims = DisaggregationClaimsResource(transport)
        self.drafts = DraftsResource(transport)
        self.envelopes = EnvelopesResource(transport)
        self.evasion_terms = EvasionTermsResource(transport)
        self.executions = ExecutionsResource(transport)
        self.exemptions = ExemptionsResource(transport)
        self.exposure_limits = ExposureLimitsResource(transport)
        self.fee_rows = FeeRowsResource(transport)
        self.fills = FillsResource(transport)
        self.firings = FiringsResource(transport)
        self.flow_controls = FlowControlsResource(transport)
        self.funding_terms = FundingTermsResource(transport)


class _Resources2(_Resources1[TransportT]):
    """Some of what a desk offers."""

    def __init__(self, transport: TransportT) -> None:
        super().__init__(transport)
        self.group_members = GroupMembersResource(transport)
        self.impact_limits = ImpactLimitsResource(transport)
        self.instructions = InstructionsResource(transport)
        self.interest_rates = InterestRatesResource(transport)
        self.keys = KeysResource(transport)
        self.ledger_entries = LedgerEntriesResource(transport)
        self.legal_persons = LegalPersonsResource(transport)
        self.limit_groups = LimitGroupsResource(transport)
        self.limit_warnings = LimitWarningsResource(transport)
        self.limits = LimitsResource(transport)
        self.link_controls = LinkControlsResource(transport)
        self.liquidation_terms = LiquidationTermsResource(transport)
        self.loss_limits = LossLimitsResource(transport)
        self.mandates = MandatesResource(transport)
        self.margin = MarginResource(transport)
        self.margin_buffers = MarginBuffersResource(transport)
        self.margin_rates = MarginRatesResource(transport)
        self.masters = MastersResource(transport)
        self.order_controls = OrderControlsResource(transport)
        self.orders = OrdersResource(transport)
        self.ownership_edges = OwnershipEdgesResource(transport)
        self.plans = PlansResource(transport)
        self.position_limits = PositionLimitsResource(transport)
        self.positions = PositionsResource(transport)
        self.prices = PricesResource(transport)
        self.products = ProductsResource(transport)
        self.regime_limits = RegimeLimitsResource(transport)
        self.regime_venues = RegimeVenuesResource(transport)
        self.regimes = RegimesResource(transport)
        self.report_thresholds = ReportThresholdsResource(transport)


class Resources(_Resources2[TransportT]):
    """What a desk offers."""

    def __init__(self, transport: TransportT) -> None:
        super().__init__(transport)
        self.representatives = RepresentativesResource(transport)
        self.risk_signals = RiskSignalsResource(transport)
        self.rules = RulesResource(transport)
        self.self_match_controls = SelfMatchControlsResource(transport)
        self.settings = SettingsResource(transport)
        self.strategies = StrategiesResource(transport)
        self.sub_accounts = SubAccountsResource(transport)
        self.substitutes = SubstitutesResource(transport)
        self.suspense = SuspenseResource(transport)
        self.sweep_targets = SweepTargetsResource(transport)
        self.tenor_limits = TenorLimitsResource(transport)
        self.tiers = TiersResource(transport)
        self.trade_flow_controls = TradeFlowControlsResource(transport)
        self.trading_states = TradingStatesResource(transport)
        self.transfers = TransfersResource(transport)
        self.users = UsersResource(transport)
        self.venues = VenuesResource(transport)
