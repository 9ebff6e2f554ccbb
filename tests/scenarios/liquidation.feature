Feature: Liquidation
  What has lost too much is closed: slowly, within a budget, by a plan that everybody sees.
  A figure that nobody can explain closes nothing and calls a person.

  One lot of CL is worth 1,000.00 USD a point; its margin is 10 % of its value.

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
      | CLN0     | 20.00 |
    And 10,000,000.00 USD of FUND arrive at C1
    And 200,000.00 USD of capital go to ALPHA
    And 200,000.00 USD of capital go to BETA
    And liquidation sends at most 10 lots of a contract a minute, 25 a day
    And these loss limits:
      | node   | daily loss     | drawdown       | loss in 60 s   | margin use | stop | cancel | liquidate |
      | MASTER | 100,000,000.00 | 100,000,000.00 | 100,000,000.00 | 1,000 %    |      |        |           |
      | ALPHA  | 40,000.00      |                |                | 100 %      | 80 % | 100 %  | 120 %     |
      | BETA   | 40,000.00      |                |                | 100 %      | 80 % | 100 %  | 120 %     |
    And these trades:
      | who   | deal | lots | contract | price |
      | ALPHA | buy  | 40   | CLM0     | 20.00 |
      | ALPHA | sell | 5    | CLN0     | 20.00 |

  Scenario: The plan closes the largest relief first, ten lots a minute
    40 lots at 18.70 have lost 52,000.00, more than 120 % of 40,000.00.
    They ask for 10 % of 748,000.00; 5 lots at 20.00 for 10,000.00.

    When the mark of CLM0 is 18.70
    Then these steps are taken:
      | node  | measure    | step      | it is     | it may be |
      | ALPHA | daily loss | stop      | 52,000.00 | 40,000.00 |
      | ALPHA | daily loss | cancel    | 52,000.00 | 40,000.00 |
      | ALPHA | daily loss | liquidate | 52,000.00 | 40,000.00 |
    And the plan is to close, in this order:
      | who   | contract | deal | lots | relief    |
      | ALPHA | CLM0     | sell | 40   | 74,800.00 |
      | ALPHA | CLN0     | buy  | 5    | 10,000.00 |
    And liquidation orders:
      | who   | deal | lots | contract |
      | ALPHA | sell | 10   | CLM0     |
      | ALPHA | buy  | 5    | CLN0     |
    When 30 seconds pass
    Then liquidation orders nothing
    When 30 seconds pass
    Then liquidation orders:
      | who   | deal | lots | contract |
      | ALPHA | sell | 10   | CLM0     |

  Scenario: Two accounts share one rate
    Given BETA buys 40 CLM0 at 20.00
    When the mark of CLM0 is 18.70
    Then liquidation orders:
      | who   | deal | lots | contract |
      | ALPHA | sell | 10   | CLM0     |
      | ALPHA | buy  | 5    | CLN0     |

  Scenario: It ends when the loss is back at 80 % of the limit
    At 19.20 the loss is 32,000.00 and 80 % of 40,000.00 are 32,000.00.

    When the mark of CLM0 is 18.70
    And the mark of CLM0 is 19.20
    Then the liquidation of ALPHA is over
    When 60 seconds pass
    Then liquidation orders nothing

  Scenario: The budget of the day is used up, and a person is called
    10 lots of CLM0 and 5 of CLN0 are 15 of 25; the next 10 use it up.

    When the mark of CLM0 is 18.70
    And the venue fills all that liquidation ordered, at 18.70
    And 60 seconds pass
    Then liquidation orders:
      | who   | deal | lots | contract |
      | ALPHA | sell | 10   | CLM0     |
    When the venue fills all that liquidation ordered, at 18.70
    And 60 seconds pass
    Then liquidation is suspended at MASTER: budget used
    And liquidation orders nothing

  Scenario: One person pauses, two resume
    Given risk pauses liquidation at ALPHA
    When the mark of CLM0 is 18.70
    Then these steps are taken:
      | node  | measure    | step   | it is     | it may be |
      | ALPHA | daily loss | stop   | 52,000.00 | 40,000.00 |
      | ALPHA | daily loss | cancel | 52,000.00 | 40,000.00 |
    And liquidation orders nothing
    When risk resumes liquidation at ALPHA
    Then this is refused with 1001, second person required
    When risk resumes liquidation at ALPHA, approved by boss
    Then liquidation orders:
      | who   | deal | lots | contract |
      | ALPHA | sell | 10   | CLM0     |
      | ALPHA | buy  | 5    | CLN0     |

  Scenario: A margin that nobody can explain closes nothing
    100 % instead of 10 %: ALPHA needs 900,000.00 and has 200,000.00, and no position and no price moved.

    When the margin of CL becomes 100 %
    Then liquidation is suspended at person:FUND: margin jump
    And no step is taken
    And liquidation orders nothing
    When the mark of CLM0 is 19.90
    Then liquidation orders nothing
    When ALPHA orders to buy 1 CLM0 at 19.90
    Then this is refused with 3061, margin sub account
    When ALPHA sells 40 CLM0 at 19.90
    Then ALPHA has lost 4,000.00 USD today

  Scenario: The right margin and two persons bring back what was
    When the margin of CL becomes 100 %
    And the margin of CL becomes 10 %
    And risk resumes liquidation at person:FUND, approved by boss
    Then no step is taken
    And liquidation orders nothing
    And ALPHA may trade

  Scenario: A mark that jumps closes nothing before it is settled
    From 20.00 to 15.00 is 25 %, beyond the 20 % of a mark.

    When the mark of CLM0 is 15.00
    Then liquidation is suspended at contract:CLM0: price jump
    And ALPHA may only reduce
    And liquidation orders nothing
    When NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 15.00 |
      | CLN0     | 20.00 |
    Then liquidation orders:
      | who   | deal | lots | contract |
      | ALPHA | sell | 10   | CLM0     |
      | ALPHA | buy  | 5    | CLN0     |
