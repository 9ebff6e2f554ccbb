Feature: Money at the brokers
  Cash goes out in steps that two persons take, and what is promised serves nothing else.
  A broker's margin comes before every wire.

  One lot of CL is worth 1,000.00 USD a point; its margin is 10 % of its value.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
    And these currencies:
      | currency | in USD |
      | EUR      | 1.10   |
    And these funding terms, on a clock of UTC:
      | account | currency | cut-off | after it | calls are due at |
      | C1      | USD      | 18:00   | next day | 12:00            |
      | C1      | EUR      | 15:00   | refuse   | 12:00            |
      | OMNI    | USD      | 18:00   | next day | 12:00            |
    And NYMEX opens for Monday 2020-04-20
    And the mark of CLM0 is 20.00

  Scenario: A wire out goes from request to confirmation, and its cash is promised at once
    7,000,000.00 in reserve, 3,000,000.00 asked for: 4,000,000.00 are left from the first moment.
    The broker holds 10,000,000.00 until it shows 7,000,000.00.

    Given 10,000,000.00 USD of FUND arrive at C1
    And 3,000,000.00 USD of capital go to ALPHA
    When FUND asks to wire 3,000,000.00 USD out of C1, value Monday 2020-04-20 (wire W1)
    Then 3,000,000.00 USD of FUND are promised to wires
    And the cash is:
      | who                 | cash              |
      | the reserve of FUND | 4,000,000.00 USD  |
      | C1                  | 10,000,000.00 USD |
    When wire W1 is sent
    Then this is refused with 1001, second person required
    When wire W1 is approved by ops
    Then this is refused with 1002, second person is the first
    When wire W1 is approved by boss
    And wire W1 is sent
    And the broker confirms 3,000,000.00 USD of wire W1
    Then 0.00 USD of FUND are promised to wires
    And the cash is:
      | who                 | cash             |
      | the reserve of FUND | 4,000,000.00 USD |
      | C1                  | 7,000,000.00 USD |

  Scenario: After the cut-off a wire has the next day's value, or is refused, as the terms say
    Dollars are cut off at 18:00 and then go on Tuesday; euros at 15:00 and then not at all.

    Given 10,000,000.00 USD of FUND arrive at C1
    And 1,000,000.00 EUR of FUND arrive at C1
    When it is 17:59 on Monday 2020-04-20 in UTC
    And FUND asks to wire 1,000.00 USD out of C1, value Monday 2020-04-20 (wire W1)
    Then the value date of wire W1 is Monday 2020-04-20
    When it is 18:01 on Monday 2020-04-20 in UTC
    And FUND asks to wire 1,000.00 USD out of C1, value Monday 2020-04-20 (wire W2)
    Then the value date of wire W2 is Tuesday 2020-04-21
    When FUND asks to wire 1,000.00 EUR out of C1, value Monday 2020-04-20
    Then this is refused with 2103, wire after cutoff
    When FUND asks to wire 1,000.00 EUR out of C1, value Tuesday 2020-04-21 (wire W3)
    Then the value date of wire W3 is Tuesday 2020-04-21
    When FUND asks to wire 1,000.00 USD out of C1, value Saturday 2020-04-25
    Then this is refused with 2102, wire value date

  Scenario: A wire beyond the free cash is refused with the numbers
    400 lots at 20.00, marked at 19.00: margin 400 × 19,000.00 × 10 % = 760,000.00, and 400,000.00
    are lost and not yet paid.  Of 10,000,000.00 one million is promised already:
    10,000,000.00 - 760,000.00 - 400,000.00 - 1,000,000.00 = 7,840,000.00 are free.

    Given 10,000,000.00 USD of FUND arrive at C1
    And 1,000,000.00 USD of capital go to ALPHA
    And ALPHA buys 400 CLM0 at 20.00
    And the mark of CLM0 is 19.00
    And FUND asks to wire 1,000,000.00 USD out of C1, value Monday 2020-04-20 (wire W1)
    When FUND asks to wire 7,840,000.01 USD out of C1, value Monday 2020-04-20
    Then this is refused with 2104, wire beyond free cash, because "free 7840000.00"
    When wire W1 is withdrawn
    And FUND asks to wire 8,840,000.01 USD out of C1, value Monday 2020-04-20
    Then this is refused with 2104, wire beyond free cash, because "free 8840000.00"
    When FUND asks to wire 8,840,000.00 USD out of C1, value Monday 2020-04-20 (wire W2)
    Then 8,840,000.00 USD of FUND are promised to wires

  Scenario: A wire that comes back with charges costs what is missing
    3,000.00 went out and 2,975.00 came back: 25.00 are gone.

    Given 10,000,000.00 USD of FUND arrive at C1
    And FUND asks to wire 3,000.00 USD out of C1, value Monday 2020-04-20 (wire W1)
    And wire W1 is approved by boss
    And wire W1 is sent
    And the broker confirms 3,000.00 USD of wire W1
    When wire W1 comes back with 2,975.00 USD
    Then the cash is:
      | who                 | cash             |
      | the reserve of FUND | 9,999,975.00 USD |
      | C1                  | 9,999,975.00 USD |

  Scenario: A margin call is met by cash
    ALPHA has all 1,100,000.00 and buys 100 lots at 20.00.
    Monday at 10.50: 950,000.00 paid, 150,000.00 left; margin 100 × 10,500.00 × 10 % = 105,000.00.
    Tuesday at 9.50: 100,000.00 paid, 50,000.00 left; margin 95,000.00: 45,000.00 are called.

    Given 1,100,000.00 USD of FUND arrive at C1
    And 1,100,000.00 USD of capital go to ALPHA
    And ALPHA buys 100 CLM0 at 20.00
    And NYMEX settles Monday 2020-04-20 with CLM0 at 10.50
    Then no margin call is open
    When the next day at NYMEX is Tuesday 2020-04-21
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 9.50
    Then 45,000.00 USD of initial margin are called at C1, due Tuesday 2020-04-21 12:00
    When FUND asks to wire 45,000.00 USD into C1, value Monday 2020-04-20 (wire W1)
    And the broker confirms 45,000.00 USD of wire W1
    Then a margin call is met by cash
    And no margin call is open

  Scenario: A margin call is met by securities, after their haircut
    The same call of 45,000.00: bills worth 50,000.00 count 45,000.00 after 10 %.

    Given 1,100,000.00 USD of FUND arrive at C1
    And 1,100,000.00 USD of capital go to ALPHA
    And ALPHA buys 100 CLM0 at 20.00
    And NYMEX settles Monday 2020-04-20 with CLM0 at 10.50
    And the next day at NYMEX is Tuesday 2020-04-21
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 9.50
    When FUND brings securities T-BILL worth 50,000.00 USD to C1, less a haircut of 10 %
    Then this is refused with 1001, second person required
    When FUND brings securities T-BILL worth 50,000.00 USD to C1, less a haircut of 10 %, approved by boss
    Then a margin call is met by collateral
    And the cash of C1 is 50,000.00 USD

  Scenario: A sweep brings balances to their targets
    400 lots need 400 × 20,000.00 × 10 % = 800,000.00: of 10,000,000.00 at C1 9,200,000.00 are
    free, 200,000.00 more than wanted.  OMNI lacks 600,000.00 and gets what there is.

    Given 10,000,000.00 USD of FUND arrive at C1
    And 1,000,000.00 USD of capital go to ALPHA
    And ALPHA buys 400 CLM0 at 20.00
    And FUND wants these balances free:
      | account | cash             |
      | C1      | 9,000,000.00 USD |
      | OMNI    | 600,000.00 USD   |
    When a sweep of FUND is worked out
    Then the sweep proposes these wires:
      | from | to   | cash           |
      | C1   | OMNI | 200,000.00 USD |
    When the sweep is approved by boss, and its wires go their way
    Then the cash is:
      | who                 | cash             |
      | C1                  | 9,800,000.00 USD |
      | OMNI                | 200,000.00 USD   |
      | the reserve of FUND | 9,000,000.00 USD |
    When a sweep of FUND is worked out
    Then this is refused with 2141, sweep empty

  Scenario: Who owes whom after a conversion and a day's profit
    The reserve gave ALPHA and BETA 1,000,000.00 each.  ALPHA sells 110,000.00 USD for 100,000.00
    EUR.  100 lots bought at 20.00 and settled at 18.00 cost ALPHA 200,000.00, which BETA gains.
    The dollars that ALPHA has of others are still 1,000,000.00; the reserve gave them all.

    Given 10,000,000.00 USD of FUND arrive at C1
    And 1,000,000.00 USD of capital go to ALPHA
    And 1,000,000.00 USD of capital go to BETA
    When ALPHA sells 110,000.00 USD for 100,000.00 EUR at C1, at the bank's rate
    Then this is refused with 1001, second person required
    When ALPHA sells 110,000.00 USD for 100,000.00 EUR at C1, at the bank's rate, approved by boss
    And ALPHA buys 100 CLM0 at 20.00
    And BETA sells 100 CLM0 at 20.00
    And NYMEX settles Monday 2020-04-20 with CLM0 at 18.00
    Then the books of FUND owe each other, in USD:
      | who                 | cash             | given by others   |
      | the reserve of FUND | 8,000,000.00 USD | -2,000,000.00 USD |
      | ALPHA               | 690,000.00 USD   | 1,000,000.00 USD  |
      | BETA                | 1,200,000.00 USD | 1,000,000.00 USD  |
    And the books of FUND owe each other, in EUR:
      | who   | cash           | given by others |
      | ALPHA | 100,000.00 EUR | 0.00 EUR        |
    And the cash is:
      | who | cash             |
      | C1  | 9,890,000.00 USD |
      | C1  | 100,000.00 EUR   |
