Feature: Position limits of jurisdictions hang on persons
  Whoever counts as one is added up before every order: positions, working orders of the side, and
  the order.  Exactly at a limit passes, one lot more does not.  Nothing overflows to another account.

  In New York crude has 60 lots in a month and 100 in all; in Shanghai copper has 50 a side.
  CLIENT decides alone in CLIENT1 and has money of its own.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick  | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01  | 10 %   |
      | CU      | SHFE  | CNY      | 5.00             | 10.00 | 10 %   |
    And these contracts:
      | contract | product | month   |
      | CLM0     | CL      | 2020-06 |
      | CLN0     | CL      | 2020-07 |
      | CU06     | CU      | 2020-06 |
    And these currencies:
      | currency | in USD |
      | CNY      | 0.14   |
    And NYMEX opens for Monday 2020-04-20
    And SHFE opens for Monday 2020-04-20
    And these marks:
      | contract | price     |
      | CLM0     | 20.00     |
      | CLN0     | 20.00     |
      | CU06     | 40,000.00 |
    And this cash:
      | account | owner  | cash              |
      | C1      | FUND   | 10,000,000.00 USD |
      | OMNI    | CLIENT | 1,000,000.00 USD  |
    And this capital out of the reserve:
      | who     | capital          |
      | ALPHA   | 2,000,000.00 USD |
      | BETA    | 2,000,000.00 USD |
      | CLIENT1 | 1,000,000.00 USD |
    And the owners of FUND are declared
    And the owners of CLIENT are declared
    And CLIENT directs the trading in CLIENT1
    And these regimes:
      | regime | venue | long and short    | owned from |
      | US     | NYMEX | offset each other | 10 %       |
      | CN     | SHFE  | count apart       | 10 %       |
    And these limits, confirmed from the official text:
      | regime | product | single month | all months | answered for from | reported from |
      | US     | CL      | 60           | 100        | 80                | 25            |
      | CN     | CU      |              | 50         |                   |               |

  # ------------------------------------------------------------------------------ what is added up

  Scenario: Exactly at the limit passes, one lot more does not
    ALPHA works 30 and BETA 30: 60 of 60.

    Given ALPHA orders to buy 30 CLM0 at 20.00 (order A)
    And BETA orders to buy 30 CLM0 at 20.00 (order B)
    When BETA orders to buy 1 CLM0 at 20.00 (order C)
    Then this is refused with 3052, regime limit, because "US: 61 lots long exceed the 60 of US-CL-single-month"

  Scenario: An order in pieces over several accounts is what it is at once
    40 and 21 are 61, as 61 are.

    When ALPHA orders to buy 61 CLM0 at 20.00 (order A)
    Then this is refused with 3052, regime limit, because "60 lots would pass"
    Given ALPHA orders to buy 40 CLM0 at 20.00 (order B)
    When BETA orders to buy 21 CLM0 at 20.00 (order C)
    Then this is refused with 3052, regime limit, because "20 lots would pass"

  Scenario: All months together are full although each month has room
    60 in June and 40 in July are 100 of 100.

    Given ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    And ALPHA orders to buy 40 CLN0 at 20.00 (order B)
    When ALPHA orders to buy 1 CLN0 at 20.00 (order C)
    Then this is refused with 3052, regime limit, because "the 100 of US-CL-all-months"

  Scenario: Opposite lots offset each other in New York
    ALPHA is 50 long, BETA 50 short: 0 in all, and 60 more pass.

    Given these trades:
      | who   | deal | lots | contract | price |
      | ALPHA | buy  | 50   | CLM0     | 20.00 |
      | BETA  | sell | 50   | CLM0     | 20.00 |
    When BETA orders to sell 60 CLM0 at 20.00 (order A)
    Then BETA works these orders:
      | deal | lots | contract |
      | sell | 60   | CLM0     |

  Scenario: In Shanghai each side counts for itself
    ALPHA is 50 long, BETA 50 short: 50 and 50.

    Given these trades:
      | who   | deal | lots | contract | price     | offset |
      | ALPHA | buy  | 50   | CU06     | 40,000.00 | open   |
      | BETA  | sell | 50   | CU06     | 40,000.00 | open   |
    When BETA orders to sell 1 CU06 at 40,000.00 to open (order A)
    Then this is refused with 3052, regime limit, because "CN: 51 lots short exceed the 50 of CN-CU-all-months"

  # -------------------------------------------------------------------------------------- who is one

  Scenario: CLIENT owns itself and decides alone: it has limits of its own
    Given ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    When CLIENT1 orders to buy 60 CLM0 at 20.00 (order B)
    Then CLIENT1 works these orders:
      | deal | lots | contract |
      | buy  | 60   | CLM0     |

  Scenario: 9.99 % part, 10 % join
    Given FUND owns 9.99 % of CLIENT
    And ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    And CLIENT1 orders to buy 1 CLM0 at 20.00 (order B)
    When FUND owns 10 % of CLIENT
    And CLIENT1 orders to buy 1 CLM0 at 20.00 (order C)
    Then this is refused with 3052, regime limit, because "62 lots long exceed the 60"

  Scenario: 6 % directly and 10 % of somebody who is half owned are 11 %
    0.50 × 10 % + 6 % = 11 %.

    Given MIDDLE is a person of KY whose owners are declared
    And FUND owns 6 % of CLIENT
    And ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    And CLIENT1 orders to buy 1 CLM0 at 20.00 (order B)
    When FUND owns 50 % of MIDDLE
    And MIDDLE owns 10 % of CLIENT
    And CLIENT1 orders to buy 1 CLM0 at 20.00 (order C)
    Then this is refused with 3052, regime limit, because "62 lots long exceed the 60"

  Scenario: The seat of a person changes nothing
    FUND owns a fifth of CLIENT; from the Caymans it is a fifth still.

    Given FUND owns 20 % of CLIENT
    And ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    When CLIENT moves its seat to KY
    And CLIENT1 orders to buy 1 CLM0 at 20.00 (order B)
    Then this is refused with 3052, regime limit, because "61 lots long exceed the 60"

  Scenario: Whoever sends the orders is a controller, whatever the papers say
    Given FUND directs the trading in CLIENT1
    And ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    When CLIENT1 orders to buy 1 CLM0 at 20.00 (order B)
    Then this is refused with 3052, regime limit, because "61 lots long exceed the 60"

  Scenario: On the day after a claim of independence ends the persons are one again
    On Monday 40 and 30 stand apart; on Tuesday they are 70 of 60, and nothing is added.

    Given FUND owns 20 % of CLIENT
    And FUND and CLIENT claim in US to trade apart until Monday 2020-04-20
    And ALPHA buys 40 CLM0 at 20.00
    And CLIENT1 buys 30 CLM0 at 20.00
    And NYMEX settles Monday 2020-04-20 with CLM0 at 20.00
    When the next day at NYMEX is Tuesday 2020-04-21
    And CLIENT1 orders to buy 1 CLM0 at 20.00 (order A)
    Then this is refused with 3052, regime limit, because "71 lots long exceed the 60"

  # ------------------------------------------------------------------ steps, exemptions, reports

  Scenario: A spot month steps down
    29 of 30 on Tuesday take one more; on Wednesday 10 are the most, and only less gets out.

    Given US steps the spot month 2020-06 of CL down:
      | from                 | lots |
      | Tuesday 2020-04-21   | 30   |
      | Wednesday 2020-04-22 | 10   |
    And ALPHA buys 29 CLM0 at 20.00
    And NYMEX settles Monday 2020-04-20 with CLM0 at 20.00
    And the next day at NYMEX is Tuesday 2020-04-21
    And ALPHA buys 1 CLM0 at 20.00
    And NYMEX settles Tuesday 2020-04-21 with CLM0 at 20.00
    When the next day at NYMEX is Wednesday 2020-04-22
    And ALPHA orders to buy 1 CLM0 at 20.00 (order A)
    Then this is refused with 3052, regime limit, because "31 lots long exceed the 10 of US-CL-spot-2020-06"
    When ALPHA orders to sell 20 CLM0 at 20.00 (order B)
    Then ALPHA works these orders:
      | deal | lots | contract |
      | sell | 20   | CLM0     |

  Scenario: A group is told five business days before its spot month steps down
    15 lots held and 5 working are 20: more than the 10 of Tuesday the 28th.  Monday, Friday,
    Thursday, Wednesday and Tuesday the 21st lie before it.

    Given US steps the spot month 2020-06 of CL down:
      | from               | lots |
      | Monday 2020-04-20  | 30   |
      | Tuesday 2020-04-28 | 10   |
    And ALPHA buys 15 CLM0 at 20.00
    And BETA orders to buy 5 CLM0 at 19.00 (order A)
    And NYMEX settles Monday 2020-04-20 with CLM0 at 20.00
    Then no step down is told
    When the next day at NYMEX is Tuesday 2020-04-21
    Then these steps down are told:
      | limit              | group of | side | from               | business days | lots | has |
      | US-CL-spot-2020-06 | FUND     | long | Tuesday 2020-04-28 | 5             | 10   | 20  |
    When the next day at NYMEX is Wednesday 2020-04-22
    Then no step down is told

  Scenario: Beyond a level is answered for, within an exemption is said
    60 and 21 are 81: beyond the 80 that are answered for.  61 in June rest on the 70 granted.

    Given US grants FUND 70 lots of CL on a side, as a hedge
    And ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    When ALPHA orders to buy 21 CLN0 at 20.00 (order B)
    Then told is that FUND passed US-CL-answered-for-from, which is answered for
    When ALPHA orders to buy 1 CLM0 at 20.00 (order C)
    Then told is that FUND passed US-CL-single-month, within an exemption

  Scenario: What is to be reported does not depend on the way of an order
    15 and 10 are 25, at the level exactly; what works is not held.

    Given ALPHA buys 15 CLM0 at 20.00
    And BETA buys 10 CLM0 at 20.00
    And BETA orders to buy 20 CLN0 at 20.00 (order A)
    When NYMEX settles Monday 2020-04-20 with CLM0 at 20.00
    Then to be reported is:
      | group of | month   | side | from | held |
      | FUND     | 2020-06 | long | 25   | 25   |

  # ---------------------------------------------------------------------------------- proposals

  Scenario: What was refused is offered, and the other owner's person accepts it
    ALPHA works 60 of 60; of 20 more none passes.  CLIENT has room for 60 of its own.

    Given CAROL may decide for CLIENT
    And ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    When ALPHA orders to buy 20 CLM0 at 20.00 (order B)
    Then this is refused with 3052, regime limit, because "0 lots would pass"
    When OPS proposes 20 of the refused lots to CLIENT1 (proposal P)
    Then these questions were asked of the proposal:
      | question   | found                                                       |
      | apart      | FUND and CLIENT do not count as one in CL                   |
      | claim true | no claim of independence is relied on                       |
      | own trade  | an order of CLIENT in CLIENT1, own_book, within its mandate |
      | own room   | 20 lots fit the limits of CLIENT's group                    |
    And CLIENT1 works no order
    When CAROL accepts proposal P
    Then CLIENT1 works these orders:
      | deal | lots | contract |
      | buy  | 20   | CLM0     |
    And no alarm is told

  Scenario: Nobody accepts for somebody else, nor what he proposed
    Given CAROL may decide for CLIENT
    And ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    When ALPHA orders to buy 20 CLM0 at 20.00 (order B)
    Then this is refused with 3052, regime limit
    When CAROL proposes 20 of the refused lots to CLIENT1 (proposal P)
    Then this is refused with 3309, proposal shared person
    Given OPS proposes 15 of the refused lots to CLIENT1 (proposal Q)
    When OPS accepts proposal Q
    Then this is refused with 1002, second person is the first
    When EVE accepts proposal Q
    Then this is refused with 3308, proposal not authorised
    When OPS proposes 6 of the refused lots to CLIENT1 (proposal R)
    Then this is refused with 3301, proposal lots, because "5 can be, not 6"

  Scenario: There is no room elsewhere for who counts as one, and a proposal asks again when it is accepted
    Given CAROL may decide for CLIENT
    And ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    When ALPHA orders to buy 20 CLM0 at 20.00 (order B)
    Then this is refused with 3052, regime limit
    When OPS proposes 20 of the refused lots to BETA (proposal P)
    Then this is refused with 3302, proposal same group, because "ALPHA and BETA both belong to FUND"
    Given OPS proposes 20 of the refused lots to CLIENT1 (proposal Q)
    And FUND owns 10 % of CLIENT
    When CAROL accepts proposal Q
    Then this is refused with 3302, proposal same group, because "FUND holds 10 % of CLIENT"

  Scenario: A proposal that nobody answers expires, and one that is turned down may be made again
    Given CAROL may decide for CLIENT
    And ALPHA orders to buy 60 CLM0 at 20.00 (order A)
    When ALPHA orders to buy 20 CLM0 at 20.00 (order B)
    Then this is refused with 3052, regime limit
    Given OPS proposes 20 of the refused lots to CLIENT1 (proposal P)
    And CAROL turns proposal P down
    And OPS proposes 20 of the refused lots to CLIENT1 (proposal Q)
    When 60 minutes pass
    Then proposal Q has expired
    When CAROL accepts proposal Q
    Then this is refused with 3307, proposal unknown

  # ------------------------------------------------------------------------------------- alarms

  Scenario: A share just under the threshold
    10 % less 9.5 % is half a percent, and one percent is watched.

    When FUND owns 9.5 % of CLIENT
    Then these alarms are told:
      | pattern               | of              | evidence                                                                 |
      | share under threshold | FUND and CLIENT | FUND holds 9.5 % of CLIENT, and from 10 % on they count as one in CN, US |

  Scenario: Lots that change their owner after the fill
    FUND's 5 lots are taken back by a bust and entered for CLIENT: it is booked, and told.

    Given 1,000,000.00 USD of FUND arrive at OMNI
    And 500,000.00 USD of capital go to FUNDOMNI
    And FUNDOMNI buys 5 CLM0 at 20.00 (fill F1)
    And the venue busts fill F1 at OMNI
    When ops enters a give in: buy CLM0 at 20.00 through OMNI, agreed on Monday 2020-04-20, cleared on Monday 2020-04-20 (fill E1), approved by boss:
      | who     | lots |
      | CLIENT1 | 5    |
    Then these alarms are told:
      | pattern          | of              | evidence                                                                                 |
      | owner after fill | FUND and CLIENT | 5 lots of CLM0 BUY are entered for CLIENT as E1, after 5 were taken back from FUND in F1 |

  Scenario: Papers that change near a limit
    48 of 60 lots are 80 %.

    Given ALPHA orders to buy 48 CLM0 at 20.00 (order A)
    When FUND directs the trading in CLIENT1
    Then these alarms are told:
      | pattern           | of              | evidence                                                                                                           |
      | papers near limit | CLIENT and FUND | CLIENT1 is directed by FUND, no longer by CLIENT, while the group of FUND uses 48 of 60 lots of US-CL-single-month |

  Scenario: Lots that are elsewhere at the end of the month
    10 leave ALPHA two days before the end of April, 6 of them are back two days after it: more
    than half.

    Given ALPHA buys 10 CLM0 at 20.00
    And the next day at NYMEX is Tuesday 2020-04-28
    And 10 long CLM0 move from ALPHA to BETA at the mark
    And the next day at NYMEX is Monday 2020-05-04
    When 6 long CLM0 move from BETA to ALPHA at the mark
    Then these alarms are told:
      | pattern           | of                  | evidence                                                                                                                                               |
      | circular transfer | ALPHA and CLM0 long | 10 lots of CLM0 long left ALPHA from 2020-04-28 on and were not there at the end of 2020-04-30; 6 lots of CLM0 long were back on 2020-05-04; with BETA |
    When 4 long CLM0 move from BETA to ALPHA at the mark
    Then no alarm is told

  Scenario: Capital is told when half of what left is back
    200,000 of 500,000 are 40 %, 250,000 are half.

    Given the next day at NYMEX is Tuesday 2020-04-28
    And 500,000.00 USD of capital come back from ALPHA
    And the next day at NYMEX is Monday 2020-05-04
    When 200,000.00 USD of capital go to ALPHA
    Then no alarm is told
    When 50,000.00 USD of capital go to ALPHA
    Then these alarms are told:
      | pattern           | of            | evidence                                                                                                                                           |
      | circular transfer | ALPHA and USD | 500000.00 USD left ALPHA from 2020-04-28 on and were not there at the end of 2020-04-30; 250000.00 USD were back on 2020-05-04; with @reserve:FUND |
