Feature: Lots that change their book: transfers, and suspense
  Between sub-accounts of one owner lots move at the mark, or at cost where the desk permits it; what
  nobody ordered waits in suspense.  The carrying account stands.

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
      | CNY      | 0.14   |
    And NYMEX opens for Monday 2020-04-20
    And SHFE opens for Monday 2020-04-20
    And these marks:
      | contract | price     |
      | CLM0     | 20.00     |
      | CU09     | 40,000.00 |
    And this cash:
      | account | owner  | cash              |
      | C1      | FUND   | 10,000,000.00 USD |
      | CN1     | FUND   | 1,000,000.00 CNY  |
      | OMNI    | CLIENT | 100,000.00 USD    |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: A position moves at the mark and changes nobody's equity
    ALPHA has 10 lots at 18.00, marked at 20.00, and gives 4: it realises 4 × 2,000.00; BETA begins
    at 20.00.  At 21.00 ALPHA is paid 6 × 3,000.00 + 8,000.00, BETA 4 × 1,000.00.

    Given ALPHA buys 10 CLM0 at 18.00
    When 4 long CLM0 move from ALPHA to BETA at the mark
    Then the equity is:
      | who   | equity           |
      | ALPHA | 1,020,000.00 USD |
      | BETA  | 1,000,000.00 USD |
    And ALPHA has realised 8,000.00 USD in CLM0
    And the lots of BETA in CLM0 cost 80,000.00 USD
    When NYMEX settles Monday 2020-04-20 with CLM0 at 21.00
    Then the cash is:
      | who   | cash              |
      | ALPHA | 1,026,000.00 USD  |
      | BETA  | 1,004,000.00 USD  |
      | C1    | 10,030,000.00 USD |

  Scenario: A position moves at cost only where the desk permits it, and with two persons
    4 of 10 lots at 18.00 take 8,000.00 of profit along.

    Given ALPHA buys 10 CLM0 at 18.00
    When 4 long CLM0 move from ALPHA to BETA at cost, approved by boss
    Then this is refused with 4109, transfer at cost
    When positions may be transferred at cost
    And 4 long CLM0 move from ALPHA to BETA at cost
    Then this is refused with 1001, second person required
    When 4 long CLM0 move from ALPHA to BETA at cost, approved by boss
    Then the equity is:
      | who   | equity           |
      | ALPHA | 1,012,000.00 USD |
      | BETA  | 1,008,000.00 USD |
    And ALPHA has realised 0.00 USD in CLM0
    And the lots of BETA in CLM0 cost 72,000.00 USD
    When 7 long CLM0 move from ALPHA to BETA at the mark
    Then this is refused with 4110, transfer lots too few

  Scenario: Gross lots move oldest first and keep their days
    3 lots of Monday at 40,000 and 2 of Tuesday at 40,010; 4 move at the mark of 40,000: all of
    Monday's, and 1 of Tuesday's, which realises -10 × 5.00.

    Given ALPHA buys 3 CU09 at 40,000.00 to open
    And SHFE settles Monday 2020-04-20 with CU09 at 40,000.00
    And the next day at SHFE is Tuesday 2020-04-21
    And ALPHA buys 2 CU09 at 40,010.00 to open
    When 4 long CU09 move from ALPHA to BETA at the mark
    Then the positions are:
      | who   | contract | long | short | of today |
      | ALPHA | CU09     | 1    | 0     | 1        |
      | BETA  | CU09     | 4    | 0     | 1        |
      | CN1   | CU09     | 5    | 0     |          |
    And BETA may close 3 lots of CU09 as yesterday's
    And ALPHA has realised -50.00 CNY in CU09

  Scenario: A fill that nobody ordered waits in suspense until two persons give it to somebody
    4 lots at 19.50; ALPHA takes 3 of them at 19.50, one stays.  It never crosses owners.

    When a fill that nobody ordered comes at C1: buys 4 CLM0 at 19.50 (fill S1)
    Then a person is called: "4 lots in suspense: names no order"
    And the positions are:
      | who                        | contract | long | short |
      | the suspense account at C1 | CLM0     | 4    | 0     |
      | C1                         | CLM0     | 4    | 0     |
    When 3 lots of fill S1 at C1 are given to ALPHA
    Then this is refused with 1001, second person required
    When 1 lots of fill S1 at C1 are given to CLIENT1, approved by boss
    Then this is refused with 2005, owners differ
    When 5 lots of fill S1 at C1 are given to ALPHA, approved by boss
    Then this is refused with 2017, suspense lots too few
    When 3 lots of fill S1 at C1 are given to ALPHA, approved by boss
    Then the positions are:
      | who                        | contract | long | short |
      | the suspense account at C1 | CLM0     | 1    | 0     |
      | ALPHA                      | CLM0     | 3    | 0     |
      | C1                         | CLM0     | 4    | 0     |
    And the equity of ALPHA is 1,001,500.00 USD

  Scenario: What was given to the wrong sub-account is taken back on the same day
    3 of 4 lots at 19.50 are worth 3 × 500.00 more at the mark of 20.00.  They were BETA's: ALPHA
    stands as before, BETA gains 4 × 500.00.

    Given a fill that nobody ordered comes at C1: buys 4 CLM0 at 19.50 (fill S1)
    And 3 lots of fill S1 at C1 are given to ALPHA, approved by boss
    Then the equity of ALPHA is 1,001,500.00 USD
    When 3 lots of fill S1 at C1 are taken back from ALPHA
    Then this is refused with 1001, second person required
    When 4 lots of fill S1 at C1 are taken back from ALPHA, approved by boss
    Then this is refused with 4122, assignment lots too few, because "3 lots were assigned today, not 4"
    When 3 lots of fill S1 at C1 are taken back from ALPHA, approved by boss
    Then the equity of ALPHA is 1,000,000.00 USD
    And the positions are:
      | who                        | contract | long | short |
      | the suspense account at C1 | CLM0     | 4    | 0     |
      | ALPHA                      | CLM0     | 0    | 0     |
      | C1                         | CLM0     | 4    | 0     |
    When 3 lots of fill S1 at C1 are taken back from ALPHA, approved by boss
    Then this is refused with 4120, assignment unknown
    When 4 lots of fill S1 at C1 are given to BETA, approved by boss
    Then the equity of BETA is 1,002,000.00 USD

  Scenario: An assignment that closed lots gives them back with what they cost
    2 of ALPHA's lots from 18.00 were closed at 19.50, which realised 2 × 1,500.00.  Taken back, 2 lots
    cost 36,000.00 again and nothing is realised.

    Given ALPHA buys 2 CLM0 at 18.00
    And a fill that nobody ordered comes at C1: sells 2 CLM0 at 19.50 (fill S1)
    And 2 lots of fill S1 at C1 are given to ALPHA, approved by boss
    Then ALPHA has realised 3,000.00 USD in CLM0
    When 2 lots of fill S1 at C1 are taken back from ALPHA, approved by boss
    Then ALPHA has realised 0.00 USD in CLM0
    And the lots of ALPHA in CLM0 cost 36,000.00 USD

  Scenario: Lots that were traded on, settled or are a day old stay where they are
    ALPHA sold 2 of its 3 lots: 1 can come back.  BETA's lot was settled at 20.50, and on Tuesday its
    assignment is of yesterday.

    Given a fill that nobody ordered comes at C1: buys 5 CLM0 at 19.50 (fill S1)
    And 3 lots of fill S1 at C1 are given to ALPHA, approved by boss
    And 1 lots of fill S1 at C1 are given to BETA, approved by boss
    And ALPHA sells 2 CLM0 at 20.00
    When 2 lots of fill S1 at C1 are taken back from ALPHA, approved by boss
    Then this is refused with 4122, assignment lots too few, because "ALPHA still has 1 of them"
    When 1 lots of fill S1 at C1 are taken back from ALPHA, approved by boss
    Then the positions are:
      | who                        | contract | long | short |
      | the suspense account at C1 | CLM0     | 2    | 0     |
      | ALPHA                      | CLM0     | 0    | 0     |
      | BETA                       | CLM0     | 1    | 0     |
      | C1                         | CLM0     | 3    | 0     |
    When NYMEX settles Monday 2020-04-20 with CLM0 at 20.50
    And 1 lots of fill S1 at C1 are taken back from BETA, approved by boss
    Then this is refused with 4123, assignment settled since, because "assigned at 19.5 and settled since"
    When the next day at NYMEX is Tuesday 2020-04-21
    And 1 lots of fill S1 at C1 are taken back from BETA, approved by boss
    Then this is refused with 4121, assignment not of today
