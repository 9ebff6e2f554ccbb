Feature: Calendars: which day it is at a venue, and what its phases let orders do
  What happens at night belongs to the next trading day.  Sessions, half days and holidays are those
  of the shipped calendars, told on the exchange's own clock.

  One lot of CL is worth 1,000.00 USD a point, one lot of CU 5.00 CNY.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick  | margin | far is beyond |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01  | 10 %   | 5 %           |
      | HO      | NYMEX | USD      | 42,000.00        | 0.01  | 10 %   | 5 %           |
      | CU      | SHFE  | CNY      | 5.00             | 10.00 | 10 %   |               |
      | AG      | SHFE  | CNY      | 15.00            | 1.00  | 10 %   |               |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | HOM0     | HO      |
      | CU09     | CU      |
      | AG12     | AG      |
    And these currencies:
      | currency | in USD |
      | CNY      | 0.14   |
    And these marks:
      | contract | price     |
      | CLM0     | 20.00     |
      | HOM0     | 1.00      |
      | CU09     | 40,000.00 |
      | AG12     | 4,000.00  |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
      | CN1     | FUND  | 1,000,000.00 CNY  |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: The night session belongs to the next trading day
    Copper trades from 21:00 until 01:00 in Shanghai.  What ALPHA buys on Monday night is of
    Tuesday: 1 lot of yesterday, 2 of today.
    Monday: 1 lot from 40,000 to 40,100 gains 500.00.
    Tuesday: 1 lot from 40,100 and 2 lots from 40,200 to 40,150: 250.00 - 500.00.

    Given SHFE keeps the calendar shfe-0100
    And it is 08:00 on Monday 2020-07-20 in Asia/Shanghai
    And SHFE opens the trading day Monday 2020-07-20 by its calendar
    And it is 09:30 on Monday 2020-07-20 in Asia/Shanghai
    And ALPHA buys 1 CU09 at 40,000 to open
    And it is 15:30 on Monday 2020-07-20 in Asia/Shanghai
    When SHFE settles Monday 2020-07-20 with CU09 at 40,100
    Then the cash of ALPHA is 500.00 CNY
    When the trading day Monday 2020-07-20 is closed at SHFE
    And SHFE opens the trading day Tuesday 2020-07-21 by its calendar
    And it is 21:30 on Monday 2020-07-20 in Asia/Shanghai
    Then SHFE is in phase open of Tuesday 2020-07-21
    When ALPHA buys 2 CU09 at 40,200 to open
    Then the positions are:
      | who   | contract | long | short | of today |
      | ALPHA | CU09     | 3    | 0     | 2        |
      | CN1   | CU09     | 3    | 0     |          |
    When it is 15:30 on Tuesday 2020-07-21 in Asia/Shanghai
    And SHFE settles Tuesday 2020-07-21 with CU09 at 40,150
    Then the cash of ALPHA is 250.00 CNY

  Scenario: The night of one product ends before that of another
    Silver trades until 02:30 in Shanghai, copper until 01:00.  Both begin again at 09:00.

    Given SHFE keeps the calendar shfe-0230
    And CU keeps the calendar shfe-0100
    And it is 16:00 on Monday 2020-07-20 in Asia/Shanghai
    And SHFE opens the trading day Tuesday 2020-07-21 by its calendar
    When it is 00:30 on Tuesday 2020-07-21 in Asia/Shanghai
    And ALPHA buys 1 CU09 at 40,000 to open
    And ALPHA buys 2 AG12 at 4,000 to open
    And it is 01:30 on Tuesday 2020-07-21 in Asia/Shanghai
    And ALPHA orders to buy 1 CU09 at 40,000 to open
    Then this is refused with 7020, session halted, because "product CU at venue SHFE is halted"
    When ALPHA buys 1 AG12 at 4,000 to open
    And it is 02:30 on Tuesday 2020-07-21 in Asia/Shanghai
    And ALPHA orders to buy 1 AG12 at 4,000 to open
    Then this is refused with 7020, session halted
    When it is 09:00 on Tuesday 2020-07-21 in Asia/Shanghai
    And ALPHA sells 1 CU09 at 40,000 to close today
    Then the positions are:
      | who   | contract | long | short | of today |
      | ALPHA | CU09     | 0    | 0     | 0        |
      | ALPHA | AG12     | 3    | 0     | 3        |

  Scenario: A half day shuts early
    On the Friday after Thanksgiving energy trades until 12:45 in Chicago.  Its trading day began
    on Wednesday evening.

    Given NYMEX keeps the calendar cme-energy
    And it is 16:50 on Wednesday 2020-11-25 in America/Chicago
    And NYMEX opens the trading day Friday 2020-11-27 by its calendar
    When it is 18:00 on Wednesday 2020-11-25 in America/Chicago
    Then NYMEX is in phase open of Friday 2020-11-27
    When it is 12:30 on Friday 2020-11-27 in America/Chicago
    And ALPHA buys 1 CLM0 at 20.00
    And it is 12:45 on Friday 2020-11-27 in America/Chicago
    Then NYMEX is in phase close of Friday 2020-11-27
    When ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3023, session closed

  Scenario: On a holiday nothing opens, and the night before a long holiday is not held
    Shanghai rests from the 1st to the 8th of October 2020; the 9th has no night session.

    Given SHFE keeps the calendar shfe-0100
    And NYMEX keeps the calendar cme-energy
    When NYMEX opens for Friday 2020-12-25
    Then this is refused with 2014, wrong trading day
    And Thursday 2020-10-01 is no trading day at SHFE
    When it is 16:00 on Wednesday 2020-09-30 in Asia/Shanghai
    And SHFE opens the trading day Friday 2020-10-09 by its calendar
    And it is 21:30 on Thursday 2020-10-08 in Asia/Shanghai
    And ALPHA orders to buy 1 CU09 at 40,000 to open
    Then this is refused with 3023, session closed
    When it is 09:30 on Friday 2020-10-09 in Asia/Shanghai
    And ALPHA buys 1 CU09 at 40,000 to open
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CU09     | 1    | 0     |

  Scenario: Phases decide what orders may do
    Given NYMEX takes no orders before it opens
    And NYMEX opens the trading day Monday 2020-04-20 with these sessions, in UTC:
      | phase    | from                    | to                      |
      | pre-open | Monday 2020-04-20 12:00 | Monday 2020-04-20 13:00 |
      | open     | Monday 2020-04-20 13:00 | Monday 2020-04-20 15:00 |
      | halt     | Monday 2020-04-20 15:00 | Monday 2020-04-20 16:00 |
      | open     | Monday 2020-04-20 16:00 | Monday 2020-04-20 20:00 |
    When it is 12:30 on Monday 2020-04-20 in UTC
    And ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 7021, session pre open
    When it is 13:00 on Monday 2020-04-20 in UTC
    And ALPHA orders to buy 1 CLM0 at 20.00 (order O1)
    Then order O1 is working
    When it is 15:00 on Monday 2020-04-20 in UTC
    And ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 7020, session halted
    When ALPHA cancels order O1
    And the venue confirms that order O1 is cancelled
    Then order O1 is cancelled
    When it is 20:00 on Monday 2020-04-20 in UTC
    And ALPHA orders to buy 1 CLM0 at 20.00
    Then this is refused with 3023, session closed

  Scenario: A halt of one product leaves the others trading
    Heating oil rests from 14:00 to 15:00; crude goes on.  What rests takes cancels only.

    Given NYMEX opens the trading day Monday 2020-04-20 with these sessions, in UTC:
      | product | phase | from                    | to                      |
      |         | open  | Monday 2020-04-20 13:00 | Monday 2020-04-20 20:00 |
      | HO      | open  | Monday 2020-04-20 13:00 | Monday 2020-04-20 14:00 |
      | HO      | halt  | Monday 2020-04-20 14:00 | Monday 2020-04-20 15:00 |
      | HO      | open  | Monday 2020-04-20 15:00 | Monday 2020-04-20 18:00 |
    And it is 13:30 on Monday 2020-04-20 in UTC
    And ALPHA orders to buy 1 HOM0 at 1.00 (order O1)
    When it is 14:00 on Monday 2020-04-20 in UTC
    And ALPHA orders to buy 1 HOM0 at 1.00
    Then this is refused with 7020, session halted, because "product HO at venue NYMEX is halted"
    When ALPHA buys 1 CLM0 at 20.00
    And ALPHA cancels order O1
    And the venue confirms that order O1 is cancelled
    Then order O1 is cancelled
    When it is 15:00 on Monday 2020-04-20 in UTC
    And ALPHA buys 1 HOM0 at 1.00
    And it is 18:30 on Monday 2020-04-20 in UTC
    And ALPHA orders to buy 1 HOM0 at 1.00
    Then this is refused with 3023, session closed
    When ALPHA buys 1 CLM0 at 20.00
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | HOM0     | 1    | 0     |
      | ALPHA | CLM0     | 2    | 0     |
