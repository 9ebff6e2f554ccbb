Feature: The books of a prior system
  They come in whole, against control totals that somebody added up elsewhere, or not at all.

  One lot of CL is worth 1,000.00 USD a point, CU 5.00 CNY.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick  | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01  | 10 %   |
      | CU      | SHFE  | CNY      | 5.00             | 10.00 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | CU09     | CU      |
    And these currencies:
      | currency | in USD |
      | EUR      | 1.10   |
      | CNY      | 0.14   |
    And NYMEX opens for Monday 2020-04-20
    And SHFE opens for Monday 2020-04-20
    And these marks:
      | contract | price     |
      | CLM0     | 20.00     |
      | CU09     | 40,000.00 |
    And the prior system has these lots:
      | who   | account | deal  | lots | contract | price     | opened              | settled up to |
      | ALPHA | C1      | buys  | 5    | CLM0     | 18.00     | Thursday 2020-04-16 | 19.00         |
      | BETA  | C1      | sells | 2    | CLM0     | 18.00     | Thursday 2020-04-16 | 19.00         |
      | ALPHA | CN1     | buys  | 3    | CU09     | 39,900.00 | Friday 2020-04-17   | 40,000.00     |
      | ALPHA | CN1     | buys  | 2    | CU09     | 40,000.00 | Monday 2020-04-20   | 40,000.00     |
    And the prior system has this cash:
      | who                 | owner | account | cash           |
      | ALPHA               | FUND  | C1      | 600,000.00 USD |
      | BETA                | FUND  | C1      | 400,000.00 USD |
      | the reserve of FUND | FUND  | C1      | 7,000.00 EUR   |

  Scenario: Lots come with their day and cost, and variation goes on where it stopped
    12 lots and 1,000,000.00 USD and 7,000.00 EUR are the totals.
    ALPHA's 5 lots were paid up to 19.00: at 20.50 they are paid 5 × 1,500.00 = 7,500.00 more; BETA's
    2 sold lots pay 3,000.00.

    When its books are brought in with control totals of 12 lots and, approved by boss:
      | cash             |
      | 1,000,000.00 USD |
      | 7,000.00 EUR     |
    Then the positions are:
      | who   | contract | long | short | of today |
      | ALPHA | CLM0     | 5    | 0     | 0        |
      | BETA  | CLM0     | 0    | 2     | 0        |
      | ALPHA | CU09     | 5    | 0     | 2        |
      | C1    | CLM0     | 3    | 0     |          |
      | CN1   | CU09     | 5    | 0     |          |
    And ALPHA may close 3 lots of CU09 as yesterday's
    And the lots of ALPHA in CLM0 cost 90,000.00 USD
    And the cash is:
      | who                 | cash             |
      | C1                  | 1,000,000.00 USD |
      | C1                  | 7,000.00 EUR     |
      | the reserve of FUND | 7,000.00 EUR     |
    When NYMEX settles Monday 2020-04-20 with CLM0 at 20.50
    Then the cash is:
      | who   | cash           |
      | ALPHA | 607,500.00 USD |
      | BETA  | 397,000.00 USD |

  Scenario: Totals that do not add up are refused, and nothing comes in
    When its books are brought in with control totals of 11 lots and, approved by boss:
      | cash             |
      | 1,000,000.00 USD |
      | 7,000.00 EUR     |
    Then this is refused with 2011, control total differs, because "lots sum to 12, the control total is 11"
    When its books are brought in with control totals of 12 lots and, approved by boss:
      | cash             |
      | 1,000,000.01 USD |
      | 7,000.00 EUR     |
    Then this is refused with 2011, control total differs
    When its books are brought in with control totals of 12 lots and 1,000,000.00 USD, approved by boss
    Then this is refused with 2011, control total differs
    And nothing of CLM0 is left
    And the cash of C1 is 0.00 USD

  Scenario: One person alone cannot bring books in
    When its books are brought in with control totals of 12 lots and:
      | cash             |
      | 1,000,000.00 USD |
      | 7,000.00 EUR     |
    Then this is refused with 1001, second person required
    When its books are brought in with control totals of 12 lots and, approved by ops:
      | cash             |
      | 1,000,000.00 USD |
      | 7,000.00 EUR     |
    Then this is refused with 1002, second person is the first

  Scenario: Every faulty line is named with its place
    Given the prior system has these lots:
      | who    | account | deal | lots | contract | price  | opened              | settled up to |
      | NOBODY | C1      | buys | 5    | CLM0     | 18.00  | Thursday 2020-04-16 | 19.00         |
      | ALPHA  | C1      | buys | 5    | CLM0     | 18.001 | Thursday 2020-04-16 | 19.00         |
      | ALPHA  | C1      | buys | 5    | CLZ9     | 18.00  | Thursday 2020-04-16 | 19.00         |
      | BETA   | OMNI    | buys | 5    | CLM0     | 18.00  | Thursday 2020-04-16 | 19.00         |
    When its books are brought in with control totals of 20 lots and 1,000,000.00 USD, approved by boss
    Then this is refused with 1004, faulty definition, for all of:
      | what                                |
      | lots[0]: no sub-account NOBODY      |
      | lots[1]: price                      |
      | lots[2]: no live contract CLZ9      |
      | lots[3]: BETA is not routed to OMNI |

  Scenario: One sub-account after the other comes to a desk that trades already
    GAMMA's 4 lots join the 3 that the account carries; nobody else is touched.  At 20.50 they are
    paid from 19.00: 4 × 1,500.00.

    Given its books are brought in with control totals of 12 lots and, approved by boss:
      | cash             |
      | 1,000,000.00 USD |
      | 7,000.00 EUR     |
    And the prior system has no more cash
    And the prior system has these lots:
      | who   | account | deal | lots | contract | price | opened              | settled up to |
      | GAMMA | C1      | buys | 4    | CLM0     | 18.50 | Thursday 2020-04-16 | 19.00         |
    When its books are brought in with control totals of 4 lots and no cash, approved by boss
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 5    | 0     |
      | BETA  | CLM0     | 0    | 2     |
      | GAMMA | CLM0     | 4    | 0     |
      | C1    | CLM0     | 7    | 0     |
    When NYMEX settles Monday 2020-04-20 with CLM0 at 20.50
    Then the cash of GAMMA is 6,000.00 USD

  Scenario: The same book twice is refused, and lots are added only where that is said
    ALPHA holds 5 lots; 2 older ones were forgotten.  Lots that would close are never brought in.

    Given its books are brought in with control totals of 12 lots and, approved by boss:
      | cash             |
      | 1,000,000.00 USD |
      | 7,000.00 EUR     |
    And the prior system has no more cash
    And the prior system has these lots:
      | who   | account | deal | lots | contract | price | opened            | settled up to |
      | ALPHA | C1      | buys | 2    | CLM0     | 17.00 | Monday 2020-03-02 | 19.00         |
    When its books are brought in with control totals of 2 lots and no cash, approved by boss
    Then this is refused with 4150, opening lots held, because "ALPHA already holds 5 long and 0 short lots of CLM0 at C1"
    When its books are added to what is held, with control totals of 2 lots and no cash, approved by boss
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 7    | 0     |
      | C1    | CLM0     | 5    | 0     |
    And the lots of ALPHA in CLM0 cost 124,000.00 USD
    Given the prior system has these lots:
      | who   | account | deal  | lots | contract | price | opened            | settled up to |
      | ALPHA | C1      | sells | 2    | CLM0     | 17.00 | Monday 2020-03-02 | 19.00         |
    When its books are added to what is held, with control totals of 2 lots and no cash, approved by boss
    Then this is refused with 4151, opening side opposite
