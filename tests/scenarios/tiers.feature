Feature: Service tiers: VIP and ordinary clients have different doors
  A tier says by which doors a client comes, with what, how fast, and when it takes effect.  ALPHA is a
  VIP: three doors, and everything at once.  BETA is ordinary: one door, limit orders in crude, two at
  once and one a second, and what opens waits for the next trading day.  Reductions never wait.

  Background:
    Given the example firm
    And these products, which every sub-account may trade:
      | product | venue | currency | a point is worth | tick | margin |
      | CL      | NYMEX | USD      | 1,000.00         | 0.01 | 10 %   |
      | GC      | NYMEX | USD      | 100.00           | 0.10 | 10 %   |
    And these contracts:
      | contract | product |
      | CLM0     | CL      |
      | GCM0     | GC      |
    And NYMEX opens for Monday 2020-04-20
    And these marks:
      | contract | price    |
      | CLM0     | 20.00    |
      | GCM0     | 1,700.00 |
    And this cash:
      | account | owner | cash              |
      | C1      | FUND  | 10,000,000.00 USD |
    And this capital out of the reserve:
      | who   | capital          |
      | ALPHA | 1,000,000.00 USD |
      | BETA  | 1,000,000.00 USD |

  Scenario: Each comes by the doors of its tier, with what it has, as fast as it may
    Given these service tiers; whoever is not named is of the first:
      | tier  | who  | doors                | types         | instruments | per second | burst | takes effect | cut-off |
      | vip   |      | fix, websocket, rest | market, limit | all         | 100        | 100   | at once      |         |
      | plain | BETA | rest                 | limit         | CL          | 1          | 2     | at once      |         |
    When these orders come by their doors and are answered:
      | who   | door      | deal | lots | contract | price    | answer                                   |
      | ALPHA | fix       | buy  | 1    | CLM0     | 20.00    | accepted                                 |
      | BETA  | fix       | buy  | 1    | CLM0     | 20.00    | refused with 8101, tier interface        |
      | ALPHA | websocket | buy  | 1    | CLM0     |          | accepted                                 |
      | BETA  | rest      | buy  | 1    | CLM0     |          | refused with 8102, tier order type       |
      | ALPHA | rest      | buy  | 1    | GCM0     | 1,700.00 | accepted                                 |
      | BETA  | rest      | buy  | 1    | GCM0     | 1,700.00 | refused with 8104, tier instrument       |
      | BETA  | rest      | buy  | 1    | CLM0     | 20.00    | accepted                                 |
      | BETA  | rest      | buy  | 1    | CLM0     | 20.00    | accepted                                 |
      | BETA  | rest      | buy  | 1    | CLM0     | 20.00    | refused with 3014, message rate          |
      | ALPHA | rest      | buy  | 1    | CLM0     | 20.00    | accepted                                 |

  Scenario: What an ordinary client opens waits for the next trading day, a VIP's leaves at once
    Given BETA buys 5 CLM0 at 20.00
    And these service tiers; whoever is not named is of the first:
      | tier     | who  | doors     | types         | instruments | per second | burst | takes effect     | cut-off |
      | vip      |      | fix, rest | market, limit | all         | 100        | 100   | at once          |         |
      | ordinary | BETA | rest      | market, limit | all         | 100        | 100   | next trading day |         |
    When these orders come by their doors and are answered:
      | who   | door | deal | lots | contract | price | answer                       |
      | ALPHA | rest | buy  | 2    | CLM0     | 20.00 | accepted                     |
      | BETA  | rest | buy  | 2    | CLM0     | 20.00 | waits for Tuesday 2020-04-21 |
      | BETA  | rest | sell | 3    | CLM0     | 20.00 | accepted                     |
      | BETA  | rest | sell | 9    | CLM0     | 20.00 | waits for Tuesday 2020-04-21 |
    And BETA calls off its first instruction
    And 500.00 USD of capital go to BETA
    Then these instructions wait:
      | who  | what            | contract | for                |
      | BETA | SubmitOrder     | CLM0     | Tuesday 2020-04-21 |
      | BETA | TransferCapital |          | Tuesday 2020-04-21 |
    When NYMEX shuts
    And NYMEX opens for Tuesday 2020-04-21
    Then these instructions are decided, in this order:
      | who  | answer   |
      | BETA | accepted |
      | BETA | accepted |
    And no instruction waits

  Scenario: From the cut-off on it is the trading day after the next
    The day ends at 20:00; the cut-off lies two hours before.

    Given these service tiers; whoever is not named is of the first:
      | tier     | who  | doors | types | instruments | per second | burst | takes effect     | cut-off |
      | vip      |      | rest  | limit | all         | 100        | 100   | at once          |         |
      | ordinary | BETA | rest  | limit | all         | 100        | 100   | next trading day | 2 h     |
    And NYMEX shuts
    And NYMEX opens the trading day Thursday 2020-04-23 with these sessions, in UTC:
      | phase | from                      | to                        |
      | open  | Thursday 2020-04-23 13:00 | Thursday 2020-04-23 20:00 |
    When it is 17:59 on Thursday 2020-04-23 in UTC
    And these orders come by their doors and are answered:
      | who  | door | deal | lots | contract | price | answer                      |
      | BETA | rest | buy  | 1    | CLM0     | 20.00 | waits for Friday 2020-04-24 |
    When it is 18:00 on Thursday 2020-04-23 in UTC
    And these orders come by their doors and are answered:
      | who  | door | deal | lots | contract | price | answer                      |
      | BETA | rest | buy  | 1    | CLM0     | 20.00 | waits for Monday 2020-04-27 |

  Scenario: On its day an instruction is decided like an order that comes just then
    Given MASTER may hold 5 lots of CLM0, long or short
    And these service tiers; whoever is not named is of the first:
      | tier     | who  | doors | types | instruments | per second | burst | takes effect     | cut-off |
      | vip      |      | rest  | limit | all         | 100        | 100   | at once          |         |
      | ordinary | BETA | rest  | limit | all         | 100        | 100   | next trading day |         |
    When these orders come by their doors and are answered:
      | who  | door | deal | lots | contract | price | answer                       |
      | BETA | rest | buy  | 4    | CLM0     | 20.00 | waits for Tuesday 2020-04-21 |
      | BETA | rest | buy  | 2    | CLM0     | 20.00 | waits for Tuesday 2020-04-21 |
      | BETA | rest | buy  | 1    | CLM0     | 20.00 | waits for Tuesday 2020-04-21 |
    And NYMEX shuts
    And NYMEX opens for Tuesday 2020-04-21
    Then these instructions are decided, in this order:
      | who  | answer                            |
      | BETA | accepted                          |
      | BETA | refused with 3050, position limit |
      | BETA | accepted                          |
