Feature: What a fill costs, and what a balance bears
  A fee is the sum of its rows.  Interest runs by nights and is kept to the micro.

  One lot of ES is worth 50.00 USD a point, CL 1,000.00 USD, NK 1,000 JPY, CU 5.00 CNY.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick  | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01  | 10 %   |
      | ES      | NYMEX | USD      | 50.00            | 0.25  | 10 %   |
      | NK      | OSE   | JPY      | 1,000            | 5     | 10 %   |
      | CU      | SHFE  | CNY      | 5.00             | 10.00 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | ESM0     | ES      |
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
      | ESM0     | 3,000.00  |
      | NKM0     | 20,000    |
      | CU09     | 40,000.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
      | C1      | FUND  | 36,000,000 JPY    |
      | CN1     | FUND  | 3,650,000.00 CNY  |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |
      | GAMMA | 1,000,000.00 USD |

  Scenario: A fill is charged row by row, and a rebate pays
    3 lots: 3.54 exchange, 0.57 clearing, 0.06 NFA, 2.55 commission, 0.15 give-up, less 0.30:
    6.57 in all.

    Given these fees from Monday 2020-04-20 on, in the currency of the product:
      | row        | paid to    | for | a lot | rebate |
      | exchange   | exchange   | ES  | 1.18  | no     |
      | clearing   | clearing   | ES  | 0.19  | no     |
      | NFA        | regulatory | ES  | 0.02  | no     |
      | commission | broker     | ES  | 0.85  | no     |
      | give-up    | give-up    | ES  | 0.05  | no     |
      | volume     | exchange   | ES  | -0.10 | yes    |
    When ALPHA buys 3 ESM0 at 3,000.00
    Then the last fill cost ALPHA row by row:
      | row        | fee       |
      | exchange   | 3.54 USD  |
      | clearing   | 0.57 USD  |
      | NFA        | 0.06 USD  |
      | commission | 2.55 USD  |
      | give-up    | 0.15 USD  |
      | volume     | -0.30 USD |
    And the cash is:
      | who   | cash             |
      | ALPHA | 999,993.43 USD   |
      | C1    | 9,999,993.43 USD |

  Scenario: Closing today has a rate of its own
    A lot of copper at 40,000 is worth 200,000.00 CNY.  Opening costs 0.005 %, 10.00 a lot; closing
    lots of today 0.01 %, 20.00; closing lots of yesterday 10.00 again.
    Opened 2: 20.00.  Closed 1 of today: 20.00.  Closed 1 of yesterday: 10.00.

    Given these fees from Monday 2020-04-20 on, in the currency of the product:
      | row      | paid to  | for | of the value | of the value closed today |
      | exchange | exchange | CU  | 0.005 %      | 0.01 %                    |
    When ALPHA buys 2 CU09 at 40,000.00 to open
    Then ALPHA has paid 20.00 CNY of fees
    When ALPHA sells 1 CU09 at 40,000.00 to close today
    Then ALPHA has paid 40.00 CNY of fees
    When the next day at SHFE is Tuesday 2020-04-21
    And ALPHA sells 1 CU09 at 40,000.00 to close yesterday
    Then ALPHA has paid 50.00 CNY of fees
    And the cash of ALPHA is -50.00 CNY

  Scenario: An order pays its minimum once, and more when its fills outgrow it
    1.00 a lot, at least 5.00 an order.  Fills of 2, 2 and 3 lots: 5.00, then nothing, then 2.00.

    Given these fees from Monday 2020-04-20 on, in the currency of the product:
      | row        | paid to | for | a lot | least an order |
      | commission | broker  | CL  | 1.00  | 5.00           |
    And ALPHA orders to buy 7 CLM0 at 20.00 (order O1)
    When the venue fills 2 lots of order O1 at 20.00
    Then ALPHA has paid 5.00 USD of fees
    When the venue fills 2 lots of order O1 at 20.00
    Then ALPHA has paid 5.00 USD of fees
    When the venue fills 3 lots of order O1 at 20.00
    Then ALPHA has paid 7.00 USD of fees

  Scenario: A lot costs less the more the account has traded in the month
    1.20 a lot, 0.95 beyond 10 lots of the month, 0.80 beyond 25; all fills of the broker's account
    count.  ALPHA's 8: 9.60.  BETA's 4: two at 1.20, two at 0.95, 4.30.  ALPHA's 20: 13 × 0.95 +
    7 × 0.80 = 17.95.  In May it begins anew.

    Given these fees from Monday 2020-04-20 on, in the currency of the product:
      | row        | paid to | for | a lot | beyond lots of the month |
      | commission | broker  | CL  | 1.20  | 10: 0.95, 25: 0.80       |
    When ALPHA buys 8 CLM0 at 20.00
    Then ALPHA has paid 9.60 USD of fees
    When BETA sells 4 CLM0 at 20.00
    Then BETA has paid 4.30 USD of fees
    When ALPHA buys 20 CLM0 at 20.00
    Then ALPHA has paid 27.55 USD of fees
    And the cash of C1 is 9,999,968.15 USD
    When the next day at NYMEX is Monday 2020-05-04
    And ALPHA sells 1 CLM0 at 20.00
    Then ALPHA has paid 28.75 USD of fees

  Scenario: What a day lacks to its least is charged when it is settled, by lots
    1.00 a lot, at least 10.00 a day: 4 lots paid 4.00 and 6.00 lack; 3 of the 4 lots are ALPHA's.

    Given these fees from Monday 2020-04-20 on, in the currency of the product:
      | row        | paid to | for | a lot | least a day |
      | commission | broker  | CL  | 1.00  | 10.00       |
    And ALPHA buys 3 CLM0 at 20.00
    And BETA buys 1 CLM0 at 20.00
    When NYMEX settles Monday 2020-04-20 with CLM0 at 20.00
    Then what Monday 2020-04-20 lacks to its least is charged:
      | who   | fee      |
      | ALPHA | 4.50 USD |
      | BETA  | 1.50 USD |
    And the cash is:
      | who   | cash             |
      | ALPHA | 999,992.50 USD   |
      | BETA  | 999,997.50 USD   |
      | C1    | 9,999,990.00 USD |

  Scenario: A day whose only fill never was owes no least
    4 lots paid 4.00 and, at the settlement, 6.00 more.  Both come back with the bust.

    Given these fees from Monday 2020-04-20 on, in the currency of the product:
      | row        | paid to | for | a lot | least a day |
      | commission | broker  | CL  | 1.00  | 10.00       |
    And ALPHA buys 4 CLM0 at 20.00 (fill F1)
    When NYMEX settles Monday 2020-04-20 with CLM0 at 20.00
    Then ALPHA has paid 10.00 USD of fees
    When the venue busts fill F1 at C1
    And NYMEX shuts
    And the trading day Monday 2020-04-20 is closed at NYMEX
    Then what Monday 2020-04-20 lacks to its least is charged:
      | who   | fee       |
      | ALPHA | -6.00 USD |
    And the cash of C1 is 10,000,000.00 USD

  Scenario: A fee in yen is paid in yen, from the day that its row begins
    11 JPY a lot from Tuesday on: 2 lots cost 22.

    Given these fees from Tuesday 2020-04-21 on, in the currency of the product:
      | row      | paid to  | for | a lot |
      | exchange | exchange | NK  | 11    |
    When ALPHA buys 1 NKM0 at 20,000
    Then ALPHA has paid 0 JPY of fees
    When the next day at OSE is Tuesday 2020-04-21
    And ALPHA buys 2 NKM0 at 20,000
    Then ALPHA has paid 22 JPY of fees
    And the cash is:
      | who   | cash           |
      | ALPHA | -22 JPY        |
      | C1    | 35,999,978 JPY |

  Scenario: Brokers bear interest by the day count of each currency
    USD: 10,000,000.00 × 3.6 % / 360 = 1,000.00 a night.
    JPY: 36,000,000 × -0.1 % / 360 = -100 a night.
    CNY: 3,650,000.00 × 1 % / 365 = 100.00 a night.

    Given these interest rates from Monday 2020-04-20 on:
      | on  | currency | credit | days of a year |
      | C1  | USD      | 3.6 %  | 360            |
      | C1  | JPY      | -0.1 % | 360            |
      | CN1 | CNY      | 1 %    | 365            |
    When interest is posted for the nights from Monday 2020-04-20 to Tuesday 2020-04-21
    Then the interest is:
      | on  | for  | interest     |
      | C1  | cash | 1,000.00 USD |
      | C1  | cash | -100.00 JPY  |
      | CN1 | cash | 100.00 CNY   |
    And the cash is:
      | who                 | cash              |
      | C1                  | 10,001,000.00 USD |
      | the reserve of FUND | 7,001,000.00 USD  |
      | the reserve of FUND | 35,999,900.00 JPY |

  Scenario: A weekend bears three nights, each at its own rate, and none twice
    Friday's night at 3.6 %: 1,000.00.  From Saturday on 7.2 %: two nights of 2,000.00.

    Given these interest rates from Monday 2020-04-20 on:
      | on | currency | credit | days of a year |
      | C1 | USD      | 3.6 %  | 360            |
    And these interest rates from Saturday 2020-04-25 on:
      | on | currency | credit | days of a year |
      | C1 | USD      | 7.2 %  | 360            |
    When interest is posted for the nights from Friday 2020-04-24 to Monday 2020-04-27
    Then the interest is:
      | on | for  | interest     |
      | C1 | cash | 5,000.00 USD |
    When interest is posted for the nights from Sunday 2020-04-26 to Monday 2020-04-27
    Then this is refused with 2121, interest days

  Scenario: The reserve pays its sub-accounts, and what it pays comes from nowhere else
    1,000,000.00 × 3.6 % / 360 = 100.00; GAMMA has 7.2 %: 200.00.  The reserve pays 400.00.

    Given these interest rates from Monday 2020-04-20 on:
      | on                | currency | credit | days of a year |
      | every sub-account | USD      | 3.6 %  | 360            |
      | GAMMA             | USD      | 7.2 %  | 360            |
    When interest is posted for the nights from Monday 2020-04-20 to Tuesday 2020-04-21
    Then the interest is:
      | on    | for  | interest   |
      | ALPHA | cash | 100.00 USD |
      | BETA  | cash | 100.00 USD |
      | GAMMA | cash | 200.00 USD |
    And the cash is:
      | who                 | cash              |
      | the reserve of FUND | 6,999,600.00 USD  |
      | C1                  | 10,000,000.00 USD |

  Scenario: Benefit of the pool is charged for where it is used
    ALPHA is long 400, BETA and GAMMA are short 200 each: the pool nets to nothing.
    At 19.25 ALPHA needs 400 × 19,250.00 × 10 % = 770,000.00 and has 1,000,000.00 - 300,000.00:
    it uses 70,000.00 of its grant.  At 3.6 % / 360 that is 7.00 a night.

    Given ALPHA buys 400 CLM0 at 20.00
    And BETA sells 200 CLM0 at 20.00
    And GAMMA sells 200 CLM0 at 20.00
    When ALPHA is granted 100,000.00 USD of the pool's benefit
    Then this is refused with 1001, second person required
    When ALPHA is granted 100,000.00 USD of the pool's benefit, approved by boss
    And these interest rates from Monday 2020-04-20 on:
      | on                | currency | on used benefit |
      | every sub-account | USD      | 3.6 %           |
    And the mark of CLM0 is 19.25
    And interest is posted for the nights from Monday 2020-04-20 to Tuesday 2020-04-21
    Then the interest is:
      | on    | for     | interest  |
      | ALPHA | benefit | -7.00 USD |
    And the cash is:
      | who                 | cash             |
      | ALPHA               | 999,993.00 USD   |
      | the reserve of FUND | 7,000,007.00 USD |
