"""The elements of SPAN XML (fileFormat 4.00): which may stand in which, and what we know of them.

Names and nesting are confirmed by at least two of: a parser whose types were made from the format's
own schema, a production back-office importer, two exchanges' real files as described element by
element (National Stock Exchange of India, Takasbank).  Confirmed by that importer: the risk
exponent is inside the numbers already; the composite delta is ``d`` of ``ra`` (``d`` of the
contract is the current one); credit rates are fractions (0.75); of several rates or arrays the
first counts.  Meanings that only one source or none confirms:

* ``priceScan`` is money of one lot, as in positional files (real files with ``cvf`` 1 cannot tell).
* ``priceFmt`` ``0`` and ``C``: the price's digits are coded as in positional files.
* ``sc`` stands both in a contract and in the family's ``pfLink``; no source says how they combine.
* ``s`` of ``undC``: ``B`` in real files where the underlying is bought; ``S`` is then sold.
* ``isM`` of ``pbRateDef`` is read as "this rate is for maintenance", and an ``adjRate`` as
  "requirement of rate r = requirement of rate baseR × val" (a production importer takes the ratio
  of initial to maintenance from it).
* ``volScanPct`` is a plain fraction (0.31) although ``priceScanPct`` counts percent (15.7), in one
  real file.
* ``rpLeg`` names months relative to one another (``rpNum``, ``btNum``, ``etNum``); nothing here
  evaluates it.

Names with the prefix ``fencang:`` are ours: they carry what the method uses and the format has no
element for, so that a set survives being written and read.  Other programs skip them.
"""

from collections.abc import Mapping

__all__ = ["CONTAINERS", "EXTENSION_NAMESPACE", "NON_OPTION_PARTS", "ROOT", "UNUSED_TABLES"]

ROOT = "spanFile"
EXTENSION_NAMESPACE = "urn:fencang:span"

_FAMILY = """pfId pfCode name group currency cvf priceDl priceFmt valueMeth priceMeth setlMeth
    positionsAllowed undPf alias tick venue isVariableTick svf country"""
_OPTION_FAMILY = f"{_FAMILY} exercise strikeDl strikeFmt cab priceModel series"
_CONTRACT = """cId pe p pq priceType d v volType cvf svf val sc setlDate t tick alias venue haircut
    haircutRsv desc type subType undC intrRate divRate scanRate ra refPrice refPriceFlag
    fencang:lookAheadYears fencang:priceModel"""
_SPREADS = "dSpread sSpread"
_TIERS = "scanTiers intraTiers interTiers somTiers rateTiers"

_WORDS = {
    ROOT: "fileFormat created definitions pointInTime",
    "definitions": """currencyDef acctTypeDef acctSubTypeDef groupTypeDef groupDef""",
    "currencyDef": "currency symbol name decimalPos",
    "pointInTime": "date time run isSetl setlQualifier businessFunction clearingOrg",
    "clearingOrg": """ec name isContractScale isNetMargin finalizeMeth oopDeltaMeth capAnov
        lookAheadYears lookAheadDays daysPerYear limitSubAccountOffset curConv pbRateDef pointDef
        exchange ccDef interSpreads superSpreads
        fencang:accountKind fencang:accountClass fencang:requirementKind""",
    "curConv": "fromCur toCur factor",
    "pbRateDef": "r isCust acctType isM pbc",
    "pointDef": "r scanPointDef deltaPointDef",
    "scanPointDef": "point priceScanDef volScanDef weight pairedPoint",
    "priceScanDef": "mult numerator denominator defType",
    "volScanDef": "mult numerator denominator",
    "ccDef": f"""cc name currency riskExponent capAnov procMeth wfprMeth spotMeth somMeth cmbMeth
        marginMeth factorCurveSetId factorScenarioSetId interCurScan limitArraysTo16Points group
        pfLink adjRate spotRate intrRate dSpread {_TIERS}
        fencang:riskUnitMicros fencang:roundingMicros fencang:isFuturesStyle""",
    "pfLink": "exch pfId pfCode pfType sc cmbMeth applyBasisRisk oopDeltaMeth",
    "adjRate": "r baseR val",
    "spotRate": "r pe sprd outr fencang:side",
    "tier": "tn sPe ePe tne tbn btn brk rate scanRate",
    "rate": "r val",
    "dSpread": """spread chargeMeth rate pmpsRate tLeg pLeg rpLeg dSpread
        fencang:method fencang:eligibility fencang:group fencang:legsMin""",
    "sSpread": """spread rate numLegsReq applyFxRisk sLeg
        fencang:eligibility fencang:group""",
    "tLeg": "cc tn rs i rate fencang:isRequired",
    "pLeg": "cc pe rs i rate",
    "rpLeg": "cc rpNum rs i btNum etNum rate",
    "sLeg": "cc isTarget isRequired i fencang:side fencang:tier",
    "exchange": "exch name phyPf futPf cmbPf oofPf oopPf oocPf",
    "phyPf": f"{_FAMILY} phy",
    "futPf": f"{_FAMILY} fut",
    "cmbPf": f"{_FAMILY} cmb",
    "oofPf": _OPTION_FAMILY,
    "oopPf": _OPTION_FAMILY,
    "oocPf": _OPTION_FAMILY,
    "phy": _CONTRACT,
    "fut": _CONTRACT,
    "cmb": _CONTRACT,
    "series": """pe v volSrc setlDate t cvf svf sc undC intrRate divRate scanRate refPrice
        refPriceFlag opt alias tick
        fencang:lookAheadYears fencang:priceModel fencang:underlyingPeriod
        fencang:underlyingFamily""",
    "opt": "cId o k p pq priceType d v volType val cvf svf sc ra alias",
    "undC": "exch pfId cId s i legPriceFlag legPrice type",
    "undPf": "exch pfId pfCode pfType s i",
    "intrRate": "val rl cpm tm exm",
    "scanRate": """r priceScan priceScanPct volScan volScanPct priceScanDown priceScanDownPct
        volScanDown volScanDownPct quoteInOptTerms""",
    "ra": "r a d",
    **dict.fromkeys(_TIERS.split(), "tier"),
    **dict.fromkeys(("interSpreads", "superSpreads"), _SPREADS),
    # Known, and of no use to the margin: they are passed over without being counted as unknown.
    "acctTypeDef": "isCust acctType name isNetMargin priority",
    "acctSubTypeDef": "acctSubTypeCode dataType description",
    "groupTypeDef": "id name",
    "groupDef": "id aVal description",
    "businessFunction": "name",
    "deltaPointDef": "point priceScanDef volScanDef weight",
    "group": "id aVal",
    "alias": "aType aVal",
    "tick": "id val loVal hiVal desc",
    "venue": "id hours listDesc flexDesc strikeDesc tick limits limitsDesc fdotRule ldotRule",
    "divRate": "val div",
    "div": "val dtm setlDate",
    "pmpsRate": "r val pmRate psRate",
}

CONTAINERS: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split()) for name, words in _WORDS.items()
}
"""Of every element that holds others, the names it may hold."""

NON_OPTION_PARTS = ("phy", "fut", "cmb")
"""Contracts that are their own series."""
UNUSED_TABLES = ("acctTypeDef", "acctSubTypeDef", "groupTypeDef", "groupDef")
"""Tables of definitions that are dropped as soon as they end."""
