"""How the tables of a desk file refer to each other: every name must lead somewhere.

Works on what was read; a table that was faulty in itself is compared as far as it goes.  The desk
decides the same questions again when ``DefineDesk`` reaches it: here they get key and line.
"""

from datetime import date

from fencang.app.desk.desk import Desk
from fencang.app.desk.fields import Fields
from fencang.app.desk.money_terms import Names, check_money_terms
from fencang.app.desk.replay_settings import PriceLayout
from fencang.app.desk.risk_references import check_risk
from fencang.engine.decide.regime_references import RegimeReferences
from fencang.refdata.account import Route
from fencang.refdata.api_key import ApiKey
from fencang.refdata.authority import PROGRAMS, Authority, Delegation
from fencang.refdata.limit_group import LimitGroup
from fencang.refdata.margin_rate import account_type_faults
from fencang.refdata.user import User

__all__ = ["check_references"]


def check_references(desk: Desk, root: Fields) -> None:
    """Note every reference that leads nowhere and every combination that the desk would refuse."""
    _required(desk, root)
    _twice(desk, root)
    _plain_references(desk, root)
    _accounts(desk, root)
    _limits_and_rules(desk, root)
    _margin_rates(desk, root)
    _broker_terms(desk, root)
    _money_terms(desk, root)
    _regimes(desk, root)
    _span_files(desk, root)
    _capital(desk, root)
    _people(desk, root)
    _replay(desk, root)
    _paper(desk, root)


def _required(desk: Desk, root: Fields) -> None:
    for key in ("desk", "master"):
        if key not in root.table:
            root.fault(key, f"is missing; every desk has one [{key}]")
    for key, found in (
        ("person", desk.persons),
        ("venue", desk.venues),
        ("product", desk.products),
        ("carrying", desk.carrying),
        ("sub_account", desk.sub_accounts),
    ):
        if not found:
            root.fault(key, f"is missing; a desk has at least one [[{key}]]")


def _twice(desk: Desk, root: Fields) -> None:
    lists = {
        "person": [each.person_id for each in desk.persons],
        "venue": [each.venue_id for each in desk.venues],
        "product": [each.product_id for each in desk.products],
        "contract": [each.contract_id for each in desk.contracts],
        "carrying": [each.carrying_account_id for each in desk.carrying],
        "rule": [each.rule_id for each in desk.rules],
        "add_on": [each.add_on_id for each in desk.add_ons],
        "cross_margin": [each.agreement_id for each in desk.agreements],
        "strategy": [each.strategy_id for each in desk.strategies],
    }
    for key, names in lists.items():
        for index, name in enumerate(names):
            if name and name in names[:index]:
                root.fault(f"{key}[{index}].id", f'"{name}" is defined twice')
    _rows_twice(desk, root)
    seen: dict[str, str] = {}
    for plan in desk.account_plans:
        if plan.sub_account_id in seen and plan.sub_account_id:
            first = seen[plan.sub_account_id]
            root.fault(f"{plan.path}.id", f'"{plan.sub_account_id}" is also made by {first}')
        seen.setdefault(plan.sub_account_id, plan.path)


def _rows_twice(desk: Desk, root: Fields) -> None:
    """Two limits of one node and scope contradict each other, even where they say the same."""
    rows = [(f"limit[{index}]", each) for index, each in enumerate(desk.limits)]
    placed: dict[tuple[str, ...], str] = {}
    for path, row in (*rows, *desk.risk_rows, *desk.authority_rows):
        at = (type(row).__name__, *row.key)
        if at in placed:
            root.fault(path, f"{' in '.join(row.key)} is stated by {placed[at]} already")
        placed.setdefault(at, path)


def _plain_references(desk: Desk, root: Fields) -> None:
    persons = [each.person_id for each in desk.persons]
    venues = [each.venue_id for each in desk.venues]
    products = [each.product_id for each in desk.products]
    contracts = [each.contract_id for each in desk.contracts]
    root.reference("master.person", desk.master.person_id, persons, "person")
    for index, product in enumerate(desk.products):
        root.reference(f"product[{index}].venue", product.venue_id, venues, "venue")
    for index, contract in enumerate(desk.contracts):
        root.reference(f"contract[{index}].product", contract.product_id, products, "product")
        if contract.underlying_id:
            key = f"contract[{index}].underlying"
            root.reference(key, contract.underlying_id, contracts, "contract")
    for index, carrying in enumerate(desk.carrying):
        root.reference(f"carrying[{index}].holder", carrying.holder_id, persons, "person")
        for venue in carrying.venues:
            root.reference(f"carrying[{index}].venues", venue, venues, "venue")


def _people(desk: Desk, root: Fields) -> None:
    """Note names that no user of the file has; what the desk refuses beyond is its last word."""
    items = [row.item for row in desk.authority_rows]
    users = [item.user_id for item in items if isinstance(item, User)]
    nodes = [desk.master.master_account_id, *(each.sub_account_id for each in desk.sub_accounts)]
    for path, item in desk.authority_rows:
        match item:
            case ApiKey():
                root.reference(f"{path}.user", item.user_id, users, "user")
                root.reference(f"{path}.sub_tree", item.sub_tree, nodes, "node")
            case Delegation():
                root.reference(f"{path}.from_user", item.from_user_id, users, "user")
                root.reference(f"{path}.to_user", item.to_user_id, users, "user")
            case Authority(single_operator=True) if desk.plan is not None:
                for key in ("proposed_by", "approved_by"):
                    name = getattr(desk.plan, key)
                    root.reference(f"plan.{key}", name, (*users, *PROGRAMS), "user")
            case _:
                pass


def _accounts(desk: Desk, root: Fields) -> None:
    persons = [each.person_id for each in desk.persons]
    names = [each.sub_account_id for each in desk.sub_accounts]
    products = {each.product_id: each for each in desk.products}
    strategies = [each.strategy_id for each in desk.strategies]
    for account, plan in zip(desk.sub_accounts, desk.account_plans, strict=True):
        at = plan.path
        root.reference(f"{at}.owner", account.owner_id, persons, "person")
        if account.parent_id:
            root.reference(f"{at}.parent", account.parent_id, names, "sub-account")
            _ancestors(desk, root, f"{at}.parent", account.sub_account_id)
        root.reference(f"{at}.strategy", plan.strategy_id, strategies, "strategy")
        for product in account.mandate.products:
            root.reference(f"{at}.mandate.products", product, products, "product")
        routed = [route.venue_id for route in account.routes]
        for name in account.mandate.products:
            venue = products[name].venue_id if name in products else ""
            if venue and venue not in routed:
                root.fault(
                    f"{at}.routes", f'has no route to {venue}, where product "{name}" trades'
                )
        _routes(desk, root, account.owner_id, f"{at}.routes", routes=account.routes)


def _ancestors(desk: Desk, root: Fields, key: str, name: str) -> None:
    """Note that an account is its own ancestor, straight or over others."""
    parents = {each.sub_account_id: each.parent_id for each in desk.sub_accounts}
    above, seen = parents.get(name), {name}
    while above and above not in seen:
        seen.add(above)
        above = parents.get(above)
    if above == name:
        over = parents[name]
        words = "names the account itself" if over == name else f"is its own ancestor over {over}"
        root.fault(key, words)


def _routes(desk: Desk, root: Fields, owner: str, key: str, *, routes: tuple[Route, ...]) -> None:
    carrying = {each.carrying_account_id: each for each in desk.carrying}
    venues = {each.venue_id: each for each in desk.venues}
    for route in routes:
        venue_id, carrying_id = route.venue_id, route.carrying_account_id
        root.reference(key, venue_id, venues, "venue")
        root.reference(key, carrying_id, carrying, "carrying account")
        account, venue = carrying.get(carrying_id), venues.get(venue_id)
        if account is None or venue is None:
            continue
        if venue_id not in account.venues:
            root.fault(key, f"{carrying_id} does not carry positions of {venue_id}")
        if owner == account.holder_id or not owner:
            continue
        if venue.one_owner_only:
            root.fault(
                key,
                f"{venue_id} admits one owner per account: {owner} is not {account.holder_id}, "
                f"the holder of {carrying_id}",
            )
        elif not account.omnibus:
            root.fault(
                key,
                f"{owner} is not {account.holder_id}, the holder of {carrying_id}, "
                "and that account is not omnibus",
            )


def _limits_and_rules(desk: Desk, root: Fields) -> None:
    nodes = [desk.master.master_account_id, *(each.sub_account_id for each in desk.sub_accounts)]
    scopes = [
        *(each.product_id for each in desk.products),
        *(each.contract_id for each in desk.contracts),
    ]
    every_node = [*nodes, *_side_nodes(desk)]
    groups = [row.item.key[0] for row in desk.risk_rows if isinstance(row.item, LimitGroup)]
    for index, limit in enumerate(desk.limits):
        root.reference(f"limit[{index}].node", limit.node_id, every_node, "account")
        if limit.scope_id != "*":
            known, what = [*scopes, *groups], "product, contract or limit group"
            root.reference(f"limit[{index}].scope", limit.scope_id, known, what)
    if not any(limit.node_id == desk.master.master_account_id for limit in desk.limits):
        root.fault(
            "limit",
            "the master account has no position limit, and unset at the root means zero: add "
            f'[[limit]] node = "{desk.master.master_account_id}", lots = …',
        )
    check_risk(desk, root, every_node, scopes)
    tags = list(dict.fromkeys(t for each in desk.sub_accounts for t in each.mandate.tags))
    watched = [name for source in desk.replay.indicators for name in source.series]
    for index, rule in enumerate(desk.rules):
        root.reference(f"rule[{index}].tag", rule.tag, tags, "tag of a mandate")
        if watched:
            root.reference(
                f"rule[{index}].indicator", rule.indicator, watched, "indicator in [replay]"
            )


def _side_nodes(desk: Desk) -> list[str]:
    """Return the nodes beside the account tree."""
    return [
        *(f"carrying:{each.carrying_account_id}" for each in desk.carrying),
        *(f"venue:{each.venue_id}" for each in desk.venues),
        *(f"person:{each.person_id}" for each in desk.persons),
    ]


def _margin_rates(desk: Desk, root: Fields) -> None:
    rates = desk.margin_rates
    # Where a contract's own rates leave accounts of a type out, its product's count.
    scopes: dict[str, tuple[str, ...]]
    scopes = {each.contract_id: (each.product_id,) for each in desk.contracts}
    scopes |= {each.product_id: () for each in desk.products}
    stated = [(rate.scope_id, rate.account_type, rate.from_day) for rate in rates]
    for index, rate in enumerate(rates):
        key = f"margin_rate[{index}]"
        root.reference(f"{key}.scope", rate.scope_id, scopes, "product or contract")
        if stated[index] in stated[:index]:
            whose = "" if rate.account_type is None else f" for {rate.account_type} accounts"
            root.fault(
                f"{key}.from_day", f"{rate.scope_id} has a rate{whose} from {rate.from_day} on"
            )
        if rate.scope_id in scopes:
            for words in account_type_faults(rate, rates, (rate.scope_id, *scopes[rate.scope_id])):
                root.fault(f"{key}.account_type", words)


def _broker_terms(desk: Desk, root: Fields) -> None:
    carrying = {each.carrying_account_id: each for each in desk.carrying}
    products = {each.product_id: each for each in desk.products}
    scopes = {
        **products,
        **{each.contract_id: products.get(each.product_id) for each in desk.contracts},
    }
    for index, add_on in enumerate(desk.add_ons):
        key = f"add_on[{index}]"
        root.reference(f"{key}.carrying", add_on.carrying_account_id, carrying, "carrying account")
        for scope in add_on.scope_ids:
            root.reference(f"{key}.scope", scope, scopes, "product or contract")
            product = scopes.get(scope)
            if product is not None and product.currency != add_on.currency:
                quoted = f"{scope} is quoted in {product.currency}"
                root.fault(f"{key}.currency", f"is {add_on.currency}, but {quoted}")
    houses = [each.clearing_house_id for each in desk.venues]
    for index, agreement in enumerate(desk.agreements):
        key, account = f"cross_margin[{index}]", agreement.carrying_account_id
        root.reference(f"{key}.carrying", account, carrying, "carrying account")
        for name, leg in zip(("first", "second"), agreement.legs, strict=True):
            at = f"{key}.{name}.clearing_house"
            root.reference(at, leg.clearing_house, houses, "clearing house")


def _money_terms(desk: Desk, root: Fields) -> None:
    names = Names(
        persons=[each.person_id for each in desk.persons],
        carrying=[each.carrying_account_id for each in desk.carrying],
        scopes=[
            *(each.product_id for each in desk.products),
            *(each.contract_id for each in desk.contracts),
        ],
        sub_accounts=[each.sub_account_id for each in desk.sub_accounts],
        service_tiers=[each.service_tier for each in desk.sub_accounts],
        base_currency=desk.master.base_currency,
        products=[product.product_id for product in desk.products],
    )
    check_money_terms(root, names, desk.money_terms)


def _span_files(desk: Desk, root: Fields) -> None:
    houses = [each.clearing_house_id for each in desk.venues]
    for index, file in enumerate(desk.span_files):
        key = f"span[{index}]"
        root.reference(f"{key}.clearing_house", file.clearing_house, houses, "clearing house")


def _capital(desk: Desk, root: Fields) -> None:
    carrying = [each.carrying_account_id for each in desk.carrying]
    persons = [each.person_id for each in desk.persons]
    base = desk.master.base_currency
    for index, rate in enumerate(desk.opening_rates):
        if rate.mark.currency == base:
            root.fault(f"opening.rate[{index}].currency", f"{base} is the base currency itself")
    for index, deposit in enumerate(desk.deposits):
        key = f"capital.deposit[{index}]"
        root.reference(f"{key}.carrying", deposit.carrying_account_id, carrying, "carrying account")
        root.reference(f"{key}.owner", deposit.owner_id, persons, "person")
    if desk.opening_files.cash:
        return  # capital may come from cash taken over; the desk itself has the last word
    owners = {each.sub_account_id: each.owner_id for each in desk.sub_accounts}
    for person in persons:
        paid = sum(
            each.amount_micros
            for each in desk.deposits
            if each.owner_id == person and each.currency == base
        )
        granted = sum(
            plan.capital_micros or 0
            for plan in desk.account_plans
            if owners[plan.sub_account_id] == person
        )
        if granted > paid:
            root.fault(
                "capital",
                f"{person} grants more capital ({granted // 10**6:,} {base}) than it deposits "
                f"({paid // 10**6:,} {base})",
            )


def _replay(desk: Desk, root: Fields) -> None:
    products = [each.product_id for each in desk.products]
    contracts = [each.contract_id for each in desk.contracts]
    for source in desk.replay.prices:
        held = source.layout is PriceLayout.HELD
        for name in source.series:
            root.reference(
                f"{source.path}.series",
                name,
                products if held else contracts,
                "product" if held else "contract",
            )
    if not desk.replay.prices:
        return
    currencies = {each.currency for each in desk.products} - {desk.master.base_currency}
    given = [name for source in desk.replay.rates for name in source.series]
    for currency in sorted(currencies - {""}):
        if currency not in given:
            root.fault(
                "replay.rates",
                f"no series gives the value of {currency} in {desk.master.base_currency}",
            )
    for name in desk.replay.fills.slippage_ticks:
        root.reference("replay.fills.slippage_ticks", name, products, "product")


def _regimes(desk: Desk, root: Fields) -> None:
    """Ask of rules and ties what the desk itself will ask."""
    persons = {each.person_id: each for each in desk.persons}
    known = RegimeReferences(persons, date.min)
    for row in desk.regime_rows:
        known.add(row.item)
    venues = {each.venue_id: each for each in desk.venues}
    scopes: dict[str, object] = {each.product_id: each for each in desk.products}
    scopes |= {each.contract_id: each for each in desk.contracts}
    for path, item in desk.regime_rows:
        for words in known.faults(item, venues, scopes):
            root.fault(path, words)
    for index, account in enumerate(desk.sub_accounts):
        if account.controller_id is not None:
            where = f"sub_account[{index}].controller"
            root.reference(where, account.controller_id, persons, "person")


def _paper(desk: Desk, root: Fields) -> None:
    fields = root.inner("paper")
    contracts = {each.contract_id: each.product_id for each in desk.contracts}
    ticks = {each.product_id: each.tick_nanos for each in desk.products}
    for name, price_nanos in desk.paper.prices_nanos.items():
        fields.reference(f"prices.{name}", name, contracts, "contract")
        tick_nanos = ticks.get(contracts.get(name, ""), 1)
        if tick_nanos and price_nanos % tick_nanos:
            fields.fault(f"prices.{name}", "is off the product's tick")
