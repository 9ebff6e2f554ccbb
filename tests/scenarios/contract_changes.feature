Feature: Contracts that the exchange changes: another multiplier, another name, another tick
  A lot of CL is 1,000 barrels, so a point is worth 1,000.00 USD; one of CH is 500, one of CD 2,000.
  What the lots cost, what they have been paid and what they are worth stays to the cent.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |
      | CH      | NYMEX | USD      | 500.00           | 0.01 | 10 %   |
      | CD      | NYMEX | USD      | 2,000.00         | 0.01 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | CLNEW    | CL      |
      | CHM0     | CH      |
      | CDM0     | CD      |
    And NYMEX opens for Monday 2020-04-20
    And these marks:
      | contract | price |
      | CLM0     | 20.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: One lot of 1,000 barrels becomes two of 500, and no cash moves
    ALPHA's 3 lots at 20.00 and 1 at 21.00 cost 81,000.00.  Monday's 20.50 paid 3 × 500.00, Tuesday's
    21.50 3 × 1,000.00 + 500.00.  On Wednesday they are 8 lots for the same 81,000.00; at 22.00 they
    are paid 8 × 0.50 × 500.00.  BETA's sold lot from 20.00 has lost 1,500.00 and loses 500.00 more.

    Given ALPHA buys 3 CLM0 at 20.00
    And BETA sells 1 CLM0 at 20.00
    And NYMEX settles Monday 2020-04-20 with CLM0 at 20.50
    And the next day at NYMEX is Tuesday 2020-04-21
    And ALPHA buys 1 CLM0 at 21.00
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 21.50
    And the next day at NYMEX is Wednesday 2020-04-22
    When CLM0 becomes CHM0 on Wednesday 2020-04-22, 2 lots for 1 at 1/1 of the price
    Then this is refused with 1001, second person required
    When CLM0 becomes CHM0 on Wednesday 2020-04-22, 2 lots for 1 at 1/1 of the price, approved by boss
    Then the change touches these books only:
      | who   | long | short | new long | new short |
      | ALPHA | 4    | 0     | 8        | 0         |
      | BETA  | 0    | 1     | 0        | 2         |
    And the lots of ALPHA in CHM0 cost 81,000.00 USD
    And ALPHA may close 8 lots of CHM0 as yesterday's
    And nothing of CLM0 is left
    And the cash is:
      | who   | cash             |
      | ALPHA | 1,005,000.00 USD |
      | BETA  | 998,500.00 USD   |
    When ALPHA orders to sell 1 CLM0 at 21.50
    Then this is refused with 3021, order contract expired, because "CLM0 was converted into CHM0"
    When NYMEX settles Wednesday 2020-04-22 with CHM0 at 22.00
    Then the cash is:
      | who   | cash              |
      | ALPHA | 1,007,000.00 USD  |
      | BETA  | 998,000.00 USD    |
      | C1    | 10,005,000.00 USD |

  Scenario: A new name is one lot for one, in suspense too
    While an order works in the old name nothing is changed.  The lot in suspense is claimed under the
    new name at its own price: at 20.00 it is worth 500.00 more than 19.50.

    Given ALPHA buys 3 CLM0 at 20.00
    And a fill that nobody ordered comes at C1: buys 1 CLM0 at 19.50 (fill S1)
    And ALPHA orders to buy 1 CLM0 at 19.00 (order O1)
    When CLM0 becomes CLNEW on Monday 2020-04-20, 1 lots for 1 at 1/1 of the price, approved by boss
    Then this is refused with 7123, conversion orders, because "cancel them first"
    When ALPHA cancels order O1
    And the venue confirms that order O1 is cancelled
    And CLM0 becomes CLNEW on Monday 2020-04-20, 1 lots for 1 at 1/1 of the price, approved by boss
    Then the change touches these books only:
      | who                        | long | short | new long | new short |
      | ALPHA                      | 3    | 0     | 3        | 0         |
      | the suspense account at C1 | 1    | 0     | 1        | 0         |
    When 1 lots of fill S1 at C1 are given to BETA, approved by boss
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLNEW    | 3    | 0     |
      | BETA  | CLNEW    | 1    | 0     |
      | C1    | CLNEW    | 4    | 0     |
    And the equity of BETA is 1,000,500.00 USD

  Scenario: A change that does not come out whole is refused, with nothing half-applied
    Two lots of 1,000 barrels are one of 2,000; 2 lots for 1 would be worth 4 times as much.  ALPHA's
    4 would be 2; BETA's 3 would be one and a half, so ALPHA's stay as well.  With a 4th lot at the
    same price all of them are changed.

    Given ALPHA buys 4 CLM0 at 20.00
    And BETA buys 3 CLM0 at 20.00
    When CLM0 becomes CDM0 on Monday 2020-04-20, 2 lots for 1 at 1/1 of the price, approved by boss
    Then this is refused with 7121, conversion value
    When CLM0 becomes CDM0 on Monday 2020-04-20, 1 lots for 2 at 1/1 of the price, approved by boss
    Then this is refused with 7122, conversion not whole, because "BETA at C1: 3 lots long of 2020-04-20 do not become whole lots at 1 for 2"
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 4    | 0     |
      | ALPHA | CDM0     | 0    | 0     |
      | BETA  | CLM0     | 3    | 0     |
    When BETA buys 1 CLM0 at 20.00
    And CLM0 becomes CDM0 on Monday 2020-04-20, 1 lots for 2 at 1/1 of the price, approved by boss
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CDM0     | 2    | 0     |
      | BETA  | CDM0     | 2    | 0     |
      | C1    | CDM0     | 4    | 0     |
    And the lots of BETA in CDM0 cost 80,000.00 USD

  Scenario: A settlement before the change is corrected in the old prices
    Tuesday begins with 8 lots of 500 barrels, which were 4 of 1,000 on Monday.  Monday's price was
    20.60 and not 20.50: 4 × 100.00 are paid today.  Tuesday pays from there: at 21.00
    8 × 0.40 × 500.00.

    Given ALPHA buys 4 CLM0 at 20.00
    And NYMEX settles Monday 2020-04-20 with CLM0 at 20.50
    And the next day at NYMEX is Tuesday 2020-04-21
    And CLM0 becomes CHM0 on Tuesday 2020-04-21, 2 lots for 1 at 1/1 of the price, approved by boss
    When the settlement of CLM0 of Monday 2020-04-20 is corrected to 20.60, approved by boss
    Then the cash of ALPHA is 1,002,400.00 USD
    When NYMEX settles Tuesday 2020-04-21 with CHM0 at 21.00
    Then the cash of ALPHA is 1,004,000.00 USD

  Scenario: The tick changes when no order works off it any more
    From 0.01 to 0.05: an order at 19.99 stands in the way.

    Given ALPHA orders to buy 1 CLM0 at 19.99 (order O1)
    And BETA orders to buy 1 CLM0 at 19.95 (order O2)
    When the tick of CL becomes 0.05, approved by boss
    Then this is refused with 1005, definition in use, because "off the new tick 0.05: cancel or replace it"
    When ALPHA cancels order O1
    And the venue confirms that order O1 is cancelled
    And the tick of CL becomes 0.05
    Then this is refused with 1001, second person required
    When the tick of CL becomes 0.05, approved by boss
    And ALPHA orders to buy 1 CLM0 at 19.99
    Then this is refused with 3024, order price off tick
    When the venue fills 1 lots of order O2 at 19.95
    Then the positions are:
      | who  | contract | long | short |
      | BETA | CLM0     | 1    | 0     |

  Scenario: Lots of before keep the price that they were bought at
    3 lots at 20.01, settled at 20.02: 3 × 10.00.  On Tuesday the tick is 0.05.  Sold at 20.05 they
    realise 3 × 40.00, of which the first 30.00 were paid.

    Given ALPHA buys 3 CLM0 at 20.01
    And NYMEX settles Monday 2020-04-20 with CLM0 at 20.02
    And the next day at NYMEX is Tuesday 2020-04-21
    When the tick of CL becomes 0.05, approved by boss
    Then the lots of ALPHA in CLM0 cost 60,030.00 USD
    And the cash of ALPHA is 1,000,030.00 USD
    When ALPHA sells 3 CLM0 at 20.05
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 20.05
    Then ALPHA has realised 120.00 USD in CLM0
    And the cash of ALPHA is 1,000,120.00 USD
