Feature: Options from the order to the end
  LO are options on crude that pay premiums and become the future; what is in the money by 0.05 at
  expiry is exercised by itself.  LX are European and bring cash.  Strike 20.00, 1,000.00 USD a point.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin | kind   | money moves  | exercised | brings | threshold |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   | future | daily        |           |        |           |
      | LO      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   | option | at the trade | american  | future | 0.05      |
      | LX      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   | option | at the trade | european  | cash   |           |
    And these contracts:
      | contract | product | right | strike | becomes | in the margin file     |
      | CLM0     | CL      |       |        |         | XYZ/CL/FUT/202006      |
      | LOC      | LO      | call  | 20.00  | CLM0    | XYZ/CL/OOF/202006/C/20 |
      | LOP      | LO      | put   | 20.00  | CLM0    | XYZ/CL/OOF/202006/P/20 |
      | LXC      | LX      | call  | 20.00  |         | XYZ/CL/OOF/202006/C/20 |
    And the margin file of Friday 2020-04-17 is in force at NYMEX
    And NYMEX opens for Monday 2020-04-20
    And these marks:
      | contract | price |
      | CLM0     | 20.00 |
      | LOC      | 1.50  |
      | LOP      | 1.10  |
      | LXC      | 1.50  |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |
      | GAMMA | 1,000,000.00 USD |

  Scenario: An order reserves its premium, and the fill pays it
    10 calls at 1.60 reserve 16,000.00.  4 are filled at 1.50: 6,000.00 are paid and 6 × 1,600.00 stay
    reserved.  667 calls at 1.50 would cost 1,000,500.00.

    When ALPHA orders to buy 667 LOC at 1.50
    Then this is refused with 3061, margin sub account
    When ALPHA orders to buy 10 LOC at 1.60 (order O1)
    Then the margin of ALPHA is 16,000.00 USD
    When the venue fills 4 lots of order O1 at 1.50
    Then the margin of ALPHA is 9,600.00 USD
    And the cash of ALPHA is 994,000.00 USD
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | LOC      | 4    | 0     |

  Scenario: In the money a call becomes the future at its strike
    Crude ends the option at 23.00: ALPHA has 10 June bought at 20.00, BETA has sold them.
    10 × 3,000.00 = 30,000.00 are gained and lost at the next settlement; the premium was 15,000.00.

    Given ALPHA buys 10 LOC at 1.50
    And BETA sells 10 LOC at 1.50
    And the mark of CLM0 is 23.00
    When LOC expires, what it is on being at 23.00
    Then nothing of LOC is left
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 10   | 0     |
      | BETA  | CLM0     | 0    | 10    |
      | C1    | CLM0     | 0    | 0     |
    When NYMEX settles Monday 2020-04-20 with CLM0 at 23.00
    Then the cash is:
      | who   | cash              |
      | ALPHA | 1,015,000.00 USD  |
      | BETA  | 985,000.00 USD    |
      | C1    | 10,000,000.00 USD |

  Scenario: A put is exercised at a price below zero
    At -37.63 ten puts at 20.00 sell June at 20.00: 10 × 57,630.00 = 576,300.00 less 11,000.00.

    Given ALPHA buys 10 LOP at 1.10
    When LOP expires, what it is on being at -37.63
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 0    | 10    |
    When NYMEX settles Monday 2020-04-20 with CLM0 at -37.63
    Then the cash of ALPHA is 1,565,300.00 USD

  Scenario: The threshold decides what expiry exercises by itself
    0.04 in the money is less than 0.05: abandoned, unless the holder exercises.  ALPHA does with 3.

    Given ALPHA buys 10 LOC at 1.50
    And BETA buys 10 LOC at 1.50
    And ALPHA asks to exercise 3 LOC
    When LOC expires, what it is on being at 20.04
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 3    | 0     |
      | BETA  | CLM0     | 0    | 0     |
    And nothing of LOC is left

  Scenario: At the threshold all are exercised but what is abandoned
    Given ALPHA buys 10 LOC at 1.50
    And BETA sells 7 LOC at 1.50
    And ALPHA abandons 4 LOC
    When LOC expires, what it is on being at 20.05
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 6    | 0     |
      | BETA  | CLM0     | 0    | 7     |

  Scenario: An assignment is divided pro rata, and what is left over is drawn
    7 of 12, 6 and 3 short lots are 7/21 of each: 4, 2 and 1.
    One more of the 8, 4 and 2 that are left goes to one of them by the draw.

    Given ALPHA sells 12 LOC at 1.50
    And BETA sells 6 LOC at 1.50
    And GAMMA sells 3 LOC at 1.50
    When the clearing house reports that 7 LOC at C1 were assigned (report A1)
    Then these books are exercised or assigned:
      | who   | long | short |
      | ALPHA | 0    | 4     |
      | BETA  | 0    | 2     |
      | GAMMA | 0    | 1     |
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | LOC      | 0    | 8     |
      | ALPHA | CLM0     | 0    | 4     |
      | C1    | CLM0     | 0    | 7     |
    When the clearing house reports that 1 LOC at C1 were assigned (report A2)
    Then one of ALPHA, BETA and GAMMA is assigned 1 lot by the draw
    When the clearing house reports that 1 LOC at C1 were assigned (report A2)
    Then it was known already, and counts once

  Scenario: An early exercise goes to those who asked
    BETA asked for 6, the house reports 4; then 8: BETA's last 2, and 6 that nobody asked for, pro
    rata over ALPHA's 10 and BETA's 4: 4 and 2.

    Given ALPHA buys 10 LOC at 1.50
    And BETA buys 10 LOC at 1.50
    And BETA asks to exercise 6 LOC
    When the clearing house reports that 4 LOC at C1 were exercised (report E1)
    Then nobody is called
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 0    | 0     |
      | BETA  | CLM0     | 4    | 0     |
    When the clearing house reports that 8 LOC at C1 were exercised (report E2)
    Then a person is called: "6 lots were exercised that nobody had asked for"
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 4    | 0     |
      | BETA  | CLM0     | 8    | 0     |

  Scenario: A wrong exercise is refused
    What the clearing house reports it has done: what the books cannot take calls a person.
    LX are European: nothing of them before expiry, then cash: 10 × 2.25 × 1,000.00 = 22,500.00, less
    the premium of 15,000.00.

    Given ALPHA buys 10 LOC at 1.50
    And ALPHA buys 10 LXC at 1.50
    When ALPHA asks to exercise 11 LOC
    Then this is refused with 7102, exercise lots too few, because "holds 10 lots long there, not 11"
    When BETA asks to exercise 1 LOC
    Then this is refused with 7102, exercise lots too few
    When ALPHA asks to exercise 1 CLM0
    Then this is refused with 7101, not an option
    When the clearing house reports that 11 LOC at C1 were exercised (report E1)
    Then this is refused with 7102, exercise lots too few
    And a person is called: "books hold 10 lots of LOC there, not 11"
    When the clearing house reports that 1 LXC at C1 were exercised (report E2)
    Then this is refused with 7103, exercise style
    And a person is called: "LXC is European: it is exercised at expiry alone"
    When LXC expires, what it is on being at 22.25
    Then the cash of ALPHA is 992,500.00 USD
    And nothing of LXC is left
