Feature: Substitution
  What a risk limit does not take of an order goes to another market that the mandate names.

  One lot of ES is worth 50.00 USD a point, one of DAX 25.00 EUR, and a euro 1.10 USD.  ES moves 30
  points a day, which is 1,500.00 USD a lot; the DAX 100 points, 2,500.00 EUR, 2,750.00 USD.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | ES      | NYMEX | USD      | 50.00            | 0.25 | 10 %   |
      | DAX     | EUREX | EUR      | 25.00            | 0.5  | 10 %   |
    And these contracts:
      | contract | product |
      | ESM0     | ES      |
      | FDAX     | DAX     |
    And these currencies:
      | currency | in USD |
      | EUR      | 1.1    |
    And NYMEX opens for Monday 2020-04-20
    And EUREX opens for Monday 2020-04-20
    And these marks:
      | contract | price  |
      | ESM0     | 3,000  |
      | FDAX     | 10,000 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 20,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 5,000,000.00 USD |
      | BETA  | 5,000,000.00 USD |
    And these position limits:
      | node  | scope | lots |
      | ALPHA | ES    | 10   |
    And these daily moves, as of now:
      | market | points |
      | ES     | 30     |
      | DAX    | 100    |
    And these correlations, as of now:
      | market | other | correlation |
      | ES     | DAX   | 60 %        |

  Scenario: Ten of twenty lots fit, and equal volatility makes five lots of the DAX of the rest
    10 × 1,500 / 2,750 = 5.45.

    Given these substitutes:
      | name | of    | market | book | contract | mode      | correlation | cap |
      | S1   | ALPHA | ES     | BETA | FDAX     | diversify | 70 %        | 100 |
    When ALPHA orders to buy 20 ESM0 at 3,000 (order A1)
    Then 10 of 20 lots are kept, because of 3050, position limit
    And these orders are sent:
      | who   | deal | lots | contract |
      | ALPHA | buy  | 10   | ESM0     |
      | BETA  | buy  | 5    | FDAX     |

  Scenario: A proxy is sized by beta
    10 × 1,500 × 60 % / 2,750 = 3.27.

    Given these substitutes:
      | name | of    | market | book | contract | mode  | correlation | cap |
      | S1   | ALPHA | ES     | BETA | FDAX     | proxy | 50 %        | 100 |
    When ALPHA orders to sell 20 ESM0 at 3,000 (order A1)
    Then these orders are sent:
      | who   | deal | lots | contract |
      | ALPHA | sell | 10   | ESM0     |
      | BETA  | sell | 3    | FDAX     |

  Scenario: The cap counts what the book holds already
    Given these substitutes:
      | name | of    | market | book | contract | mode      | correlation | cap |
      | S1   | ALPHA | ES     | BETA | FDAX     | diversify | 70 %        | 4   |
    And BETA buys 1 FDAX at 10,000
    When ALPHA orders to buy 20 ESM0 at 3,000 (order A1)
    Then these orders are sent:
      | who   | deal | lots | contract |
      | ALPHA | buy  | 10   | ESM0     |
      | BETA  | buy  | 3    | FDAX     |

  Scenario: Markets too closely related do not diversify: the order is refused as without substitutes
    Given these substitutes:
      | name | of    | market | book | contract | mode      | correlation | cap |
      | S1   | ALPHA | ES     | BETA | FDAX     | diversify | 50 %        | 100 |
    When ALPHA orders to buy 20 ESM0 at 3,000 (order A1)
    Then this is refused with 3050, position limit

  Scenario: What the order says wrongly is not mended by a substitute
    Given these substitutes:
      | name | of    | market | book | contract | mode      | correlation | cap |
      | S1   | ALPHA | ES     | BETA | FDAX     | diversify | 70 %        | 100 |
    When ALPHA orders to buy 20 ESM0 at 3,000.10 (order A1)
    Then this is refused with 3024, order price off tick
