Feature: Own orders that would meet, and trades that look like one with oneself
  ALPHA, BETA and GAMMA belong to one owner, FUND.  None of their orders may trade with another.

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
      | account | owner  | cash              |
      | C1      | FUND   | 10,000,000.00 USD |
      | OMNI    | CLIENT | 1,000,000.00 USD  |
    And this capital out of the reserve:
      | who     | capital          |
      | ALPHA   | 1,000,000.00 USD |
      | BETA    | 1,000,000.00 USD |
      | GAMMA   | 1,000,000.00 USD |
      | CLIENT1 | 500,000.00 USD   |

  Scenario: The newest is refused where prices cross, and nowhere else
    Given own orders are kept apart:
      | node   | mode          | scope | seconds | ticks | trades |
      | MASTER | cancel newest | owner | 60      | 2     | 5      |
    When these orders come one after the other:
      | order | who     | deal | lots | contract | price  | then it              |
      | S1    | BETA    | sell | 5    | CLM0     | 20.00  | works                |
      | B1    | ALPHA   | buy  | 1    | CLM0     | 20.00  | is refused with 3045 |
      | B2    | ALPHA   | buy  | 1    | CLM0     | 19.99  | works                |
      | B3    | GAMMA   | buy  | 1    | CLM0     | market | is refused with 3045 |
      | B4    | ALPHA   | buy  | 1    | CLN0     | 21.00  | works                |
      | B5    | CLIENT1 | buy  | 1    | CLM0     | 20.00  | works                |
      | B6    | BETA    | buy  | 1    | CLM0     | 20.00  | is refused with 3045 |

  Scenario: The oldest are cancelled, and the order leaves when the last of them is gone
    Given own orders are kept apart:
      | node   | mode          | scope | seconds | ticks | trades |
      | MASTER | cancel oldest | owner | 60      | 2     | 5      |
    When these orders come one after the other:
      | order | who   | deal | lots | contract | price | then it |
      | S1    | BETA  | sell | 2    | CLM0     | 20.00 | works   |
      | S2    | GAMMA | sell | 2    | CLM0     | 20.01 | works   |
      | B1    | ALPHA | buy  | 3    | CLM0     | 20.01 | waits   |
    Then the venue is asked to cancel order S1
    And the venue is asked to cancel order S2
    When the venue confirms that order S1 is cancelled
    Then the venue is asked for nothing
    When the venue fills 2 lots of order S2 at 20.01
    Then order B1 leaves with 3 lots

  Scenario: Whoever waits may be cancelled, and no venue ever hears of it
    Given own orders are kept apart:
      | node   | mode          | scope | seconds | ticks | trades |
      | MASTER | cancel oldest | owner | 60      | 2     | 5      |
    When these orders come one after the other:
      | order | who   | deal | lots | contract | price | then it |
      | S1    | BETA  | sell | 2    | CLM0     | 20.00 | works   |
      | B1    | ALPHA | buy  | 3    | CLM0     | 20.01 | waits   |
    And ALPHA cancels order B1
    Then the venue is asked for nothing
    When the venue confirms that order S1 is cancelled
    Then the venue is asked for nothing

  Scenario: Both are cancelled
    Given own orders are kept apart:
      | node   | mode        | scope | seconds | ticks | trades |
      | MASTER | cancel both | owner | 60      | 2     | 5      |
    When these orders come one after the other:
      | order | who   | deal | lots | contract | price | then it              |
      | S1    | BETA  | sell | 2    | CLM0     | 20.00 | works                |
      | B1    | ALPHA | buy  | 3    | CLM0     | 20.00 | is refused with 3045 |
    Then the venue is asked to cancel order S1

  Scenario: The smaller quantity is taken off both, and nothing is left of the new order
    7 come against 5 and 4: the 5 go, 2 of the 4 go, and 2 stay.

    Given own orders are kept apart:
      | node   | mode      | scope | seconds | ticks | trades |
      | MASTER | decrement | owner | 60      | 2     | 5      |
    When these orders come one after the other:
      | order | who   | deal | lots | contract | price | then it              |
      | S1    | BETA  | sell | 5    | CLM0     | 20.00 | works                |
      | S2    | GAMMA | sell | 4    | CLM0     | 20.01 | works                |
      | B1    | ALPHA | buy  | 7    | CLM0     | 20.01 | is refused with 3045 |
    Then the venue is asked to cancel order S1
    And the venue is asked to leave 2 lots of order S2

  Scenario: What is left of the larger order leaves when the smaller one is gone
    7 come against 5: 2 are left.

    Given own orders are kept apart:
      | node   | mode      | scope | seconds | ticks | trades |
      | MASTER | decrement | owner | 60      | 2     | 5      |
    When these orders come one after the other:
      | order | who   | deal | lots | contract | price | then it |
      | S1    | BETA  | sell | 5    | CLM0     | 20.00 | works   |
      | B1    | ALPHA | buy  | 7    | CLM0     | 20.00 | waits   |
    Then the venue is asked to cancel order S1
    When the venue confirms that order S1 is cancelled
    Then order B1 leaves with 2 lots

  Scenario: A reduction gets out at once, and is never cancelled for what opens
    Given own orders are kept apart:
      | node   | mode          | scope | seconds | ticks | trades |
      | MASTER | cancel oldest | owner | 60      | 2     | 5      |
    And ALPHA buys 5 CLM0 at 20.00
    When these orders come one after the other:
      | order | who   | deal | lots | contract | price | then it |
      | B1    | BETA  | buy  | 2    | CLM0     | 19.90 | works   |
      | S1    | ALPHA | sell | 5    | CLM0     | 19.90 | works   |
    Then the venue is asked to cancel order B1
    When these orders come one after the other:
      | order | who   | deal | lots | contract | price | then it              |
      | B2    | GAMMA | buy  | 1    | CLM0     | 19.90 | is refused with 3045 |
      | B3    | GAMMA | buy  | 1    | CLM0     | 19.89 | works                |

  Scenario: A sub-account may be stricter than the desk
    Given own orders are kept apart:
      | node   | mode          | scope | seconds | ticks | trades |
      | MASTER | cancel oldest | owner | 60      | 2     | 5      |
      | ALPHA  | cancel newest |       |         |       |        |
    When these orders come one after the other:
      | order | who   | deal | lots | contract | price | then it              |
      | S1    | BETA  | sell | 1    | CLM0     | 20.00 | works                |
      | B1    | ALPHA | buy  | 1    | CLM0     | 20.00 | is refused with 3045 |
      | B2    | GAMMA | buy  | 1    | CLM0     | 20.00 | waits                |

  Scenario: Too many suspected wash trades close a contract to what opens
    Within 60 seconds and 2 ticks, one a day may pass.

    Given own orders are kept apart:
      | node   | mode          | scope | seconds | ticks | trades |
      | MASTER | cancel newest | owner | 60      | 2     | 1      |
    And ALPHA buys 1 CLM0 at 20.00
    And BETA sells 1 CLM0 at 20.03
    Then 0 wash trades of FUND in CLM0 are suspected
    When BETA sells 1 CLM0 at 20.02
    Then 1 wash trades of FUND in CLM0 are suspected
    When ALPHA buys 1 CLM0 at 20.00
    Then 2 wash trades of FUND in CLM0 are suspected
    When these orders come one after the other:
      | order | who     | deal | lots | contract | price | then it              |
      | B1    | GAMMA   | buy  | 1    | CLM0     | 19.00 | is refused with 3046 |
      | B2    | GAMMA   | buy  | 1    | CLN0     | 21.00 | works                |
      | B3    | CLIENT1 | buy  | 1    | CLM0     | 19.00 | works                |
      | S1    | ALPHA   | sell | 2    | CLM0     | 21.00 | works                |
    And two persons let FUND open CLM0 again
    Then 0 wash trades of FUND in CLM0 are suspected
    When these orders come one after the other:
      | order | who   | deal | lots | contract | price | then it |
      | B4    | GAMMA | buy  | 1    | CLM0     | 19.00 | works   |
