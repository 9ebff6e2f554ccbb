Feature: Envelopes: risk that is reserved ahead for a strategy
  A strategy reserves lots of one side before it needs them.  Orders inside are asked neither for
  position limits nor for margin again; what they do not use comes back.  What changes from outside
  goes before: an envelope that no longer fits shrinks, or ends, in the same command.

  One lot of CL is worth 1,000.00 USD a point and asks for 10 % of its value: 2,000.00 at 20.00.

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
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 100,000.00 USD   |

  Scenario: Others see what is reserved, and orders inside change no total
    FUND may hold 50 lots: 30 reserved leave 20 to BETA.  Of the 30, 12 work, 5 of them are filled,
    7 come back.

    Given MASTER may hold 50 lots of CLM0, long or short
    When these envelopes are opened:
      | envelope | who   | side | scope | lots | clip | margin        | minutes |
      | E1       | ALPHA | buy  | CLM0  | 30   | 12   | 60,000.00 USD | 60      |
    And BETA orders to buy 21 CLM0 at 20.00 (order B1)
    Then this is refused with 3050, position limit
    When ALPHA orders to buy 12 CLM0 at 20.00 inside envelope E1 (order A1)
    Then the envelopes are:
      | envelope | lots | working | filled | unused |
      | E1       | 30   | 12      | 0      | 18     |
    And the margin of ALPHA is 60,000.00 USD
    When the venue fills 5 lots of order A1 at 20.00
    And the venue confirms that order A1 is cancelled
    Then the envelopes are:
      | envelope | lots | working | filled | unused |
      | E1       | 30   | 0       | 5      | 25     |
    And the margin of ALPHA is 60,000.00 USD

  Scenario: What does not lie inside is refused, with its number
    Given these envelopes are opened:
      | envelope | who   | side | scope | lots | clip | margin        | minutes |
      | E1       | ALPHA | buy  | CLM0  | 10   | 8    | 20,000.00 USD | 60      |
    When ALPHA orders to buy 9 CLM0 at 20.00 inside envelope E1 (order A1)
    Then this is refused with 3084, envelope clip
    When ALPHA orders to buy 1 CLN0 at 20.00 inside envelope E1 (order A1)
    Then this is refused with 3082, envelope contract
    When ALPHA orders to sell 1 CLM0 at 20.00 inside envelope E1 (order A1)
    Then this is refused with 3083, envelope side
    When BETA orders to buy 1 CLM0 at 20.00 inside envelope E1 (order B1)
    Then this is refused with 3081, envelope of another account
    When ALPHA orders to buy 8 CLM0 at 20.00 inside envelope E1 (order A1)
    And ALPHA orders to buy 3 CLM0 at 20.00 inside envelope E1 (order A2)
    Then this is refused with 3085, envelope lots

  Scenario: Unused risk comes back when the time is over, and working orders stay
    10 lots for an hour; 4 work when it is over: 6 come back.

    Given these envelopes are opened:
      | envelope | who   | side | scope | lots | clip | margin        | minutes |
      | E1       | ALPHA | buy  | CLM0  | 10   | 10   | 20,000.00 USD | 60      |
    And ALPHA orders to buy 4 CLM0 at 19.00 inside envelope E1 (order A1)
    When 60 minutes pass
    Then envelope E1 ends: expired, 6 lots come back
    And the margin of ALPHA is 8,000.00 USD
    When ALPHA orders to buy 1 CLM0 at 20.00 inside envelope E1 (order A2)
    Then this is refused with 3080, envelope unknown

  Scenario: A lower limit takes from the newest first
    30 and 20 lots are reserved.  With 35 allowed the newer keeps 5; with 10 it ends and the older
    keeps 10.

    Given these envelopes are opened:
      | envelope | who   | side | scope | lots | clip | margin        | minutes |
      | E1       | ALPHA | buy  | CLM0  | 30   | 30   | 60,000.00 USD | 60      |
      | E2       | BETA  | buy  | CLM0  | 20   | 20   | 40,000.00 USD | 60      |
    When MASTER may hold 35 lots of CL, long or short
    Then envelope E2 shrinks: limit, 15 lots come back
    When MASTER may hold 10 lots of CL, long or short
    Then envelope E2 ends: limit, 5 lots come back
    And envelope E1 shrinks: limit, 20 lots come back

  Scenario: A mark takes what no margin is there for
    BETA has 100,000.00.  50 lots at 2,000.00 need all of it; at 25.00 a lot asks for 2,500.00 and 40
    lots fit.

    Given these envelopes are opened:
      | envelope | who  | side | scope | lots | clip | margin         | minutes |
      | E1       | BETA | sell | CLM0  | 50   | 50   | 200,000.00 USD | 60      |
    When the mark of CLM0 is 25.00
    Then envelope E1 shrinks: mark, 10 lots come back
    And the margin of BETA is 100,000.00 USD

  Scenario: A way out is never in the way of an envelope, nor an envelope in its way
    10 lots held and 30 sells reserved: 20 short at most, as many as FUND may.  10 sold to get out go
    first: 30 would be short, so the envelope keeps 20.

    Given MASTER may hold 20 lots of CLM0, long or short
    And ALPHA buys 10 CLM0 at 20.00
    And these envelopes are opened:
      | envelope | who   | side | scope | lots | clip | margin        | minutes |
      | E1       | ALPHA | sell | CLM0  | 30   | 30   | 60,000.00 USD | 60      |
    When ALPHA sells 10 CLM0 at 20.00
    Then the envelopes are:
      | envelope | lots | working | filled | unused |
      | E1       | 20   | 0       | 0      | 20     |

  Scenario: Lots over a product may be dealt in any of its contracts, once
    10 lots over CLM0 and CLN0, with 10 allowed in each and in both: 6 of one leave 4 to the other.
    Whichever month they are dealt in, 10 lots ask for 2,000.00 each: 20,000.00 before and after.

    Given MASTER may hold 10 lots of CL, long or short
    When these envelopes are opened:
      | envelope | who   | side | scope | lots | clip | margin        | minutes |
      | E1       | ALPHA | buy  | CL    | 10   | 10   | 20,000.00 USD | 60      |
    Then the margin of ALPHA is 20,000.00 USD
    When ALPHA orders to buy 6 CLM0 at 20.00 inside envelope E1 (order A1)
    And ALPHA orders to buy 5 CLN0 at 20.00 inside envelope E1 (order A2)
    Then this is refused with 3085, envelope lots
    When ALPHA orders to buy 4 CLN0 at 20.00 inside envelope E1 (order A2)
    Then the margin of ALPHA is 20,000.00 USD

  Scenario: What is closed gives back at once; what asks for more than stated is not opened
    When these envelopes are opened:
      | envelope | who   | side | scope | lots | clip | margin        | minutes |
      | E1       | ALPHA | buy  | CLM0  | 10   | 10   | 19,999.99 USD | 60      |
    Then this is refused with 3088, envelope margin
    When these envelopes are opened:
      | envelope | who   | side | scope | lots | clip | margin        | minutes |
      | E1       | ALPHA | buy  | CLM0  | 10   | 10   | 20,000.00 USD | 60      |
    And envelope E1 is closed
    Then envelope E1 ends: asked, 10 lots come back
    And the margin of ALPHA is 0.00 USD
