Feature: Stopping, and lost connections
  One person stops, two resume.  What reduces gets out of everything but a halt.

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

  Scenario: Everything is stopped, and every order at work is cancelled
    Given ALPHA orders to buy 2 CLM0 at 19.00 (order A1)
    And BETA orders to sell 1 CLM0 at 21.00 (order B1)
    When risk stops MASTER, halt and cancel
    Then the venues are asked to cancel:
      | order |
      | A1    |
      | B1    |
    When ALPHA orders to buy 1 CLM0 at 19.00 (order A2)
    Then this is refused with 3010, trading halted

  Scenario: Many orders are cancelled at once, and nothing is stopped
    Given ALPHA orders to buy 2 CLM0 at 19.00 (order A1)
    And ALPHA orders to sell 1 CLM0 at 21.00 (order A2)
    And BETA orders to buy 1 CLM0 at 19.00 (order B1)
    When ALPHA cancels every order in CL
    Then the venues are asked to cancel:
      | order |
      | A1    |
      | A2    |
    And it told: 2 asked, 0 asked before, 0 left
    When MASTER cancels every order in CLM0
    Then the venues are asked to cancel:
      | order |
      | B1    |
    And it told: 1 asked, 2 asked before, 0 left
    When ALPHA orders to buy 1 CLM0 at 19.00 (order A3)
    Then the venues are asked to cancel nothing

  Scenario: Reduce only: what opens is cancelled, what closes goes on
    Given ALPHA buys 5 CLM0 at 20.00
    And ALPHA orders to buy 2 CLM0 at 19.00 (order A1)
    And ALPHA orders to sell 3 CLM0 at 21.00 (order A2)
    When risk stops ALPHA, reduce only and cancel
    Then the venues are asked to cancel:
      | order |
      | A1    |
    When ALPHA orders to sell 2 CLM0 at 21.00 (order A3)
    And ALPHA orders to buy 1 CLM0 at 19.00 (order A4)
    Then this is refused with 3011, reduce only

  Scenario: An order that was in doubt does not grow under a stop
    Both growths were asked for before the stop.  What ALPHA's would add opens, what BETA's would
    add closes: BETA holds 8 lots and sells 8.

    Given ALPHA orders to buy 10 CLM0 at 19.00 (order A1)
    And BETA buys 8 CLM0 at 20.00
    And BETA orders to sell 4 CLM0 at 21.00 (order B1)
    And ALPHA asks for 15 lots of order A1
    And BETA asks for 8 lots of order B1
    And the desk comes up again
    When risk stops MASTER, reduce only
    And the venue says that order A1 works with 10 lots
    Then order A1 stays at 10 lots, for 3011, reduce only
    When the venue says that order B1 works with 4 lots
    Then the venue is asked for 8 lots of order B1

  Scenario: A slip of the hand stops nothing
    When risk stops MASTER, halt and cancel, and confirms ALPHA
    Then this is refused with 1020, confirmation differs

  Scenario: Two persons resume
    When risk stops venue:NYMEX, halt
    And ALPHA orders to buy 1 CLM0 at 19.00 (order A1)
    Then this is refused with 3010, trading halted
    When risk resumes venue:NYMEX
    Then this is refused with 1001, second person required
    When risk resumes venue:NYMEX, approved by chief
    And ALPHA orders to buy 1 CLM0 at 19.00 (order A2)
    Then the venues are asked to cancel nothing

  Scenario: A client is lost: its orders go after the grace of 5 seconds
    Given these terms of lost clients:
      | node   | cancel | grace | keep good till |
      | MASTER | yes    | 5 s   | yes            |
    And a client S1 connects for ALPHA
    And ALPHA orders to buy 2 CLM0 at 19.00 (order A1)
    And ALPHA orders to buy 1 CLM0 at 18.00 until cancelled (order A2)
    When the client S1 is lost
    Then the venues are asked to cancel nothing
    When 5 seconds pass
    Then the venues are asked to cancel:
      | order |
      | A1    |

  Scenario: A dead man's switch that nobody moves on
    Given ALPHA sets a deadline of 10 seconds
    And ALPHA orders to buy 2 CLM0 at 19.00 (order A1)
    When 9 seconds pass
    Then the venues are asked to cancel:
      | order |
      | A1    |

  Scenario: Over a silent link orders only reduce
    Given these bounds of silence:
      | node   | link | feed   |
      | MASTER | 10 s | 1000 s |
    And the link of C1 to NYMEX is up
    And ALPHA buys 2 CLM0 at 20.00
    When 20 seconds pass
    And ALPHA orders to buy 1 CLM0 at 19.00 (order A1)
    Then this is refused with 3016, venue link stale
    When ALPHA orders to sell 2 CLM0 at 21.00 (order A2)
    And the link of C1 to NYMEX is up
    And ALPHA orders to buy 1 CLM0 at 19.00 (order A3)
    Then the venues are asked to cancel nothing

  Scenario: A venue that no price comes from only reduces
    Given these bounds of silence:
      | node   | link   | feed |
      | MASTER | 1000 s | 10 s |
    And the link of C1 to NYMEX is up
    When 20 seconds pass
    And ALPHA orders to buy 1 CLM0 at 19.00 (order A1)
    Then this is refused with 3017, market data stale
