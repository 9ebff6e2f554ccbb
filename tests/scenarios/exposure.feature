Feature: Exposure and margin buffers
  One lot of CL is worth 1,000.00 USD a point, of ES 50.00 USD, of FDAX 25.00 EUR.  At the marks below
  a lot of CL is worth 20,000.00, of ES 150,000.00 USD, of FDAX 10,000 × 25 = 250,000.00 EUR.
  Margin is 10 % of that.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |
      | ES      | NYMEX | USD      | 50.00            | 0.25 | 10 %   |
      | FDAX    | EUREX | EUR      | 25.00            | 0.50 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | CLN0     | CL      |
      | ESM0     | ES      |
      | FDAXM0   | FDAX    |
    And these currencies:
      | currency | in USD |
      | EUR      | 1.10   |
    And these marks:
      | contract | price     |
      | CLM0     | 20.00     |
      | CLN0     | 20.00     |
      | ESM0     | 3,000.00  |
      | FDAXM0   | 10,000.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |
    And NYMEX opens for Monday 2020-04-20
    And EUREX opens for Monday 2020-04-20

  Scenario: Gross adds books, net sets them against each other
    ALPHA long 9 × 20,000 = 180,000, BETA short 6 × 20,000 = 120,000: gross 300,000, net 60,000 long.

    Given these limits of exposure in USD, everything else being free:
      | level  | of | gross      | net       |
      | MASTER | CL | 400,000.00 | 60,000.00 |
    When ALPHA buys 3 CLM0 at 20.00
    And BETA sells 6 CLM0 at 20.00
    And ALPHA buys 6 CLN0 at 20.00
    Then the exposures in USD are:
      | level  | of | gross      | long      | short      |
      | MASTER | CL | 300,000.00 | 60,000.00 | -60,000.00 |
    When ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3054, net exposure
    When BETA sells 5 CLM0 at 20.00
    And BETA orders to sell 1 CLM0 at 20.00
    Then this is refused with 3053, gross exposure

  Scenario: Exactly at the limit passes, and one lot more does not
    5 lots are worth 100,000.00.

    Given these limits of exposure in USD, everything else being free:
      | level | gross      |
      | ALPHA | 100,000.00 |
    When ALPHA buys 2 CLM0 at 20.00
    And ALPHA orders to buy 3 CLN0 at 19.00 (order O1)
    Then the exposures in USD are:
      | level  | of | gross      | long       | short       |
      | ALPHA  | *  | 100,000.00 | 100,000.00 | -40,000.00  |
      | MASTER | *  | 100,000.00 | 100,000.00 | -40,000.00  |
    When ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3053, gross exposure
    When BETA buys 1 CLM0 at 20.00
    Then the exposures in USD are:
      | level  | of | gross      | long       | short      |
      | MASTER | *  | 120,000.00 | 120,000.00 | -60,000.00 |

  Scenario: Every level is asked, beside the account tree too
    Given these limits of exposure in USD, everything else being free:
      | level       | gross      |
      | venue:EUREX | 550,000.00 |
      | person:FUND | 600,000.00 |
    When ALPHA buys 2 FDAXM0 at 10,000.00
    And ALPHA orders to buy 1 FDAXM0 at 10,000.00
    Then this is refused with 3053, gross exposure
    When BETA buys 2 CLM0 at 20.00
    And BETA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3053, gross exposure
    # 2 × 250,000 EUR × 1.10 + 2 × 20,000 = 590,000; one lot more makes 610,000

  Scenario: A rate that changes counts at once
    500,000 EUR are 550,000.00 USD at 1.10 and 600,000.00 at 1.20.

    Given these limits of exposure in USD, everything else being free:
      | level | gross      |
      | ALPHA | 570,000.00 |
    And ALPHA buys 2 FDAXM0 at 10,000.00
    When these currencies:
      | currency | in USD |
      | EUR      | 1.20   |
    And ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3053, gross exposure
    When these currencies:
      | currency | in USD |
      | EUR      | 1.10   |
    And ALPHA buys 1 CLM0 at 20.00
    Then the exposures in USD are:
      | level  | of | gross      | long       | short       |
      | MASTER | *  | 570,000.00 | 570,000.00 | -570,000.00 |

  Scenario: A price near nothing hides no size
    A lot counts at least 100 ticks of 10.00, which are 1,000.00: at 0.01, at zero and below alike.

    Given these limits of exposure in USD, everything else being free:
      | level | gross    | ticks at least |
      | ALPHA | 5,000.00 | 100            |
    When the mark of CLM0 is 0.01
    And ALPHA orders to buy 6 CLM0 at 0.01
    Then this is refused with 3053, gross exposure
    When the mark of CLM0 is -0.01
    And ALPHA orders to buy 6 CLM0 at -0.01
    Then this is refused with 3053, gross exposure
    When ALPHA buys 5 CLM0 at -0.01
    And the mark of CLM0 is -36.98
    Then the exposures in USD are:
      | level | of | gross      | long       | short       |
      | ALPHA | *  | 184,900.00 | 184,900.00 | -184,900.00 |
    When ALPHA orders to buy 1 CLM0 at -36.98
    Then this is refused with 3053, gross exposure
    When ALPHA sells 5 CLM0 at -36.98
    Then the exposures in USD are:
      | level | of | gross | long | short |
      | ALPHA | *  | 0.00  | 0.00 | 0.00  |

  Scenario: Betas weigh, and a beta that nobody reported offsets nothing
    ES has beta 1.2: one lot counts 180,000.00.  CL has beta -0.5: a lot sold counts 10,000.00 long.
    FDAX has none and counts 1.5 × 275,000.00 = 412,500.00 on both sides.

    Given these limits of exposure in USD, everything else being free:
      | level | beta       |
      | ALPHA | 200,000.00 |
    And these betas to SPX as of now:
      | of   | beta  |
      | ESM0 | 1.20  |
      | CL   | -0.50 |
    When ALPHA buys 1 ESM0 at 3,000.00
    And ALPHA sells 2 CLM0 at 20.00
    And ALPHA orders to sell 1 CLM0 at 20.00
    Then this is refused with 3055, beta exposure
    When ALPHA orders to sell 1 FDAXM0 at 10,000.00
    Then this is refused with 3055, beta exposure
    When these betas to SPX as of now:
      | of   | beta |
      | FDAX | 0.10 |
    And ALPHA sells 1 FDAXM0 at 10,000.00
    And ALPHA orders to sell 1 CLM0 at 20.00 (order O1)

  Scenario: No product may be more than its share
    FUND's crude is 3 × 20,000.00 of 210,000.00, 28.6 %.  One lot of ES more would make ES 300,000.00
    of 360,000.00, 83.3 %; 2 lots of crude more make it 100,000.00 of 250,000.00, 40 %.

    Given ALPHA buys 1 ESM0 at 3,000.00
    And BETA buys 3 CLM0 at 20.00
    And these limits of exposure in USD, everything else being free:
      | level       | largest share |
      | person:FUND | 40 %          |
    When ALPHA orders to buy 1 ESM0 at 3,000.00
    Then this is refused with 3056, concentration
    When BETA buys 2 CLM0 at 20.00
    And BETA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3056, concentration
    When ALPHA sells 1 ESM0 at 3,000.00

  Scenario: A buffer stays free beside margin
    A lot asks for 2,000.00.  10 lots leave 980,000.00, and 980,000.00 must stay.

    Given these margin buffers in USD:
      | level | amount     |
      | ALPHA | 980,000.00 |
    When ALPHA buys 10 CLM0 at 20.00
    And ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3063, margin buffer
    When ALPHA sells 10 CLM0 at 20.00
    And ALPHA buys 10 CLM0 at 20.00

  Scenario: A share of the requirement stays free in the owner's pool
    10 lots ask for 20,000.00, and 499 times that is 9,980,000.00, all that the pool has left.

    Given these margin buffers in USD:
      | level       | share    |
      | person:FUND | 49,900 % |
    When ALPHA buys 10 CLM0 at 20.00
    And BETA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3063, margin buffer

  Scenario: Warnings come with the order that reaches a level, and with the mark that does
    5 lots are worth 100,000.00 of 200,000.00, half; 8 lots 160,000.00, 80 %.  At 25.00 the 8 lots
    are worth 200,000.00, all of it; at 17.00 they are worth 136,000.00, less than 75 %.

    Given warnings are told at these levels:
      | node   | levels               | again after a fall of |
      | MASTER | 50 %, 80 % and 100 % | 5 %                   |
    And these limits of exposure in USD, everything else being free:
      | level | of | gross      |
      | ALPHA | CL | 200,000.00 |
    When ALPHA buys 4 CLM0 at 20.00
    Then nobody is warned
    When ALPHA orders to buy 1 CLM0 at 20.00
    Then these warnings in USD are told:
      | control        | level | of | side | at   | limit      | in use     |
      | gross exposure | ALPHA | CL |      | 50 % | 200,000.00 | 100,000.00 |
    When ALPHA orders to buy 3 CLN0 at 20.00
    Then these warnings in USD are told:
      | control        | level | of | side | at   | limit      | in use     |
      | gross exposure | ALPHA | CL |      | 80 % | 200,000.00 | 160,000.00 |
    When these marks:
      | contract | price |
      | CLM0     | 25.00 |
      | CLN0     | 25.00 |
    Then these warnings in USD are told:
      | control        | level | of | side | at    | limit      | in use     |
      | gross exposure | ALPHA | CL |      | 100 % | 200,000.00 | 200,000.00 |
    When these marks:
      | contract | price |
      | CLM0     | 17.00 |
      | CLN0     | 17.00 |
    Then these warnings in USD are told:
      | control        | level | of | side | at               | limit      | in use     |
      | gross exposure | ALPHA | CL |      | 50 %, down to it | 200,000.00 | 136,000.00 |

  Scenario: The margin of a book is warned of, the buffer being no part of it
    ALPHA has 1,000,000.00, of which 980,000.00 must stay: 20,000.00 may be used.  A lot asks for 2,000.00.

    Given warnings are told at these levels:
      | node   | levels               | again after a fall of |
      | MASTER | 50 %, 80 % and 100 % | 5 %                   |
    And these margin buffers in USD:
      | level | amount     |
      | ALPHA | 980,000.00 |
    When ALPHA orders to buy 4 CLM0 at 20.00
    Then nobody is warned
    When ALPHA orders to buy 1 CLM0 at 20.00
    Then these warnings in USD are told:
      | control            | level | of | side | at   | limit     | in use    |
      | sub-account margin | ALPHA |    |      | 50 % | 20,000.00 | 10,000.00 |
    When ALPHA orders to buy 5 CLM0 at 20.00
    Then these warnings in USD are told:
      | control            | level | of | side | at    | limit     | in use    |
      | sub-account margin | ALPHA |    |      | 100 % | 20,000.00 | 20,000.00 |

  Scenario: A limit of exposure is overridden for an hour
    Given these limits of exposure in USD, everything else being free:
      | level | of | net        |
      | ALPHA | CL | 100,000.00 |
    And these overrides of other numbers on Monday 2020-04-20:
      | name | number       | node  | scope | is         | from  | until | why    |
      | O-1  | net exposure | ALPHA | CL    | 140,000.00 | 14:00 | 15:00 | a roll |
    When ALPHA orders to buy 6 CLM0 at 20.00
    Then this is refused with 3054, net exposure
    When it is 14:00 on Monday 2020-04-20 in UTC
    Then override O-1 begins
    When ALPHA orders to buy 6 CLM0 at 20.00 (order A)
    And ALPHA orders to buy 2 CLM0 at 20.00
    Then this is refused with 3054, net exposure, because "under override O-1 until 2020-04-20T15:00:00.000000000Z"
    When it is 15:00 on Monday 2020-04-20 in UTC
    Then override O-1 ends
    When ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3054, net exposure
