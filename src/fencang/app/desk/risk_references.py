"""How the tables that state pre-trade controls refer to the rest of a desk file."""

from fencang.app.desk.desk import Desk
from fencang.app.desk.fields import Fields
from fencang.app.desk.risk import ROOT_KEYS, RiskRow

__all__ = ["check_risk"]


def check_risk(desk: Desk, root: Fields, nodes: list[str], scopes: list[str]) -> None:
    """Note rows whose node or scope leads nowhere, and what the root leaves open."""
    for row in desk.risk_rows:
        root.reference(f"{row.path}.node", row.item.node_id, nodes, "account")
        scope_id = getattr(row.item, "scope_id", "*")
        if scope_id != "*":
            root.reference(f"{row.path}.scope", scope_id, scopes, "product or contract")
    for kind in ROOT_KEYS:
        rows = [row for row in desk.risk_rows if isinstance(row.item, kind)]
        if rows:
            _check_root(desk, root, kind, rows)


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
