"""How the tables that state pre-trade controls refer to the rest of a desk file."""

from fencang.app.desk.desk import Desk
from fencang.app.desk.fields import Fields
from fencang.app.desk.risk import ROOT_KEYS, RiskRow
from fencang.engine.decide.overrides import override_reference_faults
from fencang.engine.risk.overrides import place_of
from fencang.engine.state import DeskState
from fencang.refdata.limit_group import LimitGroup
from fencang.refdata.loss_limit import LiquidationTerms, LossLimit
from fencang.refdata.override import ControlOverride
from fencang.refdata.self_match import SelfMatch
from fencang.refdata.service_tier import ALL_INSTRUMENTS, ServiceTier

__all__ = ["check_risk"]


def check_risk(desk: Desk, root: Fields, nodes: list[str], scopes: list[str]) -> None:
    """Note rows whose node or scope leads nowhere, and what the root leaves open."""
    groups = [row.item.group_id for row in desk.risk_rows if isinstance(row.item, LimitGroup)]
    for row in desk.risk_rows:
        root.reference(f"{row.path}.node", getattr(row.item, "node_id", ""), nodes, "account")
        scope_id = getattr(row.item, "scope_id", "*")
        product_ids = getattr(row.item, "product_ids", ())
        products = [product.product_id for product in desk.products] if product_ids else []
        for product_id in product_ids:
            root.reference(f"{row.path}.products", product_id, products, "product")
        if scope_id != "*" and not product_ids:
            known = [*scopes, *groups] if isinstance(row.item, ControlOverride) else scopes
            root.reference(f"{row.path}.scope", scope_id, known, "product or contract")
        if isinstance(row.item, LimitGroup):
            _check_group(root, row.path, row.item, scopes)
    _check_overrides(desk, root)
    for kind in ROOT_KEYS:
        rows = [row for row in desk.risk_rows if isinstance(row.item, kind)]
        if rows:
            _check_root(desk, root, kind, rows)
    _check_liquidation(desk, root)
    _check_tiers(desk, root, scopes)


def _check_tiers(desk: Desk, root: Fields, scopes: list[str]) -> None:
    """Note what tiers name in vain, and sub-accounts of a tier that nothing defines."""
    venues = [venue.venue_id for venue in desk.venues]
    rows = [(row.path, row.item) for row in desk.risk_rows if isinstance(row.item, ServiceTier)]
    for path, tier in rows:
        root.reference(f"{path}.venue", tier.venue_id or "", venues, "venue")
        for scope_id in tier.instruments:
            if scope_id != ALL_INSTRUMENTS:
                root.reference(f"{path}.instruments", scope_id, scopes, "product or contract")
    if rows:
        known = [tier.tier_id for _, tier in rows]
        for account, plan in zip(desk.sub_accounts, desk.account_plans, strict=True):
            at = f"{plan.path}.service_tier"
            root.reference(at, account.service_tier, known, "service tier")


def _check_group(root: Fields, path: str, group: LimitGroup, scopes: list[str]) -> None:
    if group.group_id in scopes:
        root.fault(f"{path}.id", f'"{group.group_id}" is a product or contract of this desk')
    for member in group.members:
        root.reference(f"{path}.members", member.scope_id, scopes, "product or contract")


def _check_overrides(desk: Desk, root: Fields) -> None:
    """Ask of overrides what the desk itself will ask, but for the time of day."""
    rows: dict[tuple[str, str, str], object] = {place_of(limit): limit for limit in desk.limits}
    rows |= {place_of(row.item): row.item for row in desk.risk_rows}
    found = [row for row in desk.risk_rows if isinstance(row.item, ControlOverride)]
    others = [row.item for row in found if isinstance(row.item, ControlOverride)]
    for row, override in zip(found, others, strict=True):
        for words in override_reference_faults(DeskState(), rows, others, override):
            root.fault(row.path, words)


def _check_liquidation(desk: Desk, root: Fields) -> None:
    """A liquidate step needs terms, and they stand at the master account."""
    master = desk.master.master_account_id
    has_terms = any(isinstance(row.item, LiquidationTerms) for row in desk.risk_rows)
    for row in desk.risk_rows:
        if isinstance(row.item, LiquidationTerms) and row.item.node_id != master:
            root.fault(f"{row.path}.node", f'liquidation has one set of terms, at "{master}"')
        closes = isinstance(row.item, LossLimit) and row.item.liquidate_ppm is not None
        if closes and not has_terms:
            words = f'needs terms: add [[liquidation]] node = "{master}", lots = …, per = …'
            root.fault(f"{row.path}.liquidate", words)


def _check_root(desk: Desk, root: Fields, kind: type, rows: list[RiskRow]) -> None:
    """The row of the master account for everything states all; others what they like."""
    master = desk.master.master_account_id
    table = rows[0].path.partition("[")[0]
    at_root = [row for row in rows if row.item.key in ((master,), (master, "*"))]
    if not at_root:
        root.fault(table, f'the master account has none: add one with node = "{master}"')
    for row in at_root:
        for key, field in ROOT_KEYS[kind].items():
            if getattr(row.item, field) is None:
                root.fault(f"{row.path}.{key}", "is missing: nothing is unset at the root")
    for row in rows:
        if isinstance(row.item, SelfMatch) and row.item.key != (master,):
            for key in ("scope", "stops_meet_all"):
                if getattr(row.item, key) is not None:
                    root.fault(f"{row.path}.{key}", f"is the whole desk's: only {master} states it")
