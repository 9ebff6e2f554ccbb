Feature: Statements of account
  A statement goes from opening to closing by movements that add up.  Tomorrow's begins where
  today's ended, the books of an owner add up to its pool, and a day that was told never changes.

  One lot of CL is worth 1,000.00 USD a point and costs 2.00 USD; CU 5.00 CNY, and 10.00 CNY.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick  | margin | commission a lot |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01  | 10 %   | 2.00             |
      | CU      | SHFE  | CNY      | 5.00             | 10.00 | 10 %   | 10.00            |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | CU09     | CU      |
    And these currencies:
      | currency | in USD |
      | CNY      | 0.14   |
    And NYMEX opens for Monday 2020-04-20
    And SHFE opens for Monday 2020-04-20
    And EUREX opens for Monday 2020-04-20
    And OSE opens for Monday 2020-04-20
    And these marks:
      | contract | price     |
      | CLM0     | 20.00     |
      | CU09     | 40,000.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
      | CN1     | FUND  | 100,000.00 CNY    |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |
    And these trades:
      | who   | deal  | lots | contract | price     | offset | fill |
      | ALPHA | buys  | 4    | CLM0     | 20.00     |        | F1   |
      | BETA  | sells | 1    | CLM0     | 20.50     |        | F2   |
      | ALPHA | buys  | 6    | CU09     | 40,100.00 | open   | F3   |
    And NYMEX settles Monday 2020-04-20 with CLM0 at 21.00
    And SHFE settles Monday 2020-04-20 with CU09 at 40,150.00
    And EUREX settles Monday 2020-04-20 without prices
    And OSE settles Monday 2020-04-20 without prices
    And the next day at NYMEX is Tuesday 2020-04-21
    And the next day at SHFE is Tuesday 2020-04-21
    And the next day at EUREX is Tuesday 2020-04-21
    And the next day at OSE is Tuesday 2020-04-21

  Scenario: Monday's statement of a sub-account, in two currencies
    Dollars: 4 lots from 20.00 to 21.00 gain 4,000.00 and cost 4 × 2.00.
    Yuan: 6 lots from 40,100 to 40,150 gain 6 × 5.00 × 50 = 1,500.00 and cost 6 × 10.00.

    Then the statement of ALPHA of Monday 2020-04-20 says, in USD:
      | line      | cash             |
      | opening   | 0.00 USD         |
      | transfer  | 1,000,000.00 USD |
      | variation | 4,000.00 USD     |
      | fees      | -8.00 USD        |
      | closing   | 1,003,992.00 USD |
    And the statement of ALPHA of Monday 2020-04-20 says, in CNY:
      | line      | cash         |
      | opening   | 0.00 CNY     |
      | variation | 1,500.00 CNY |
      | fees      | -60.00 CNY   |
      | closing   | 1,440.00 CNY |

  Scenario: Tuesday's begins where Monday's ended, and tells profit by cost of record
    ALPHA buys 2 more at 22.00 and sells 5 at 23.00; settled at 22.80.
    Variation: 5 × 23,000 + 1 × 22,800 - 4 × 21,000 - 2 × 22,000 = 9,800.00.  Fees: 7 × 2.00.
    Realised, first in first out: 4 × 3,000.00 and 1 × 1,000.00.  The lot that is left cost 22.00:
    800.00 are open, 4,000.00 were on Monday.  13,000.00 + 800.00 - 4,000.00 - 14.00 = 9,786.00.

    Given these trades:
      | who   | deal  | lots | contract | price |
      | ALPHA | buys  | 2    | CLM0     | 22.00 |
      | ALPHA | sells | 5    | CLM0     | 23.00 |
    And 250.00 USD of capital go to ALPHA
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 22.80
    Then the statement of ALPHA of Tuesday 2020-04-21 says, in USD:
      | line      | cash             |
      | opening   | 1,003,992.00 USD |
      | transfer  | 250.00 USD       |
      | variation | 9,800.00 USD     |
      | fees      | -14.00 USD       |
      | closing   | 1,014,028.00 USD |
    And the statement of ALPHA of Tuesday 2020-04-21 says of CLM0:
      | realised      | unrealised before | unrealised after | variation    | fees      | net          |
      | 13,000.00 USD | 4,000.00 USD      | 800.00 USD       | 9,800.00 USD | 14.00 USD | 9,786.00 USD |
    And every statement of Tuesday 2020-04-21 begins as that of Monday 2020-04-20 ended

  Scenario: The books of an owner add up to its pool
    Of Tuesday: transfers inside come to nothing; a fill that nobody ordered is part of the sum.
    ALPHA's 4 lots gain 4 × 1,800.00, BETA's sold lot loses 1,800.00, and 3 lots in suspense, sold at
    22.50, lose 3 × 300.00 and cost 6.00: 7,200.00 - 1,800.00 - 900.00 - 6.00.
    Monday left 10,000,000.00 + 4,000.00 - 500.00 - 10.00 = 10,003,490.00.

    Given 250.00 USD of capital go to ALPHA
    And 100.00 USD of capital come back from BETA
    And a fill that nobody ordered comes at C1: sells 3 CLM0 at 22.50 (fill S1)
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 22.80
    Then the statements of the books of FUND of Tuesday 2020-04-21 add up to its pool's
    And the pool of FUND closes Monday 2020-04-20 with 10,003,490.00 USD
    And the pool of FUND closes Tuesday 2020-04-21 with 10,007,984.00 USD
    And the cash of C1 is 10,007,984.00 USD

  Scenario: A day that was told is told again to the byte, whatever is mended after it
    On Tuesday Monday's settlement turns out to be 21.10: 4 × 100.00 for ALPHA, and fill F1 was made
    at 19.90: both stand on Tuesday's statement and name Monday.

    Given all statements of Monday 2020-04-20 are printed
    When the settlement of CLM0 of Monday 2020-04-20 is corrected to 21.10, approved by boss
    And the broker corrects fill F1 at C1 to 4 lots at 19.90
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 21.10
    Then all statements of Monday 2020-04-20 are the same when they are printed again
    And the statement of ALPHA of Tuesday 2020-04-21 has these entries:
      | kind       | cash       |
      | correction | 400.00 USD |
    And the statement of ALPHA of Tuesday 2020-04-21 says, in USD:
      | line       | cash             |
      | opening    | 1,003,992.00 USD |
      | variation  | 400.00 USD       |
      | correction | 400.00 USD       |
      | closing    | 1,004,792.00 USD |
    And every statement of Tuesday 2020-04-21 begins as that of Monday 2020-04-20 ended
