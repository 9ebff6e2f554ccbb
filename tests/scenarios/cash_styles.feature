Feature: When the money of a contract moves
  A future pays its gain or loss every evening.  A premium option is paid at the trade and never
  again.  A futures-style option is paid like a future.  A forward is paid at the end.

  One lot of each is worth 1,000.00 USD a point.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin | kind    | money moves  | exercised | brings |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   | future  | daily        |           |        |
      | LO      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   | option  | at the trade | american  | future |
      | LF      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   | option  | daily        | american  | future |
      | FWD     | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   | forward | at the end   |           |        |
    And these contracts:
      | contract | product | right | strike | becomes | in the margin file     |
      | CLM0     | CL      |       |        |         | XYZ/CL/FUT/202006      |
      | LOC      | LO      | call  | 20.00  | CLM0    | XYZ/CL/OOF/202006/C/20 |
      | LFC      | LF      | call  | 20.00  | CLM0    | XYZ/CL/OOF/202006/C/20 |
      | FW1      | FWD     |       |        |         |                        |
    And the margin file of Friday 2020-04-17 is in force at NYMEX
    And NYMEX opens for Monday 2020-04-20
    And these marks:
      | contract | price |
      | CLM0     | 20.00 |
      | LOC      | 1.50  |
      | LFC      | 1.50  |
      | FW1      | 20.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: A future pays variation every evening, from the trade, then from the last settlement
    Monday: 2 lots from 20.00 to 21.00 gain 2 × 1,000.00.
    Tuesday: 2 lots from 21.00 to 18.50 lose 2 × 2,500.00: 1,002,000.00 - 5,000.00.

    Given ALPHA buys 2 CLM0 at 20.00
    When NYMEX settles Monday 2020-04-20 with CLM0 at 21.00
    Then the cash of ALPHA is 1,002,000.00 USD
    When the next day at NYMEX is Tuesday 2020-04-21
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 18.50
    Then the cash is:
      | who   | cash             |
      | ALPHA | 997,000.00 USD   |
      | C1    | 9,997,000.00 USD |

  Scenario: A future pays below zero as well
    One lot bought at 1.00 and settled at -37.63 loses 38.63 × 1,000.00.

    Given the mark of CLM0 is 1.00
    And ALPHA buys 1 CLM0 at 1.00
    When NYMEX settles Monday 2020-04-20 with CLM0 at -37.63
    Then the cash of ALPHA is 961,370.00 USD
    When the next day at NYMEX is Tuesday 2020-04-21
    And the mark of CLM0 is 0.00
    And BETA sells 1 CLM0 at 0.00
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at -0.50
    # ALPHA: -0.50 less -37.63 is 37.13.  BETA: sold at 0.00, worth 0.50 less.
    Then the cash is:
      | who   | cash             |
      | ALPHA | 998,500.00 USD   |
      | BETA  | 1,000,500.00 USD |

  Scenario: A premium is paid at the trade, and a settlement moves nothing
    10 calls at 1.50 cost 10 × 1,500.00 = 15,000.00; the seller has them at once.
    At 2.00 the calls are worth more, but their value is no cash and no equity.

    When ALPHA buys 10 LOC at 1.50
    And BETA sells 10 LOC at 1.50
    Then the cash is:
      | who   | cash              |
      | ALPHA | 985,000.00 USD    |
      | BETA  | 1,015,000.00 USD  |
      | C1    | 10,000,000.00 USD |
    When NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 20.00 |
      | LOC      | 2.00  |
    Then the cash of ALPHA is 985,000.00 USD
    And the equity of ALPHA is 985,000.00 USD

  Scenario: A premium option that is sold again pays the difference at its two trades
    Bought at 1.50 for 15,000.00, sold at 1.80 for 18,000.00: 3,000.00 stay.

    When ALPHA buys 10 LOC at 1.50
    And ALPHA sells 10 LOC at 1.80
    Then the cash of ALPHA is 1,003,000.00 USD
    And ALPHA has realised 3,000.00 USD in LOC

  Scenario: A futures-style option pays no premium and variation every evening
    10 calls dealt at 1.50 and settled at 2.00: 10 × 0.50 × 1,000.00.

    When ALPHA buys 10 LFC at 1.50
    Then the cash of ALPHA is 1,000,000.00 USD
    When NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 20.00 |
      | LFC      | 2.00  |
    Then the cash of ALPHA is 1,005,000.00 USD

  Scenario: A forward counts every day and is paid on the last
    2 lots from 20.00: at 22.00 they have gained 4,000.00, which is equity and no cash.
    They end at 24.00: 8,000.00 are paid.

    Given ALPHA buys 2 FW1 at 20.00
    When NYMEX settles Monday 2020-04-20 with FW1 at 22.00
    Then the cash of ALPHA is 1,000,000.00 USD
    And the equity of ALPHA is 1,004,000.00 USD
    When FW1 ends at 24.00
    Then the cash of ALPHA is 1,008,000.00 USD
    And the equity of ALPHA is 1,008,000.00 USD
    And nothing of FW1 is left
