Feature: A contract from its listing to its end
  One lot of CL is worth 1,000.00 USD a point, NK 1,000 JPY, CU 5.00 CNY.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick  | margin | delivery | days before notice |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01  | 10 %   | block    | 1                  |
      | HO      | NYMEX | USD      | 42,000.00        | 0.01  | 10 %   | warn     | 0                  |
      | RB      | NYMEX | USD      | 42,000.00        | 0.01  | 10 %   | close    | 1                  |
      | NK      | OSE   | JPY      | 1,000            | 5     | 10 %   |          |                    |
      | CU      | SHFE  | CNY      | 5.00             | 10.00 | 10 %   |          |                    |
    And these contracts:
      | contract | product | first trading day  | last trading day   | first notice day     |
      | CLK0     | CL      |                    | Tuesday 2020-04-21 | Thursday 2020-04-23  |
      | CLM0     | CL      |                    |                    | Wednesday 2020-04-22 |
      | CLN0     | CL      |                    |                    |                      |
      | CLZ0     | CL      | Tuesday 2020-04-21 |                    |                      |
      | HOM0     | HO      |                    |                    | Tuesday 2020-04-21   |
      | RBM0     | RB      |                    | Friday 2020-04-24  | Wednesday 2020-04-22 |
      | NKM0     | NK      |                    |                    |                      |
      | CU09     | CU      |                    |                    |                      |
    And these currencies:
      | currency | in USD |
      | JPY      | 0.01   |
      | CNY      | 0.14   |
    And NYMEX opens for Monday 2020-04-20
    And OSE opens for Monday 2020-04-20
    And SHFE opens for Monday 2020-04-20
    And these marks:
      | contract | price     |
      | CLK0     | 10.00     |
      | CLM0     | 20.00     |
      | CLN0     | 20.50     |
      | CLZ0     | 30.00     |
      | HOM0     | 1.00      |
      | RBM0     | 1.00      |
      | NKM0     | 20,000    |
      | CU09     | 40,000.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
      | C1      | FUND  | 50,000,000 JPY    |
      | CN1     | FUND  | 1,000,000.00 CNY  |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |
      | GAMMA | 1,000,000.00 USD |

  Scenario: Nothing is traded before the listing or after the last trading day
    When ALPHA orders to buy 1 CLZ0 at 30.00
    Then this is refused with 3022, order contract not listed
    When the next day at NYMEX is Tuesday 2020-04-21
    And ALPHA buys 1 CLZ0 at 30.00
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLZ0     | 1    | 0     |
    When ALPHA buys 1 CLK0 at 10.00
    And the next day at NYMEX is Wednesday 2020-04-22
    And ALPHA orders to sell 1 CLK0 at 10.00
    Then this is refused with 3021, order contract expired, because "CLK0 ended on 2020-04-21"

  Scenario: The final settlement closes every position, below zero too
    May crude ends at -37.63.  ALPHA's 2 lots from 10.00 lose 2 × 47,630.00 = 95,260.00, BETA's sold
    lot gains 47,630.00.

    Given ALPHA buys 2 CLK0 at 10.00
    And BETA sells 1 CLK0 at 10.00
    And ALPHA orders to buy 1 CLK0 at 9.00 until cancelled (order O1)
    When CLK0 ends at -37.63
    Then the cash is:
      | who   | cash             |
      | ALPHA | 904,740.00 USD   |
      | BETA  | 1,047,630.00 USD |
      | C1    | 9,952,370.00 USD |
    And nothing of CLK0 is left
    And order O1 is expired
    And ALPHA has realised -95,260.00 USD in CLK0
    When ALPHA orders to buy 1 CLK0 at 10.00
    Then this is refused with 3021, order contract expired
    When CLK0 ends at -37.63
    Then this is refused with 2015, contract expired

  Scenario: The final settlement follows those of the days before
    Bought at 20,000, settled at 20,100: 2 × 100 × 1,000 = 200,000 JPY.
    Ended at 19,900: 2 × 200 × 1,000 = 400,000 JPY less.

    Given ALPHA buys 2 NKM0 at 20,000
    When OSE settles Monday 2020-04-20 with NKM0 at 20,100
    Then the cash of ALPHA is 200,000 JPY
    When the next day at OSE is Tuesday 2020-04-21
    And NKM0 ends at 19,900
    Then the cash of ALPHA is -200,000 JPY
    And nothing of NKM0 is left

  Scenario: Both sides of a gross account end
    5 lots long and 3 short in copper from 40,000 to 40,100: 5 × 500.00 - 3 × 500.00.

    Given ALPHA buys 5 CU09 at 40,000.00 to open
    And ALPHA sells 3 CU09 at 40,000.00 to open
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CU09     | 5    | 3     |
      | CN1   | CU09     | 5    | 3     |
    When CU09 ends at 40,100.00
    Then the cash of ALPHA is 1,000.00 CNY
    And nothing of CU09 is left

  Scenario: Before first notice day the desk only reduces
    Notice is on Wednesday; from Tuesday on nothing is opened in June.  December may be bought instead.

    Given ALPHA buys 10 CLM0 at 20.00
    When the next day at NYMEX is Tuesday 2020-04-21
    And ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3042, delivery guard, because "may be delivered from 2020-04-22 on"
    When ALPHA buys 1 CLZ0 at 30.00
    And ALPHA sells 4 CLM0 at 20.00
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 6    | 0     |
      | ALPHA | CLZ0     | 1    | 0     |

  Scenario: Positions that may be delivered are named every evening
    Given ALPHA buys 3 HOM0 at 1.00
    And BETA sells 1 HOM0 at 1.00
    When NYMEX settles Monday 2020-04-20 with HOM0 at 1.00
    Then the publication of margin says nothing
    When the next day at NYMEX is Tuesday 2020-04-21
    And ALPHA buys 1 HOM0 at 1.00
    And NYMEX settles Tuesday 2020-04-21 with HOM0 at 1.00
    Then the publication of margin says: "HOM0: first notice day is 2020-04-21, 5 lots are open"

  Scenario: A guard that closes sells what is long before first notice, in one order
    Notice is on Wednesday, so Tuesday is the last day.  The order may go 20 ticks beyond the mark: 1.00 on Tuesday, 0.99 on Thursday.
    BETA's short lot is closed before the last trading day, Friday: who sold decides to deliver.
    13 lots from 1.00 sold at 0.99: 420.00 less a lot, paid with Tuesday's settlement.

    Given ALPHA buys 10 RBM0 at 1.00
    And GAMMA buys 3 RBM0 at 1.00
    And BETA sells 1 RBM0 at 1.00
    When the next day at NYMEX is Tuesday 2020-04-21
    Then the delivery guard orders to sell RBM0 at 0.80 (order G1), for:
      | who   | lots |
      | ALPHA | 10   |
      | GAMMA | 3    |
    When ALPHA orders to buy 1 RBM0 at 1.00
    Then this is refused with 3042, delivery guard
    When the venue fills 13 lots of order G1 at 0.99
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | RBM0     | 0    | 0     |
      | GAMMA | RBM0     | 0    | 0     |
      | BETA  | RBM0     | 0    | 1     |
    When NYMEX settles Tuesday 2020-04-21 with RBM0 at 0.99
    Then nobody is called
    And the cash of ALPHA is 995,800.00 USD
    When the next day at NYMEX is Wednesday 2020-04-22
    And the next day at NYMEX is Thursday 2020-04-23
    Then the delivery guard orders to buy RBM0 at 1.19 (order G2), for:
      | who  | lots |
      | BETA | 1    |

  Scenario: What the guard could not close calls a person the evening before
    Given ALPHA buys 10 RBM0 at 1.00
    When the next day at NYMEX is Tuesday 2020-04-21
    Then the delivery guard orders to sell RBM0 at 0.80 (order G1), for:
      | who   | lots |
      | ALPHA | 10   |
    When the venue fills 7 lots of order G1 at 1.00
    And NYMEX settles Tuesday 2020-04-21 with RBM0 at 1.00
    Then a person is called: "3 lots long were not closed, and may be delivered from 2020-04-22 on"

  Scenario: A roll is two orders that leave together, and tells what it cost
    June: 3 lots sold at 20.00 and 1 at 20.04 are 20.01 on average; from 19.00 they bring
    3 × 1,000.00 + 1,040.00.  July: 2 bought at 20.50 and 2 at 20.55 are 20.525, so the roll cost
    0.515.  Settled at 20.60, July brings 2 × 100.00 + 2 × 50.00 more.

    Given ALPHA buys 4 CLM0 at 19.00
    When ALPHA rolls 4 long CLM0 at 20.00 into CLN0 at 20.55 (roll R1)
    And the venue fills 3 lots of order R1-near at 20.00
    And the venue fills 2 lots of order R1-far at 20.50
    And the venue fills 1 lots of order R1-near at 20.04
    And the venue fills 2 lots of order R1-far at 20.55
    Then the roll is over:
      | leg  | lots | average |
      | near | 4    | 20.01   |
      | far  | 4    | 20.525  |
    And far less near is 0.515
    And nobody is called
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 0    | 0     |
      | ALPHA | CLN0     | 4    | 0     |
      | C1    | CLN0     | 4    | 0     |
    And ALPHA has realised 4,040.00 USD in CLM0
    When NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 20.00 |
      | CLN0     | 20.60 |
    Then the cash of ALPHA is 1,004,340.00 USD

  Scenario: A leg that is cancelled takes the other one with it, and a person hears what is missing
    ALPHA is 4 lots short and wants out of June at 19.90, which nobody sells.  2 of 4 July lots are
    sold when it cancels: short 4 in June and 2 in July.

    Given ALPHA sells 4 CLM0 at 20.00
    When ALPHA rolls 4 short CLM0 at 19.90 into CLN0 at 20.50 (roll R1)
    And the venue fills 2 lots of order R1-far at 20.50
    And ALPHA cancels order R1-near
    Then this asks the venue to cancel orders R1-near and R1-far
    When the venue confirms that order R1-near is cancelled
    And the venue confirms that order R1-far is cancelled
    Then the roll is over:
      | leg  | lots | average |
      | near | 0    | -       |
      | far  | 2    | 20.50   |
    And a person is called: "ALPHA closed 0 lots of CLM0 and opened 2 of CLN0: 2 lots more were opened than closed"
    And the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 0    | 4     |
      | ALPHA | CLN0     | 0    | 2     |

  Scenario: A roll is refused whole
    ALPHA may hold 6 lots of crude.  While the near leg is not filled both months count: 4 + 4 are too
    many, 4 + 2 are not.  The 2 that roll are promised, so 2 are left to roll.

    Given ALPHA buys 4 CLM0 at 20.00
    And ALPHA may hold 6 lots of CL, long or short
    When ALPHA rolls 4 long CLM0 at 20.00 into CLN0 at 20.50
    Then this is refused with 3050, position limit, because "far leg: "
    When ALPHA rolls 2 long CLM0 at 20.005 into CLN0 at 20.50
    Then this is refused with 3024, order price off tick, because "near leg: "
    When ALPHA rolls 1 short CLM0 at 20.00 into CLN0 at 20.50
    Then this is refused with 7111, roll lots too few, because "0 lots short of CLM0 can be rolled"
    When ALPHA rolls 2 long CLM0 at 20.00 into CLN0 at 20.50 (roll R1)
    And ALPHA rolls 3 long CLM0 at 20.00 into CLN0 at 20.50
    Then this is refused with 7111, roll lots too few, because "2 lots long of CLM0 can be rolled"

  Scenario: The delivery guard lets a roll out and none in
    On Tuesday June may only be left.  July may be opened.

    Given ALPHA buys 2 CLK0 at 10.00
    And BETA buys 2 CLM0 at 20.00
    When the next day at NYMEX is Tuesday 2020-04-21
    And ALPHA rolls 2 long CLK0 at 10.00 into CLM0 at 20.00
    Then this is refused with 3042, delivery guard, because "far leg: "
    When BETA rolls 2 long CLM0 at 20.00 into CLN0 at 20.50 (roll R1)
    And the venue fills 2 lots of order R1-near at 20.00
    And the venue fills 2 lots of order R1-far at 20.50
    Then the roll is over:
      | leg  | lots | average |
      | near | 2    | 20.00   |
      | far  | 2    | 20.50   |
