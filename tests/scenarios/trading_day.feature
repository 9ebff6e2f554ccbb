Feature: The trading day, from its opening to its closing
  A venue is on one trading day at a time.  The day is closed when its checklist is met, or when two
  persons accept what is missing.  What was wrong or late is mended on a later day.

  One lot of CL is worth 1,000.00 USD a point, one lot of CU 5.00 CNY.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick  | margin | far is beyond |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01  | 10 %   | 5 %           |
      | CU      | SHFE  | CNY      | 5.00             | 10.00 | 10 %   |               |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | CU09     | CU      |
    And these currencies:
      | currency | in USD |
      | CNY      | 0.14   |
    And these marks:
      | contract | price     |
      | CLM0     | 20.00     |
      | CU09     | 40,000.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
      | CN1     | FUND  | 1,000,000.00 CNY  |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: Today's and yesterday's lots are closed apart
    Given SHFE opens for Monday 2020-04-20
    And ALPHA buys 2 CU09 at 40,000 to open
    And SHFE settles Monday 2020-04-20 with CU09 at 40,000
    And the next day at SHFE is Tuesday 2020-04-21
    And ALPHA buys 3 CU09 at 40,000 to open
    When ALPHA orders to sell 4 CU09 at 40,000 to close today
    Then this is refused with 3031, close lots too few
    When ALPHA sells 1 CU09 at 40,000 to close today
    And ALPHA sells 2 CU09 at 40,000 to close yesterday
    Then the positions are:
      | who   | contract | long | short | of today |
      | ALPHA | CU09     | 2    | 0     | 2        |

  Scenario: A day is closed when its checklist is met
    Given NYMEX opens for Monday 2020-04-20
    And ALPHA buys 2 CLM0 at 20.00
    And ALPHA orders to buy 1 CLM0 at 19.00 (order O1)
    When NYMEX shuts
    Then the checklist of NYMEX lacks:
      | row    | what                                                                  |
      | prices | 0 of 1 contracts have a settlement price; no settlement price of CLM0 |
      | orders | order O1 in CLM0 works although it ends with the day                  |
    When the trading day Monday 2020-04-20 is closed at NYMEX
    Then this is refused with 7001, day not ready
    When the venue reports that order O1 has expired
    And NYMEX settles Monday 2020-04-20 with CLM0 at 20.50
    Then the checklist of NYMEX is met
    When the trading day Monday 2020-04-20 is closed at NYMEX
    And ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3023, session closed
    When NYMEX opens for Monday 2020-04-20
    Then this is refused with 2014, wrong trading day

  Scenario: What is missing is accepted by two persons, by name and with a reason
    Given trading days must be closed one after the other
    And NYMEX opens the trading day Monday 2020-04-20
    And NYMEX opens for Monday 2020-04-20
    And ALPHA buys 2 CLM0 at 20.00
    And NYMEX shuts
    When NYMEX opens the trading day Tuesday 2020-04-21
    Then this is refused with 7006, day before not closed
    When the trading day Monday 2020-04-20 is closed at NYMEX without prices, because "none was published"
    Then this is refused with 1001, second person required
    When the trading day Monday 2020-04-20 is closed at NYMEX without prices, because "none was published", approved by ops
    Then this is refused with 1002, second person is the first
    When the trading day Monday 2020-04-20 is closed at NYMEX without orders, because "none was published", approved by boss
    Then this is refused with 7002, day accepted differs
    When the trading day Monday 2020-04-20 is closed at NYMEX without prices, because "none was published", approved by boss
    Then the day was closed without prices
    When NYMEX opens the trading day Tuesday 2020-04-21
    Then NYMEX is in phase close of Tuesday 2020-04-21

  Scenario: A late settlement price is paid today and names the day it mends
    Monday had no price.  On Tuesday it comes, 21.00: ALPHA's 2 lots from 20.00 gain 2,000.00, BETA's
    one sold lot loses 1,000.00.  Tuesday pays from there: at 21.50 1,000.00 and -500.00 more.

    Given NYMEX opens for Monday 2020-04-20
    And ALPHA buys 2 CLM0 at 20.00
    And BETA sells 1 CLM0 at 20.00
    And NYMEX shuts
    And the trading day Monday 2020-04-20 is closed at NYMEX without prices, because "late", approved by boss
    And NYMEX opens for Tuesday 2020-04-21
    When the settlement of CLM0 of Monday 2020-04-20 is corrected to 21.00
    Then this is refused with 1001, second person required
    When the settlement of CLM0 of Monday 2020-04-20 is corrected to 21.00, approved by boss
    Then the correction mends Monday 2020-04-20 in these books only:
      | who   | difference    |
      | ALPHA | 2,000.00 USD  |
      | BETA  | -1,000.00 USD |
    And the cash is:
      | who   | cash              |
      | ALPHA | 1,002,000.00 USD  |
      | BETA  | 999,000.00 USD    |
      | C1    | 10,001,000.00 USD |
    When the mark of CLM0 is 21.40
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 21.50
    Then the cash is:
      | who   | cash             |
      | ALPHA | 1,003,000.00 USD |
      | BETA  | 998,500.00 USD   |

  Scenario: A settlement that another one has followed is mended without moving cash
    Monday says 21.00 and should have said 20.50.  Tuesday's 21.00 was paid from the wrong price, so
    both days together are right: 2 lots from 20.00 to 21.00 make 2,000.00.

    Given NYMEX opens for Monday 2020-04-20
    And ALPHA buys 2 CLM0 at 20.00
    And NYMEX settles Monday 2020-04-20 with CLM0 at 21.00
    And the next day at NYMEX is Tuesday 2020-04-21
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 21.00
    When the settlement of CLM0 of Monday 2020-04-20 is corrected to 20.50, approved by boss
    Then the correction mends Monday 2020-04-20 in these books only:
      | who   | difference    |
      | ALPHA | -1,000.00 USD |
    And the cash of ALPHA is 1,002,000.00 USD
