Feature: Orders beside the volume of their market
  A feed reports what markets traded lately.  An order, and all orders of a minute, may be a share of
  it; what is not known opens nothing.  Reductions count and are never held back.

  2,000 lots in 5 minutes are 400 in one: 1 % of 2,000 are 20 lots an order, 10 % of 400 are 40 a minute.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | CLN0     | CL      |
    And NYMEX opens for Monday 2020-04-20
    And these marks:
      | contract | price |
      | CLM0     | 20.00 |
      | CLN0     | 21.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: An order and a minute's orders keep to their shares, split as they may be
    Given orders may be no more of the volume than:
      | node  | an order | all orders | in   |
      | ALPHA | 1 %      | 10 %       | 60 s |
    And these volumes are reported:
      | contract | lots  | in    |
      | CLM0     | 2,000 | 300 s |
    When these orders come, one a second:
      | who   | deal | lots | contract | price | answer             | node  | value | limit |
      | ALPHA | buy  | 21   | CLM0     | 20.00 | 3070 market impact | ALPHA | 21    | 20    |
      | ALPHA | buy  | 20   | CLM0     | 20.00 | passes             |       |       |       |
      | ALPHA | buy  | 15   | CLM0     | 19.00 | passes             |       |       |       |
      | ALPHA | buy  | 6    | CLM0     | 18.00 | 3070 market impact | ALPHA | 41    | 40    |
      | ALPHA | buy  | 5    | CLM0     | 18.00 | passes             |       |       |       |
      | BETA  | buy  | 30   | CLM0     | 20.00 | passes             |       |       |       |
    And 62 seconds go by without an order
    And these orders come, one a second:
      | who   | deal | lots | contract | price | answer |
      | ALPHA | buy  | 20   | CLM0     | 20.00 | passes |

  Scenario: What is not known, or known no more, opens nothing and lets out what is held
    Volumes may be 600 seconds old.

    Given ALPHA buys 2 CLN0 at 21.00
    And orders may be no more of the volume than:
      | node  | an order | volume age |
      | ALPHA | 1 %      | 600 s      |
    And these volumes are reported:
      | contract | lots  | in    |
      | CLM0     | 2,000 | 300 s |
    When these orders come, one a second:
      | who   | deal | lots | contract | price | answer             | node  | value           | limit           |
      | ALPHA | buy  | 1    | CLN0     | 21.00 | 3070 market impact | ALPHA | 600,000,000,001 | 600,000,000,000 |
      | ALPHA | sell | 2    | CLN0     | 21.00 | passes             |       |                 |                 |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | passes             |       |                 |                 |
    And 597 seconds go by without an order
    And these orders come, one a second:
      | who   | deal | lots | contract | price | answer             | node  | value           | limit           |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | 3070 market impact | ALPHA | 601,000,000,000 | 600,000,000,000 |

  Scenario: A node that has used its share up rests
    After 15 and 15 of 40 lots another 15 would not fit: it rests for 120 seconds.

    Given orders may be no more of the volume than:
      | node  | all orders | in   | rest  |
      | ALPHA | 10 %       | 60 s | 120 s |
    And these volumes are reported:
      | contract | lots  | in    |
      | CLM0     | 2,000 | 300 s |
    When these orders come, one a second:
      | who   | deal | lots | contract | price | answer             | node  | value           | limit |
      | ALPHA | buy  | 15   | CLM0     | 20.00 | passes             |       |                 |       |
      | ALPHA | buy  | 15   | CLM0     | 20.00 | passes             |       |                 |       |
      | ALPHA | buy  | 1    | CLM0     | 20.00 | 3070 market impact | ALPHA | 119,000,000,000 | 0     |
    And 118 seconds go by without an order
    And these orders come, one a second:
      | who   | deal | lots | contract | price | answer |
      | ALPHA | buy  | 15   | CLM0     | 20.00 | passes |
