Feature: Position limits at every level, warnings before they bind, overrides that expire
  A limit stands on the account tree, on a carrying account, a venue or an owner beside it, in a
  contract, a product or a group of products.  An order counts with everything held and working on
  its side; the first level that would be passed refuses it.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |
      | QM      | NYMEX | USD      | 500.00           | 0.01 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | CLN0     | CL      |
      | QMM0     | QM      |
    And NYMEX opens for Monday 2020-04-20
    And these marks:
      | contract | price |
      | CLM0     | 20.00 |
      | CLN0     | 20.00 |
      | QMM0     | 20.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: Exactly at the limit passes, one lot more does not
    BETA holds 12, ALPHA has 18 at work: together 30 of the carrying account's 30.

    Given these position limits:
      | node        | scope | lots |
      | carrying:C1 | CL    | 30   |
    And BETA buys 12 CLM0 at 20.00
    And ALPHA orders to buy 18 CLM0 at 20.00 (order A)
    When ALPHA orders to buy 1 CLM0 at 20.00 (order B)
    Then this is refused with 3050, position limit, because "worst case 31 lots long in CLM0 exceeds 30 lots set at carrying:C1"
    When BETA orders to sell 12 CLM0 at 20.00 (order C)
    Then nothing is told of limits

  Scenario: A limit that comes later counts what is held and what works
    Given BETA buys 12 CLM0 at 20.00
    And ALPHA orders to buy 8 CLM0 at 20.00 (order A)
    And these position limits:
      | node        | scope | lots |
      | venue:NYMEX | CL    | 21   |
    When ALPHA orders to buy 2 CLM0 at 20.00 (order B)
    Then this is refused with 3050, position limit, because "worst case 22 lots long"
    When ALPHA orders to buy 1 CLM0 at 20.00 (order B)
    Then nothing is told of limits

  Scenario: Two half-size contracts are one of the group, rounded up
    4 CL and 3 QM are 5.5 of FUEL, which is 6 whole ones.

    Given these limit groups:
      | group | scope | a lot counts |
      | FUEL  | CL    | 1.0          |
      | FUEL  | QM    | 0.5          |
    And these position limits:
      | node   | scope | lots |
      | MASTER | FUEL  | 5    |
    And ALPHA buys 4 CLM0 at 20.00
    And BETA orders to buy 2 QMM0 at 20.00 (order A)
    When BETA orders to buy 1 QMM0 at 20.00 (order B)
    Then this is refused with 3050, position limit, because "worst case 6 lots long in FUEL exceeds 5 lots set at MASTER"

  Scenario: Warnings come at 50, 80 and 100 %, and again after a fall
    5 % of 100 lots are 5: 80 is told again once fewer than 75 were in use.

    Given warnings are told at these levels:
      | node   | levels               | again after a fall of |
      | MASTER | 50 %, 80 % and 100 % | 5 %                   |
    And these position limits:
      | node  | scope | lots |
      | ALPHA | CL    | 100  |
    When ALPHA orders to buy 49 CLN0 at 20.00 (order A)
    Then nothing is told of limits
    When ALPHA orders to sell 50 CLM0 at 20.00 (order S)
    Then this is told of limits:
      | who   | scope | side  | at   | limit | in use |
      | ALPHA | CLM0  | short | 50 % | 100   | 50     |
      | ALPHA | CL    | short | 50 % | 100   | 50     |
    When ALPHA orders to buy 26 CLM0 at 20.00 (order B)
    Then this is told of limits:
      | who   | scope | side | at   | limit | in use |
      | ALPHA | CL    | long | 50 % | 100   | 75     |
    When ALPHA orders to buy 5 CLM0 at 20.00 (order C)
    Then this is told of limits:
      | who   | scope | side | at   | limit | in use |
      | ALPHA | CL    | long | 80 % | 100   | 80     |
    When the venue confirms that order C is cancelled
    And ALPHA orders to buy 5 CLM0 at 20.00 (order D)
    Then nothing is told of limits
    When the venue confirms that order D is cancelled
    And the venue confirms that order B is cancelled
    And ALPHA orders to buy 31 CLM0 at 20.00 (order E)
    Then this is told of limits:
      | who   | scope | side | at   | limit | in use |
      | ALPHA | CL    | long | 80 % | 100   | 80     |

  Scenario: An override holds from its first moment to its last, and nobody has to end it
    Given these position limits:
      | node  | scope | lots |
      | ALPHA | CL    | 10   |
    And these overrides on Monday 2020-04-20:
      | name | node  | scope | long | short | from  | until | why    |
      | O-1  | ALPHA | CL    | 40   | 40    | 14:00 | 15:00 | a roll |
    When ALPHA orders to buy 11 CLM0 at 20.00 (order A)
    Then this is refused with 3050, position limit, because "exceeds 10 lots set at ALPHA"
    When it is 14:00 on Monday 2020-04-20 in UTC
    Then override O-1 begins
    When ALPHA orders to buy 41 CLM0 at 20.00 (order A)
    Then this is refused with 3050, position limit, because "exceeds 40 lots set at ALPHA, under override O-1 until 2020-04-20T15:00:00.000000000Z"
    When ALPHA orders to buy 40 CLM0 at 20.00 (order A)
    And it is 15:00 on Monday 2020-04-20 in UTC
    Then override O-1 ends
    When ALPHA orders to buy 1 CLM0 at 20.00 (order B)
    Then this is refused with 3050, position limit, because "worst case 41 lots long in CLM0 exceeds 10 lots set at ALPHA"

  Scenario: An override is entered by two persons
    Given these position limits:
      | node  | scope | lots |
      | ALPHA | CL    | 10   |
    When risk alone enters these overrides on Monday 2020-04-20:
      | name | node  | scope | long | short | from  | until | why    |
      | O-1  | ALPHA | CL    | 40   | 40    | 14:00 | 15:00 | a roll |
    Then this is refused with 1001, second person required

  Scenario: What keeps the law is not overridden, by however many persons
    When these overrides of other numbers on Monday 2020-04-20:
      | name | number     | node   | scope | is | from  | until | why       |
      | O-1  | wash ticks | MASTER | *     | 0  | 14:00 | 15:00 | not today |
    Then this is refused with 1004, faulty definition, because "SelfMatch is nothing that can be overridden (own orders that trade with each other are unlawful for an hour too)"
