Feature: Fills that need a person
  What the venue executed is booked, whoever ordered it.  What was wrong is mended today, in exactly
  the books that had it.

  One lot of CL is worth 1,000.00 USD a point, CU 5.00 CNY, NK 1,000 JPY.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick  | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01  | 10 %   |
      | NK      | OSE   | JPY      | 1,000            | 5     | 10 %   |
      | CU      | SHFE  | CNY      | 5.00             | 10.00 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | NKM0     | NK      |
      | CU09     | CU      |
    And these currencies:
      | currency | in USD |
      | JPY      | 0.01   |
      | CNY      | 0.14   |
    And NYMEX opens for Monday 2020-04-20
    And OSE opens for Monday 2020-04-20
    And SHFE opens for Monday 2020-04-20
    And these marks:
      | contract | price     |
      | CLM0     | 20.00     |
      | NKM0     | 20,000    |
      | CU09     | 40,000.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
      | CN1     | FUND  | 1,000,000.00 CNY  |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: A block trade agreed by phone is entered by one person and vouched for by another
    10 lots bought at 19.80, marked at 20.00: ALPHA's 6 are 6 × 200.00 better, BETA's 4 800.00.

    When ops enters a block trade: buys CLM0 at 19.80 through C1, agreed on Monday 2020-04-20, cleared on Monday 2020-04-20 (fill B1):
      | who   | lots |
      | ALPHA | 6    |
      | BETA  | 4    |
    Then this is refused with 1001, second person required
    When ops enters a block trade: buys CLM0 at 19.80 through C1, agreed on Monday 2020-04-20, cleared on Monday 2020-04-20 (fill B1), approved by boss:
      | who   | lots |
      | ALPHA | 6    |
      | BETA  | 4    |
    Then the entered fill is told as a block trade vouched for by ops and boss
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 6    | 0     |
      | BETA  | CLM0     | 4    | 0     |
      | C1    | CLM0     | 10   | 0     |
    And the equity is:
      | who   | equity           |
      | ALPHA | 1,001,200.00 USD |
      | BETA  | 1,000,800.00 USD |

  Scenario: A fill that is entered a day late is of its day
    3 lots of copper cleared on Monday at 40,000 are told on Tuesday.  They are yesterday's lots.
    Tuesday settles at 40,030: 3 × 5.00 × 30 = 450.00.

    Given SHFE settles Monday 2020-04-20 with CU09 at 40,020
    And the next day at SHFE is Tuesday 2020-04-21
    When ops enters a give in: buys CU09 at 40,000 to open through CN1, agreed on Friday 2020-04-17, cleared on Monday 2020-04-20 (fill G1), approved by boss:
      | who   | lots |
      | ALPHA | 3    |
    Then ALPHA may close 3 lots of CU09 as yesterday's
    When SHFE settles Tuesday 2020-04-21 with CU09 at 40,030
    Then the cash of ALPHA is 450.00 CNY

  Scenario: A corrected price is paid with today's variation and names the day it mends
    Monday: 10 lots at 20.00 settled at 21.00, 10,000.00 paid.  On Tuesday the price was 19.00.
    Tuesday settles at 21.00 again and pays 10 × 1,000.00 more.  BETA hears nothing of it.

    Given ALPHA buys 10 CLM0 at 20.00 (fill F1)
    And BETA buys 10 CLM0 at 20.00 (fill F2)
    And NYMEX settles Monday 2020-04-20 with CLM0 at 21.00
    And the next day at NYMEX is Tuesday 2020-04-21
    When the broker corrects fill F1 at C1 to 10 lots at 19.00
    Then the mend is of Monday 2020-04-20 and touches only:
      | who   |
      | ALPHA |
    And the cash of ALPHA is 1,010,000.00 USD
    And the lots of ALPHA in CLM0 cost 190,000.00 USD
    When NYMEX settles Tuesday 2020-04-21 with CLM0 at 21.00
    Then the cash is:
      | who   | cash             |
      | ALPHA | 1,020,000.00 USD |
      | BETA  | 1,010,000.00 USD |

  Scenario: A correction through zero and one in yen
    3 lots bought at 0.01 were -0.01: 3 × 20.00 = 60.00 better.
    2 lots bought at 20,000 were 20,005: 2 × 5,000 = 10,000 JPY worse.

    Given the mark of CLM0 is 0.01
    And ALPHA buys 3 CLM0 at 0.01 (fill F1)
    And BETA buys 2 NKM0 at 20,000 (fill F2)
    When the broker corrects fill F1 at C1 to 3 lots at -0.01
    And the broker corrects fill F2 at C1 to 2 lots at 20,005
    And NYMEX settles Monday 2020-04-20 with CLM0 at 0.01
    And OSE settles Monday 2020-04-20 with NKM0 at 20,000
    Then the cash is:
      | who   | cash             |
      | ALPHA | 1,000,060.00 USD |
      | BETA  | -10,000 JPY      |

  Scenario: A busted fill takes back its own lots and brings back what it had closed
    5 lots at 18.00, then 3 sold at 22.00 and busted: 5 lots at 18.00 again, nothing realised.

    Given ALPHA buys 5 CLM0 at 18.00 (fill F1)
    And ALPHA sells 3 CLM0 at 22.00 (fill F2)
    Then ALPHA has realised 12,000.00 USD in CLM0
    When the venue busts fill F2 at C1
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 5    | 0     |
      | C1    | CLM0     | 5    | 0     |
    And ALPHA has realised 0.00 USD in CLM0
    And the lots of ALPHA in CLM0 cost 90,000.00 USD
    When the venue busts fill F2 at C1
    Then this is refused with 4104, fill busted

  Scenario: A venue that fills more than was ordered is booked, and a person is called
    Given ALPHA orders to buy 5 CLM0 at 20.00 (order O1)
    And the venue fills 3 lots of order O1 at 20.00
    When the venue fills 4 lots of order O1 at 20.00
    Then a person is called: "2 lots more than ordered were filled and booked"
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 7    | 0     |
      | C1    | CLM0     | 7    | 0     |

  Scenario: A fill beyond a limit is booked all the same, and opening is blocked
    What was traded was traded.

    Given ALPHA may hold 5 lots of CLM0, long or short
    When ops enters a block trade: buys CLM0 at 20.00 through C1, agreed on Monday 2020-04-20, cleared on Monday 2020-04-20 (fill B1), approved by boss:
      | who   | lots |
      | ALPHA | 6    |
      | BETA  | 1    |
    Then a person is called: "worst case 6 lots long"
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 6    | 0     |
      | BETA  | CLM0     | 1    | 0     |
    When ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3050, position limit
    When ALPHA sells 1 CLM0 at 20.00
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 5    | 0     |
