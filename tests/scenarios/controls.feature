Feature: Controls of single orders
  What one order may be, at every level; the strictest row counts.  What reduces skips the restricted
  list and the age of the mark.

  One lot of CL is worth 1,000.00 USD a point: 3 lots at 20.00 are worth 60,000.00 USD.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
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
    And the master account states every control of orders, and none that binds

  Scenario: The largest order, in lots
    Given these controls of orders:
      | node  | scope | lots |
      | ALPHA | CL    | 10   |
    When ALPHA orders to buy 10 CLM0 at 20.00 (order A1)
    And ALPHA orders to buy 11 CLM0 at 20.00 (order A2)
    Then this is refused with 3030, order quantity max
    When BETA orders to buy 11 CLM0 at 20.00 (order B1)
    Then these orders are sent:
      | who  | deal | lots | contract |
      | BETA | buy  | 11   | CLM0     |

  Scenario: The largest order, in value
    3 × 20,000.00 is the limit; 4 × 20,000.00 is beyond.

    Given these controls of orders:
      | node   | scope | value         |
      | MASTER | CL    | 60,000.00 USD |
    When ALPHA orders to buy 3 CLM0 at 20.00 (order A1)
    And ALPHA orders to buy 4 CLM0 at 20.00 (order A2)
    Then this is refused with 3033, order value max

  Scenario: Value is absolute: a price below zero lets no size through
    At -20.00 a lot is worth 20,000.00 USD too.

    Given these controls of orders:
      | node   | scope | value         |
      | MASTER | CL    | 60,000.00 USD |
    And these marks:
      | contract | price  |
      | CLM0     | -20.00 |
    When ALPHA orders to buy 3 CLM0 at -20.00 (order A1)
    And ALPHA orders to buy 4 CLM0 at -20.00 (order A2)
    Then this is refused with 3033, order value max

  Scenario: The collar bounds the harmful side
    2 % of 20.00 is 0.40: a buy at 20.40 passes, at 20.41 it does not, and at 10.00 it waits.

    Given these controls of orders:
      | node  | scope | collar |
      | ALPHA | CL    | 2 %    |
    When ALPHA orders to buy 1 CLM0 at 20.40 (order A1)
    And ALPHA orders to buy 1 CLM0 at 10.00 (order A2)
    And ALPHA orders to buy 1 CLM0 at 20.41 (order A3)
    Then this is refused with 3034, order collar
    When ALPHA orders to sell 1 CLM0 at 19.59 (order A4)
    Then this is refused with 3034, order collar

  Scenario: On an old mark nothing is opened, and what is held gets out
    Given ALPHA buys 2 CLM0 at 20.00
    And these controls of orders:
      | node  | scope | age  |
      | ALPHA | CL    | 30 s |
    When 60 seconds pass
    And ALPHA orders to buy 1 CLM0 at 20.00 (order A1)
    Then this is refused with 3035, price stale
    When ALPHA orders to sell 2 CLM0 at 20.00 (order A2)
    Then these orders are sent:
      | who   | deal | lots | contract |
      | ALPHA | sell | 2    | CLM0     |

  Scenario: A restricted contract is only reduced
    Given ALPHA buys 2 CLM0 at 20.00
    And CLM0 is restricted for ALPHA
    When ALPHA orders to buy 1 CLM0 at 20.00 (order A1)
    Then this is refused with 3032, restricted
    When ALPHA orders to sell 1 CLM0 at 20.00 (order A2)
    And BETA orders to buy 1 CLM0 at 20.00 (order B1)
    Then these orders are sent:
      | who  | deal | lots | contract |
      | BETA | buy  | 1    | CLM0     |

  Scenario: Messages of a time: a throttle refuses, and opens again by itself
    2 in a minute: after two, one is free every 30 seconds.

    Given these bounds of the flow:
      | node  | messages | per  |
      | ALPHA | 2        | 60 s |
    When ALPHA orders to buy 1 CLM0 at 20.00 (order A1)
    And ALPHA orders to buy 1 CLM0 at 20.00 (order A2)
    And ALPHA orders to buy 1 CLM0 at 20.00 (order A3)
    Then this is refused with 3014, message rate
    When ALPHA cancels order A1
    And 30 seconds pass
    And ALPHA orders to buy 1 CLM0 at 20.00 (order A4)
    Then these orders are sent:
      | who   | deal | lots | contract |
      | ALPHA | buy  | 1    | CLM0     |

  Scenario: Orders at work, at the account and below the whole firm
    Given these bounds of the flow:
      | node   | working |
      | MASTER | 3       |
      | ALPHA  | 2       |
    When ALPHA orders to buy 1 CLM0 at 20.00 (order A1)
    And ALPHA orders to buy 1 CLM0 at 20.00 (order A2)
    And ALPHA orders to buy 1 CLM0 at 20.00 (order A3)
    Then this is refused with 3036, working orders max
    When BETA orders to buy 1 CLM0 at 20.00 (order B1)
    And BETA orders to buy 1 CLM0 at 20.00 (order B2)
    Then this is refused with 3036, working orders max
