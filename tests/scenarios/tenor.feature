Feature: How far ahead, and how close to its end, a contract may be opened
  Days are calendar days from the venue's trading day.  What is held may always be reduced.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |
    And these contracts:
      | contract | product | last trading day     | first notice day     |
      | CLK0     | CL      | Thursday 2020-04-23  |                      |
      | CLM0     | CL      | Tuesday 2020-05-19   | Wednesday 2020-04-22 |
      | CLJ1     | CL      | Tuesday 2021-04-20   |                      |
      | CLK1     | CL      | Wednesday 2021-04-21 |                      |
      | CLX      | CL      |                      |                      |
    And NYMEX opens for Monday 2020-04-20
    And these marks:
      | contract | price |
      | CLK0     | 20.00 |
      | CLM0     | 20.00 |
      | CLJ1     | 30.00 |
      | CLK1     | 30.00 |
      | CLX      | 20.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: Between the nearest and the furthest day all passes, a day beyond nothing
    Monday 2020-04-20 to Tuesday 2021-04-20 are 365 days; CLM0 may be delivered in 2 days.

    Given contracts may be opened between:
      | node   | nearest | furthest | undated |
      | MASTER | 3       | 365      |         |
      | BETA   |         | 30       |         |
    When these orders come, one a second:
      | who   | deal | lots | contract | price | answer     | node   | value | limit |
      | ALPHA | buy  | 1    | CLK0     | 20.00 | passes     |        |       |       |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | 3043 tenor | MASTER | 2     | 3     |
      | ALPHA | buy  | 1    | CLJ1     | 30.00 | passes     |        |       |       |
      | ALPHA | buy  | 1    | CLK1     | 30.00 | 3043 tenor | MASTER | 366   | 365   |
      | BETA  | buy  | 1    | CLJ1     | 30.00 | 3043 tenor | BETA   | 365   | 30    |

  Scenario: What is held gets out, however near its end
    2 lots are bought 3 days before the end; a day later they may only be sold.

    Given contracts may be opened between:
      | node   | nearest | furthest | undated |
      | MASTER | 3       | 365      |         |
    And ALPHA buys 2 CLK0 at 20.00
    And the next day at NYMEX is Tuesday 2020-04-21
    When these orders come, one a second:
      | who   | deal | lots | contract | price | answer     | node   | value | limit |
      | ALPHA | buy  | 1    | CLK0     | 20.00 | 3043 tenor | MASTER | 2     | 3     |
      | ALPHA | sell | 2    | CLK0     | 20.00 | passes     |        |       |       |

  Scenario: A contract without a last trading day is opened only where a row says so
    Given contracts may be opened between:
      | node   | nearest | furthest | undated |
      | MASTER | 0       | 365      |         |
    When these orders come, one a second:
      | who   | deal | lots | contract | price | answer     | node   | value | limit |
      | ALPHA | buy  | 1    | CLX      | 20.00 | 3043 tenor | MASTER | 1     | 0     |
    And contracts may be opened between:
      | node   | nearest | furthest | undated |
      | MASTER | 0       | 365      | yes     |
    And these orders come, one a second:
      | who   | deal | lots | contract | price | answer |
      | ALPHA | buy  | 1    | CLX      | 20.00 | passes |
