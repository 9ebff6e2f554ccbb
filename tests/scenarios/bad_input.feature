Feature: Bad input is refused with its reason, and nothing is half-applied
  After every refusal the desk is what it was, to the byte.

  One lot of CL is worth 1,000.00 USD a point; its margin is 10 % of its value.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin | far is beyond | kind   | money moves  | exercised | brings |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   | 5 %           | future | daily        |           |        |
      | LO      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |               | option | at the trade | american  | future |
    And these contracts:
      | contract | product | right | strike | becomes | in the margin file     |
      | CLM0     | CL      |       |        |         | XYZ/CL/FUT/202006      |
      | LOC      | LO      | call  | 20.00  | CLM0    | XYZ/CL/OOF/202006/C/20 |
    And the margin file of Friday 2020-04-17 is in force at NYMEX
    And these funding terms, on a clock of UTC:
      | account | currency | cut-off | after it | calls are due at |
      | C1      | USD      | 18:00   | next day | 12:00            |
    And NYMEX opens for Monday 2020-04-20
    And these marks:
      | contract | price |
      | CLM0     | 20.00 |
      | LOC      | 1.50  |
    And this cash:
      | account | owner | cash             |
      | C1      | FUND  | 1,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital        |
      | ALPHA | 200,000.00 USD |
    And ALPHA buys 4 CLM0 at 20.00
    And the broker's files are read with this map:
      """
      [positions.columns]
      day = "Date"
      contract = "Symbol"
      lots = "Net"
      """

  Scenario: A statement of the wrong day
    When this file comes as the broker's statement of C1 of Monday 2020-04-20:
      """
      Date,Symbol,Net
      2020-04-17,CLM0,4
      """
    Then this file is refused, nothing of it was taken in, and told is:
      | fault                                                                                       |
      | broker.csv, line 2: is of 2020-04-17, asked for is 2020-04-20: the statement of another day |
    When a comparison with the broker's statement of C1 of Tuesday 2020-04-21 comes
    Then this is refused with 7201, statement of the future

  Scenario: A settlement price far from the last trade needs a second person
    5 % of 20.00 is 1.00: 21.00 is near, 21.01 is far.

    When NYMEX settles Monday 2020-04-20 with CLM0 at 21.01
    Then this is refused with 7010, settlement price far, because "CLM0: 21.01 is further than 50000 ppm from the mark 20"
    And the cash of ALPHA is 200,000.00 USD
    When NYMEX settles Monday 2020-04-20 with CLM0 at 21.01, approved by boss
    Then the cash of ALPHA is 204,040.00 USD

  Scenario: A file with a missing column
    When this file comes as the broker's statement of C1 of Monday 2020-04-20:
      """
      Date,Symbol
      2020-04-20,CLM0
      """
    Then this file is refused, nothing of it was taken in, and told is:
      | fault                                                                                             |
      | broker.csv, line 1, column Net: is missing; [positions] lots needs it, the file has: Date, Symbol |

  Scenario: A file of two encodings
    When this file comes as the broker's statement of C1 of Monday 2020-04-20, with line 3 in gbk:
      """
      Date,Symbol,Net
      2020-04-20,原油六月,4
      2020-04-20,原油七月,4
      """
    Then this file is refused, nothing of it was taken in, and told is:
      | fault                                                                                            |
      | broker.csv, line 3: byte 14 (0xd3) is not utf-8; lines before it are: the file has two encodings |

  Scenario: An exercise beyond the position
    Given ALPHA buys 3 LOC at 1.50
    When ALPHA asks to exercise 4 LOC
    Then this is refused with 7102, exercise lots too few, because "ALPHA holds 3 lots long there, not 4"
    When the clearing house reports that 4 LOC at C1 were exercised (report E1)
    Then this is refused with 7102, exercise lots too few, because "books hold 3 lots of LOC there, not 4"
    And a person is called: "books hold 3 lots of LOC there, not 4"
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | LOC      | 3    | 0     |
      | ALPHA | CLM0     | 4    | 0     |

  Scenario: A wire beyond the free cash
    4 lots need 4 × 3,000.00 by the margin file: 1,000,000.00 - 12,000.00 = 988,000.00 are free at the
    broker; of the reserve's 800,000.00 nothing beyond them can go either.

    When FUND asks to wire 988,000.01 USD out of C1, value Monday 2020-04-20
    Then this is refused with 2104, wire beyond free cash, because "free 988000.00"
    When FUND asks to wire 800,000.01 USD out of C1, value Monday 2020-04-20
    Then this is refused with 2010, cash too small
    And 0.00 USD of FUND are promised to wires
    And the cash of the reserve of FUND is 800,000.00 USD
