Feature: What orders come to over a day and a minute
  A node's orders are counted for each venue and trading day.  Cancels and reductions always pass,
  though they are counted.  Every row that an order stands under is asked by itself.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |
    And these contracts:
      | contract | product | last trading day    |
      | CLM0     | CL      | Tuesday 2020-05-19  |
      | CLN0     | CL      | Monday 2020-06-22   |
      | CLZ0     | CL      | Friday 2020-11-20   |
      | CLX      | CL      |                     |
    And NYMEX opens for Monday 2020-04-20
    And these marks:
      | contract | price |
      | CLM0     | 20.00 |
      | CLN0     | 21.00 |
      | CLZ0     | 25.00 |
      | CLX      | 20.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: Messages beyond the ratio are refused until an execution allows more
    2 messages are free and every execution allows 3 more: 2 before the first fill, 5 after it.

    Given orders may come to no more than:
      | node  | messages an execution | free messages |
      | ALPHA | 3                     | 2             |
    When these orders come, one a second:
      | who   | deal | lots | contract | price | filled | answer              | node  | value | limit |
      | ALPHA | buy  | 1    | CLM0     | 19.00 |        | passes              |       |       |       |
      | ALPHA | buy  | 5    | CLM0     | 20.00 | 5      | passes              |       |       |       |
      | ALPHA | buy  | 1    | CLM0     | 18.00 |        | passes              |       |       |       |
      | ALPHA | sell | 5    | CLM0     | 21.00 |        | passes              |       |       |       |
      | ALPHA | buy  | 1    | CLM0     | 17.00 |        | passes              |       |       |       |
      | ALPHA | buy  | 1    | CLM0     | 16.00 |        | 3037 order to trade | ALPHA | 6     | 5     |
      | BETA  | buy  | 1    | CLM0     | 16.00 |        | passes              |       |       |       |
    And NYMEX shuts
    And NYMEX opens for Tuesday 2020-04-21
    And these orders come, one a second:
      | who   | deal | lots | contract | price | filled | answer              | node  | value | limit |
      | ALPHA | buy  | 1    | CLM0     | 16.00 |        | passes              |       |       |       |
      | ALPHA | buy  | 1    | CLM0     | 15.00 |        | passes              |       |       |       |
      | ALPHA | buy  | 1    | CLM0     | 14.00 |        | 3037 order to trade | ALPHA | 3     | 2     |

  Scenario: New orders stop at the cancels of the day, cancels never do
    5 cancels of each contract: told at the 3rd (50 %), the 4th (80 %) and the 5th.

    Given orders may come to no more than:
      | node  | cancels | of each contract |
      | ALPHA | 5       | yes              |
    When these orders come, one a second:
      | who   | deal | lots | contract | price | order | answer |
      | ALPHA | buy  | 1    | CLM0     | 19.00 | A     | passes |
      | ALPHA | buy  | 1    | CLM0     | 18.00 | B     | passes |
      | ALPHA | buy  | 1    | CLM0     | 17.00 | C     | passes |
      | ALPHA | buy  | 1    | CLM0     | 16.00 | D     | passes |
      | ALPHA | buy  | 1    | CLM0     | 15.00 | E     | passes |
      | ALPHA | buy  | 1    | CLM0     | 14.00 | F     | passes |
    And ALPHA cancels order A
    And ALPHA cancels order B
    And ALPHA cancels order C
    Then 50 % of the cancels of ALPHA are told: 3 of 5
    When ALPHA cancels order D
    Then 80 % of the cancels of ALPHA are told: 4 of 5
    When ALPHA cancels order E
    Then 100 % of the cancels of ALPHA are told: 5 of 5
    When these orders come, one a second:
      | who   | deal | lots | contract | price | answer           | node  | value | limit |
      | ALPHA | buy  | 1    | CLM0     | 19.00 | 3047 cancels max | ALPHA | 6     | 5     |
      | ALPHA | buy  | 1    | CLN0     | 19.00 | passes           |       |       |       |
    And ALPHA cancels order F

  Scenario: A strategy that repeats itself is disabled until two persons enable it again
    The 3rd order to buy CLM0 that is executed within 60 seconds disables it; what it holds it may
    still sell.

    Given orders may come to no more than:
      | node  | executions | in   |
      | ALPHA | 3          | 60 s |
    When these orders come, one a second:
      | who   | deal | lots | contract | price | filled | answer |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | 1      | passes |
      | ALPHA | buy  | 2    | CLM0     | 20.00 | 1      | passes |
    And 120 seconds go by without an order
    And these orders come, one a second:
      | who   | deal | lots | contract | price | filled | answer |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | 1      | passes |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | 1      | passes |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | 1      | passes |
    Then ALPHA is disabled after 3 orders to buy CLM0
    And a person is called: "it opens nothing until two persons enable it again"
    When these orders come, one a second:
      | who   | deal | lots | contract | price | answer                  | node  | value | limit |
      | ALPHA | buy  | 1    | CLN0     | 21.00 | 3038 repeated execution | ALPHA | 3     | 3     |
      | ALPHA | sell | 2    | CLM0     | 20.00 | passes                  |       |       |       |
      | BETA  | buy  | 1    | CLM0     | 20.00 | passes                  |       |       |       |
    And ALPHA is enabled again
    Then this is refused with 1001, second person required
    When ALPHA is enabled again, approved by boss
    And these orders come, one a second:
      | who   | deal | lots | contract | price | answer |
      | ALPHA | buy  | 1    | CLN0     | 21.00 | passes |

  Scenario: The same order again is refused for a while
    5 seconds lie between like orders.  The first passes at second 1; a refused one does not count.

    Given orders may come to no more than:
      | node   | like orders after |
      | ALPHA  | 5 s               |
    When these orders come, one a second:
      | who   | deal | lots | contract | price | answer              | node  | value         | limit         |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | passes              |       |               |               |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | 3039 order repeated | ALPHA | 1,000,000,000 | 5,000,000,000 |
      | ALPHA | buy  | 2    | CLM0     | 20.00 | passes              |       |               |               |
      | ALPHA | buy  | 1    | CLM0     | 20.01 | passes              |       |               |               |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | 3039 order repeated | ALPHA | 4,000,000,000 | 5,000,000,000 |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | passes              |       |               |               |
