Feature: Loss limits
  A node that has lost too much is stopped before it loses more.
  Losses are measured on equity: realised and open, after fees, without what capital came or went.

  One lot of CL is worth 1,000.00 USD a point; 100 lots are worth 100,000.00 a point.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
    And NYMEX opens for Monday 2020-04-20
    And the mark of CLM0 is 20.00
    And 10,000,000.00 USD of FUND arrive at C1
    And 1,000,000.00 USD of capital go to ALPHA
    And these loss limits:
      | node   | daily loss     | drawdown       | loss in 60 s   | margin use | stop | cancel | resumes next day |
      | MASTER | 100,000,000.00 | 100,000,000.00 | 100,000,000.00 | 1,000 %    |      |        |                  |
      | ALPHA  | 100,000.00     | 150,000.00     |                |            | 80 % | 100 %  |                  |
      | BETA   |                |                | 30,000.00      |            | 90 % |        | yes              |
      | GAMMA  |                |                |                | 50 %       | 80 % |        |                  |
    And ALPHA buys 100 CLM0 at 20.00

  Scenario: Open losses, realised losses and fees are one loss
    Half a point is 50,000.00. 40 lots sold at 19.00, half a point below the mark, lose 20,000.00 more.

    When the mark of CLM0 is 19.50
    Then ALPHA has lost 50,000.00 USD today
    When ALPHA sells 40 CLM0 at 19.00
    Then ALPHA has lost 70,000.00 USD today

  Scenario: Capital that leaves is no loss, and what comes is no profit
    When the mark of CLM0 is 19.50
    And 300,000.00 USD of capital come back from ALPHA
    And 100,000.00 USD of capital go to ALPHA
    Then ALPHA has lost 50,000.00 USD today
    And MASTER has lost 50,000.00 USD today

  Scenario: Exactly at a share of the limit nothing happens, one tick more is a step
    80 % of 100,000.00 are 80,000.00: at 19.20. A tick of 100 lots is 1,000.00.

    Given ALPHA orders to buy 5 CLM0 at 18.00 (order O1)
    When the mark of CLM0 is 19.20
    Then no step is taken
    When the mark of CLM0 is 19.19
    Then these steps are taken:
      | node  | measure    | step | it is     | it may be  |
      | ALPHA | daily loss | stop | 81,000.00 | 100,000.00 |
    And ALPHA may only reduce
    When ALPHA orders to buy 1 CLM0 at 19.00
    Then this is refused with 3011, reduce only
    When the mark of CLM0 is 18.99
    Then these steps are taken:
      | node  | measure    | step   | it is      | it may be  |
      | ALPHA | daily loss | cancel | 101,000.00 | 100,000.00 |
    And the venue is asked to cancel order O1
    When ALPHA sells 100 CLM0 at 18.99
    Then ALPHA has lost 101,000.00 USD today

  Scenario: Two persons let it trade again, and beyond the limit it still opens nothing
    When the mark of CLM0 is 18.99
    And risk lets ALPHA trade again
    Then this is refused with 1001, second person required
    When risk lets ALPHA trade again, approved by boss
    Then ALPHA may trade
    When ALPHA orders to buy 1 CLM0 at 18.00
    Then this is refused with 3064, daily loss

  Scenario: A drawdown counts from the peak of the day
    At 21.00 ALPHA has gained 100,000.00; at 19.79 it stands 121,000.00 below that: beyond 80 % of 150,000.00.

    When the mark of CLM0 is 21.00
    And the mark of CLM0 is 19.80
    Then no step is taken
    When the mark of CLM0 is 19.79
    Then these steps are taken:
      | node  | measure  | step | it is      | it may be  |
      | ALPHA | drawdown | stop | 121,000.00 | 150,000.00 |
    When risk lets ALPHA trade again, approved by boss
    And the mark of CLM0 is 19.49
    And risk lets ALPHA trade again, approved by boss
    And ALPHA orders to buy 1 CLM0 at 18.00
    Then this is refused with 3065, drawdown

  Scenario: Too fast a loss stops, and the next day it may trade again where the row says so
    50 lots: 60 cents in a minute are 30,000.00, 62 cents 31,000.00.

    Given 1,000,000.00 USD of capital go to BETA
    And BETA buys 50 CLM0 at 20.00
    When the mark of CLM0 is 19.40
    Then these steps are taken:
      | node | measure       | step | it is     | it may be |
      | BETA | loss velocity | stop | 30,000.00 | 30,000.00 |
    When risk lets BETA trade again, approved by boss
    And the mark of CLM0 is 19.38
    And BETA orders to buy 1 CLM0 at 18.00
    Then this is refused with 3066, loss velocity
    When NYMEX settles Monday 2020-04-20 with CLM0 at 19.38
    And the next day at NYMEX is Tuesday 2020-04-21
    Then BETA may trade

  Scenario: A new day resumes nobody whose row does not say so
    When the mark of CLM0 is 19.10
    Then ALPHA may only reduce
    When NYMEX settles Monday 2020-04-20 with CLM0 at 19.10
    And the next day at NYMEX is Tuesday 2020-04-21
    Then ALPHA may only reduce
    And ALPHA has lost 0.00 USD today

  Scenario: Margin use stops too
    50 lots at 20.00 ask for 100,000.00; half of 200,000.00 is 100,000.00, and 80 % of that 80,000.00.

    Given 200,000.00 USD of capital go to GAMMA
    When GAMMA buys 50 CLM0 at 20.00
    Then these steps are taken:
      | node  | measure    | step | it is      | it may be  |
      | GAMMA | margin use | stop | 100,000.00 | 100,000.00 |

  Scenario: Whoever states levels is told before a step is taken
    Half of 100,000.00 is lost at 19.50; at 19.20 80 %, at 19.19 the ladder stops ALPHA.

    Given warnings are told at these levels:
      | node  | levels               | again after a fall of |
      | ALPHA | 50 %, 80 % and 100 % | 5 %                   |
    When the mark of CLM0 is 19.51
    Then nobody is warned
    When the mark of CLM0 is 19.50
    Then these warnings in USD are told:
      | control    | level | of | side | at   | limit      | in use    |
      | daily loss | ALPHA |    |      | 50 % | 100,000.00 | 50,000.00 |
    When the mark of CLM0 is 19.20
    Then these warnings in USD are told:
      | control    | level | of | side | at   | limit      | in use    |
      | daily loss | ALPHA |    |      | 80 % | 100,000.00 | 80,000.00 |
      | drawdown   | ALPHA |    |      | 50 % | 150,000.00 | 80,000.00 |
    And no step is taken
    When the mark of CLM0 is 19.19
    Then nobody is warned
    And ALPHA may only reduce

  Scenario: A loss limit is overridden for an hour, and its step comes when it binds again
    At 19.10 ALPHA has lost 90,000.00, beyond 80 % of 100,000.00 and within 80 % of 120,000.00.

    Given these overrides of other numbers on Monday 2020-04-20:
      | name | number     | node  | scope | is         | from  | until | why         |
      | O-1  | daily loss | ALPHA | *     | 120,000.00 | 14:00 | 15:00 | a known gap |
    When it is 14:00 on Monday 2020-04-20 in UTC
    And the mark of CLM0 is 19.10
    Then no step is taken
    When it is 15:00 on Monday 2020-04-20 in UTC
    Then override O-1 ends
    And ALPHA may only reduce

  Scenario: What is done at a share of a limit is not overridden
    When these overrides of other numbers on Monday 2020-04-20:
      | name | number      | node  | scope | is    | from  | until | why       |
      | O-1  | liquidation | ALPHA | *     | 200 % | 14:00 | 15:00 | not today |
    Then this is refused with 1004, faulty definition, because "liquidate_ppm says what LossLimit counts or does"
