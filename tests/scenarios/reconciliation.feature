Feature: The broker's statement against our book
  Every evening both books are compared, positions, fills and cash.  What differs is a break: it has
  a kind, an owner and an age, and it ends when both books agree or when two persons say why not.

  One lot of CL is worth 1,000.00 USD a point and costs 2.00 USD.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin | commission a lot |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   | 2.00             |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | CLN0     | CL      |
    And NYMEX opens for Monday 2020-04-20
    And these marks:
      | contract | price |
      | CLM0     | 20.00 |
      | CLN0     | 21.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |
    And these trades:
      | fill | who   | deal  | lots | contract | price |
      | F1   | ALPHA | buys  | 5    | CLM0     | 20.00 |
      | F2   | BETA  | sells | 2    | CLM0     | 20.50 |
      | F3   | ALPHA | buys  | 3    | CLN0     | 21.00 |

  Scenario: A statement without slips agrees
    When NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 19.00 |
      | CLN0     | 21.50 |
    And the broker's statement of C1 of Monday 2020-04-20 is reconciled
    Then both books agree
    And the certificate is clean

  Scenario: Each kind of slip is found under its own name, and nothing else
    The broker lost F2, has F1 at 20.01, took 0.75 too much for F3 and has 4 lots of July too many.

    Given the broker lost fill F2
    And the broker has fill F1 at 20.01
    And the broker charged 0.75 USD too much for fill F3
    And the broker has 4 lots of CLN0 too many on Monday 2020-04-20
    When NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 19.00 |
      | CLN0     | 21.50 |
    And the broker's statement of C1 of Monday 2020-04-20 is reconciled
    Then the breaks are, without what only follows from them:
      | kind             | of        | proposal   |
      | missing there    | F2        | ask broker |
      | price differs    | F1        | ask broker |
      | fee differs      | fee of F3 | ask broker |
      | position differs | CLN0      | ask broker |

  Scenario: A fill that we missed is booked by two persons, and the break clears
    What follows from Z1: the position of June, the fees and the closing balance.

    Given the broker has a fill that nobody told us of on Monday 2020-04-20: buys 3 CLM0 at 19.50 through C1 (fill Z1)
    When the broker's statement of C1 of Monday 2020-04-20 is reconciled
    Then the breaks are, without what only follows from them:
      | kind         | of | proposal |
      | missing here | Z1 | book     |
    And 4 breaks are open at C1
    When ops enters a fill: buys CLM0 at 19.50 through C1, agreed on Monday 2020-04-20, cleared on Monday 2020-04-20 (fill Z1), approved by boss:
      | who   | lots |
      | ALPHA | 3    |
    And NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 19.00 |
      | CLN0     | 21.50 |
    And the broker's statement of C1 of Monday 2020-04-20 is reconciled
    Then both books agree
    And breaks are cleared
    And 0 breaks are open at C1
    And the certificate is clean

  Scenario: Open breaks keep the trading day open
    Given the broker has fill F1 at 20.01
    And NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 19.00 |
      | CLN0     | 21.50 |
    And the broker's statement of C1 of Monday 2020-04-20 is reconciled
    When NYMEX shuts
    Then the checklist of NYMEX lacks:
      | row    | what                    |
      | breaks | 3 breaks at C1 are open |
    When the trading day Monday 2020-04-20 is closed at NYMEX
    Then this is refused with 7001, day not ready, because "3 breaks at C1 are open"
    When the broker corrects fill F1 at C1 to 5 lots at 20.01
    And the break of F1 at C1 is resolved as booked, "the broker was right", approved by boss
    And the trading day Monday 2020-04-20 is closed at NYMEX
    Then 0 breaks are open at C1

  Scenario: A break ages until the broker mends it
    Monday the broker loses F2.  On Tuesday it is still gone: what differs follows from Monday's
    break, which is one day old.  Then the broker finds it, and both books agree again.

    Given the broker lost fill F2
    And NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 19.00 |
      | CLN0     | 21.50 |
    When the broker's statement of C1 of Monday 2020-04-20 is reconciled
    And the break of F2 at C1 is given to ops1, "asked by mail"
    Then the certificate names these breaks, and is not clean:
      | of | days old | owner | status |
      | F2 | 0        | ops1  | open   |
    When the next day at NYMEX is Tuesday 2020-04-21
    And NYMEX settles Tuesday 2020-04-21 at:
      | contract | price |
      | CLM0     | 18.00 |
      | CLN0     | 21.50 |
    And the broker's statement of C1 of Tuesday 2020-04-21 is reconciled
    Then nothing is a break in its own right
    And the certificate names these breaks, and is not clean:
      | of | days old | owner | status |
      | F2 | 1        | ops1  | open   |
    When the broker finds fill F2 again
    And the broker's statement of C1 of Monday 2020-04-20 is reconciled
    Then both books agree
    When the broker's statement of C1 of Tuesday 2020-04-21 is reconciled
    Then both books agree
    And the certificate is clean

  Scenario: Two persons may let a break go, with a reason
    Given the broker charged 0.75 USD too much for fill F3
    And NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 19.00 |
      | CLN0     | 21.50 |
    And the broker's statement of C1 of Monday 2020-04-20 is reconciled
    When the break of fee of F3 at C1 is resolved as written off, "below our limit"
    Then this is refused with 1001, second person required
    When the break of fee of F3 at C1 is resolved as written off, " ", approved by boss
    Then this is refused with 7207, break reason missing
    When the break of fee of F3 at C1 is resolved as written off, "below our limit", approved by boss
    Then 0 breaks are open at C1

  Scenario: Below every proposal stands the command that mends it
    What the broker has and we have not is entered as it stands there; what only the broker can
    explain is given to somebody who asks.

    Given the broker has a fill that nobody told us of on Monday 2020-04-20: buys 3 CLM0 at 19.50 through C1 (fill Z1)
    And the broker lost fill F2
    And NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 19.00 |
      | CLN0     | 21.50 |
    When the broker's statement of C1 of Monday 2020-04-20 is reconciled
    Then below the break of F2 stands what to enter:
      """
      fencang mend assign BREAK --data desk.journal --to WHO --reason 'asked the broker'
      """
    And below the break of Z1 stands what to enter:
      """
      fencang mend fill --data desk.journal --account C1 --execution Z1 --contract CLM0 --side buy
      --lots 3 --price 19.5 --date 2020-04-20 --leg SUB=3
      --reason 'line 8 of the broker'"'"'s statement' --by WHO --approved-by SECOND
      """
    When what stands there for Z1 is entered for ALPHA, by ops and boss
    And the broker finds fill F2 again
    Then the positions are:
      | who   | contract | long | short |
      | ALPHA | CLM0     | 8    | 0     |

  Scenario: A fill that is entered a day late agrees with the broker's Monday and with its Tuesday
    The broker had Z1 on Monday: 3 lots at 19.50, settled at 19.00, cost 6.00 and lost 1,500.00 there.
    Here it is an entry of Tuesday, and Tuesday's settlement at 18.00 pays all 4,500.00.
    Monday is asked again: what the statement has on Monday our book has since Tuesday.

    Given the broker has a fill that nobody told us of on Monday 2020-04-20: buys 3 CLM0 at 19.50 through C1 (fill Z1)
    And NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 19.00 |
      | CLN0     | 21.50 |
    And the broker's statement of C1 of Monday 2020-04-20 is reconciled
    And the next day at NYMEX is Tuesday 2020-04-21
    Then below the break of Z1 stands what to enter:
      """
      fencang mend fill --data desk.journal --account C1 --execution Z1 --contract CLM0 --side buy
      --lots 3 --price 19.5 --date 2020-04-20 --leg SUB=3
      --reason 'line 8 of the broker'"'"'s statement' --by WHO --approved-by SECOND

      fencang mend resolve BREAK --data desk.journal --as booked --record RECORD
      --reason 'entered late' --by WHO --approved-by SECOND
      """
    When what stands there for Z1 is entered for ALPHA, by ops and boss
    And NYMEX settles Tuesday 2020-04-21 at:
      | contract | price |
      | CLM0     | 18.00 |
      | CLN0     | 21.50 |
    And the broker's statement of C1 of Monday 2020-04-20 is reconciled
    Then both books agree
    And breaks are cleared
    And the certificate says that fill Z1 was booked here on Tuesday 2020-04-21
    When the broker's statement of C1 of Tuesday 2020-04-21 is reconciled
    Then both books agree
    And 0 breaks are open at C1
    And the certificate says that fill Z1 mends Monday 2020-04-20, for -6.00 USD
    And the certificate is clean

  Scenario: A late fill that the broker has nowhere is missing there
    Given NYMEX settles Monday 2020-04-20 at:
      | contract | price |
      | CLM0     | 19.00 |
      | CLN0     | 21.50 |
    And the next day at NYMEX is Tuesday 2020-04-21
    And ops enters a fill: buys CLM0 at 19.50 through C1, agreed on Monday 2020-04-20, cleared on Monday 2020-04-20 (fill Z1), approved by boss:
      | who   | lots |
      | ALPHA | 3    |
    When the broker's statement of C1 of Monday 2020-04-20 is reconciled
    Then both books agree
    When the broker's statement of C1 of Tuesday 2020-04-21 is reconciled
    Then the breaks are, without what only follows from them:
      | kind          | of | proposal   |
      | missing there | Z1 | ask broker |
    And the break of Z1 says: "entered today for 2020-04-20; the statement does not have it"
