"""A small SPAN XML file of two invented commodities, and ways to spoil it."""

import io

from fencang.parameters.spn import read_spn

MOVES = ((0, 1), (1, 3), (-1, 3), (2, 3), (-2, 3), (1, 1), (-1, 1))


def scan_points(cover="0.350000", multiplier="2"):
    """Return the sixteen scenarios as a real file writes them."""
    texts = []
    for number in range(1, 17):
        if number < 15:
            up, down = MOVES[(number - 1) // 2]
            turn = 1 if number % 2 else -1
            pair = number + 1 if number % 2 else number - 1
            mult, weight = "1", "1.000000"
        else:
            up, down, turn, pair = (1 if number == 15 else -1), 1, 0, number
            mult, weight = multiplier, cover
        texts.append(
            f"<scanPointDef><point>{number}</point>"
            f"<priceScanDef><mult>{mult}</mult><numerator>{up}</numerator>"
            f"<denominator>{down}</denominator></priceScanDef>"
            f"<volScanDef><mult>1</mult><numerator>{turn}</numerator>"
            f"<denominator>1</denominator></volScanDef>"
            f"<weight>{weight}</weight><pairedPoint>{pair}</pairedPoint></scanPointDef>"
        )
    return "".join(texts)


def array(values, delta="1.0000"):
    """Return a risk array."""
    return f"<ra><r>1</r>{''.join(f'<a>{value}</a>' for value in values)}<d>{delta}</d></ra>"


LINEAR = [f"{-100 * move:.2f}" for move in (0, 0, 1, 1, -1, -1, 2, 2, -2, -2, 3, 3, -3, -3, 2, -2)]
WHOLE = [text.partition(".")[0] for text in LINEAR]


def future(number, period, values=LINEAR, extra=""):
    """Return one ``fut``."""
    return f"""<fut>
<cId>{number}</cId><pe>{period}</pe><p>105.25</p><d>1.00000000</d><v>0.170000</v>
<cvf>1.00</cvf><sc>1.00000</sc><setlDate>20260630</setlDate><t>0.016438</t>{extra}
<intrRate><val>0.070000</val><rl>0</rl><cpm>0</cpm><exm>12</exm></intrRate>
<scanRate><r>1</r><priceScan>300.00</priceScan><volScan>0.04</volScan></scanRate>
{array(values)}
</fut>"""


def option(number, right, strike, delta, price="2.05"):
    """Return one ``opt``."""
    return f"""<opt><cId>{number}</cId><o>{right}</o><k>{strike}</k><p>{price}</p><d>{delta}</d>
<v>0.402890</v>{array(LINEAR, delta)}</opt>"""


FILE = f"""<?xml version="1.0"?>
<spanFile>
<fileFormat>4.00</fileFormat>
<created>202606242149</created>
<definitions>
<currencyDef><currency>INR</currency><symbol>R</symbol><decimalPos>2</decimalPos></currencyDef>
<currencyDef><currency>USD</currency><symbol>U</symbol><decimalPos>2</decimalPos></currencyDef>
<acctTypeDef><isCust>1</isCust><acctType>N</acctType><name>Normal</name></acctTypeDef>
</definitions>
<pointInTime>
<date>20260625</date><isSetl>0</isSetl><setlQualifier>early</setlQualifier>
<clearingOrg>
<ec>QXCC</ec><name>Invented clearing</name><finalizeMeth>BY</finalizeMeth>
<isNetMargin>1</isNetMargin><lookAheadYears>0.002739</lookAheadYears>
<oopDeltaMeth>PERIOD</oopDeltaMeth><capAnov>0</capAnov>
<curConv><fromCur>INR</fromCur><toCur>USD</toCur><factor>0.010559</factor></curConv>
<pbRateDef><r>1</r><isCust>1</isCust><acctType>N</acctType><isM>1</isM><pbc>CORE</pbc></pbRateDef>
<pbRateDef><r>2</r><isCust>1</isCust><acctType>N</acctType><isM>0</isM><pbc>CORE</pbc></pbRateDef>
<pbRateDef><r>3</r><isCust>0</isCust><acctType>M</acctType><isM>1</isM><pbc>CORE</pbc></pbRateDef>
<pointDef><r>1</r>{scan_points()}</pointDef>
<ccDef>
<cc>ALPHA</cc><name>Alpha index</name><currency>INR</currency><riskExponent>0</riskExponent>
<capAnov>0</capAnov><procMeth>NORMAL</procMeth><wfprMeth>SCANRANGE_CAP</wfprMeth>
<spotMeth>NORMAL</spotMeth><somMeth>MAX</somMeth><cmbMeth>NONE</cmbMeth>
<pfLink><exch>QXA</exch><pfId>1</pfId><pfCode>ALPHA</pfCode><pfType>PHY</pfType><sc>1.0</sc></pfLink>
<pfLink><exch>QXA</exch><pfId>2</pfId><pfCode>ALPHA</pfCode><pfType>FUT</pfType><sc>1.0</sc></pfLink>
<pfLink><exch>QXA</exch><pfId>3</pfId><pfCode>ALPHA</pfCode><pfType>OOP</pfType><sc>1.0</sc></pfLink>
<adjRate><r>2</r><baseR>1</baseR><val>1.10000</val></adjRate>
<adjRate><r>3</r><baseR>1</baseR><val>0.90000</val></adjRate>
<spotRate><r>1</r><pe>20260630</pe><sprd>1.50</sprd><outr>2.25</outr></spotRate>
<somTiers><tier><tn>0</tn><rate><r>1</r><val>7.50</val></rate></tier></somTiers>
<dSpread><spread>1</spread><chargeMeth>F</chargeMeth><rate><r>1</r><val>425.000000</val></rate>
<pLeg><cc>ALPHA</cc><pe>20260630</pe><rs>A</rs><i>1.000000</i></pLeg>
<pLeg><cc>ALPHA</cc><pe>20260728</pe><rs>B</rs><i>1.000000</i></pLeg>
</dSpread>
</ccDef>
<ccDef>
<cc>BETA</cc><currency>INR</currency><riskExponent>0</riskExponent><wfprMeth>NORMAL</wfprMeth>
<pfLink><exch>QXB</exch><pfId>1</pfId><pfCode>BETA</pfCode><pfType>FUT</pfType><sc>0.2000</sc></pfLink>
<pfLink><exch>QXB</exch><pfId>2</pfId><pfCode>BETA</pfCode><pfType>OOF</pfType><sc>0.2000</sc></pfLink>
<scanTiers><tier><tn>1</tn><sPe>20260601</sPe><ePe>20260731</ePe></tier></scanTiers>
<intraTiers><tier><tn>1</tn><sPe>202607</sPe><ePe>202607</ePe></tier>
<tier><tn>2</tn><sPe>202608</sPe><ePe>202609</ePe></tier></intraTiers>
<interTiers><tier><tn>1</tn><sPe>202607</sPe><ePe>202609</ePe></tier></interTiers>
<dSpread><spread>2</spread><chargeMeth>F</chargeMeth><rate><r>1</r><val>50</val></rate>
<tLeg><cc>BETA</cc><tn>1</tn><rs>A</rs><i>1</i></tLeg>
<tLeg><cc>BETA</cc><tn>2</tn><rs>B</rs><i>2</i></tLeg>
</dSpread>
</ccDef>
<interSpreads>
<dSpread><spread>1</spread><chargeMeth>W</chargeMeth><rate><r>1</r><val>0.750000</val></rate>
<tLeg><cc>ALPHA</cc><tn>0</tn><rs>A</rs><i>1.0</i></tLeg>
<tLeg><cc>BETA</cc><tn>1</tn><rs>B</rs><i>1.5</i></tLeg>
</dSpread>
</interSpreads>
<superSpreads>
<sSpread><spread>1</spread><numLegsReq>1</numLegsReq><rate><r>1</r><val>0.980000</val></rate>
<sLeg><cc>ALPHA</cc><isTarget>1</isTarget><isRequired>1</isRequired><i>1</i></sLeg>
<sLeg><cc>BETA</cc><isTarget>0</isTarget><isRequired>0</isRequired><i>2</i></sLeg>
</sSpread>
</superSpreads>
<exchange>
<exch>QXA</exch><name>Invented exchange</name>
<phyPf><pfId>1</pfId><pfCode>ALPHA</pfCode><currency>INR</currency><cvf>1.00</cvf>
<priceDl>2</priceDl><priceFmt></priceFmt><valueMeth>EQTY</valueMeth>
<phy><cId>1</cId><pe>00000000</pe><p>104.35</p><d>0.000000</d><v>0</v><sc>1.00000</sc>
<scanRate><r>1</r><priceScan>300.00</priceScan><volScan>0.04</volScan></scanRate>
{array(["0.00"] * 16)}</phy>
</phyPf>
<futPf><pfId>2</pfId><pfCode>ALPHA</pfCode><currency>INR</currency><cvf>1.00</cvf>
<priceDl>2</priceDl><valueMeth>FUT</valueMeth>
{future(1, "20260630")}
{future(2, "20260728")}
</futPf>
<oopPf><pfId>3</pfId><pfCode>ALPHA</pfCode><exercise>EURO</exercise><currency>INR</currency>
<cvf>1.00</cvf><priceDl>2</priceDl><strikeDl>2</strikeDl><valueMeth>EQTY</valueMeth>
<priceModel>BS</priceModel>
<series><pe>20260728</pe><v>0.40289</v><setlDate>20260728</setlDate><t>0.09</t><sc>1.00000</sc>
<undC><exch>QXA</exch><pfId>1</pfId><cId>1</cId><s>B</s><i>1.00000</i></undC>
<scanRate><r>1</r><priceScan>300.00</priceScan><volScan>0.04</volScan></scanRate>
{option(1, "C", "100.00", "0.84531234")}
{option(2, "P", "100.00", "-0.15468766")}
</series>
</oopPf>
</exchange>
<exchange>
<exch>QXB</exch>
<futPf><pfId>1</pfId><pfCode>BETA</pfCode><currency>INR</currency><cvf>10</cvf>
<priceDl>1</priceDl><valueMeth>FUT</valueMeth>
{future(1, "202607", WHOLE)}
{future(2, "202608", WHOLE)}
</futPf>
<oofPf><pfId>2</pfId><pfCode>BETAO</pfCode><currency>INR</currency><cvf>10</cvf>
<priceDl>1</priceDl><strikeDl>1</strikeDl><valueMeth>FUT</valueMeth>
<series><pe>202607</pe><t>0.05</t>
<undC><exch>QXB</exch><pfId>1</pfId><cId>2</cId><s>B</s><i>1</i></undC>
<scanRate><r>1</r><priceScan>300</priceScan><volScanPct>0.31</volScanPct></scanRate>
<opt><cId>1</cId><o>P</o><k>-50.5</k><p>-0.1</p><d>-0.2</d><v>0.3</v>{array(WHOLE, "-0.2")}</opt>
</series>
</oofPf>
</exchange>
</clearingOrg>
</pointInTime>
</spanFile>
""".replace("<pfCode>BETA</pfCode><pfType>OOF", "<pfCode>BETAO</pfCode><pfType>OOF")


def read(text, **options):
    """Read a file given as text."""
    return read_spn(io.BytesIO(text.encode("utf-8")), **options)


def spoiled(old, new, count=1):
    """Return the file with one place changed; the place must be there."""
    assert old in FILE, old
    return FILE.replace(old, new, count)
