"""Each fault on demand, and that chance is a function of the seed."""

from fencang.gateways.paper import Fault, FaultKind, FaultPlan
from fencang.gateways.paper.faults import splitmix64
from fencang.messages.message import Side
from tests.gateways.paper_script import PaperScript

B = Side.BUY


def scripted(kind, **fields):
    plan = FaultPlan(faults=(Fault(kind=kind, nth_order=1, **fields),), late_calls=2)
    return PaperScript.start(fault_plan=plan)


def test_splitmix64_gives_the_published_numbers():
    """First two outputs for seed 1234567, as in the reference implementation."""
    golden = 0x9E3779B97F4A7C15
    assert splitmix64(1234567) == 6457827717110365317
    assert splitmix64(1234567 + golden) == 3203168211198807973


def test_reject():
    script = scripted(FaultKind.REJECT)
    script.order(1, B, 10)
    script.order(2, B, 10)
    script.bar(50, 60, 40, 55)
    assert script.reports() == ["Rejected 1", "Working 2", "Fill 2 10@50"]


def test_a_swallowed_order_is_not_known_until_it_is_sent_again():
    script = scripted(FaultKind.SWALLOW)
    script.order(1, B, 10)
    script.bar(50, 60, 40, 55)
    script.ask(1)
    assert script.reports() == ["Status 1 known=False 0+0"]
    script.order(1, B, 10, is_resend=True)
    script.bar(51, 60, 40, 55)
    assert script.reports() == ["Working 1", "Fill 1 10@51"]


def test_a_lost_acknowledgement_leaves_a_known_order():
    script = scripted(FaultKind.LOSE_ACK)
    script.order(1, B, 10, limit=40)
    assert script.reports() == []
    script.ask(1)
    assert script.reports() == ["Status 1 known=True 0+10"]


def test_a_duplicate_report_has_the_same_execution_id():
    script = scripted(FaultKind.DUPLICATE, times=2)
    script.order(1, B, 10)
    script.bar(50, 60, 40, 55)
    reports = script.venue.take_reports()
    assert len(reports) == 4
    assert reports[2] == reports[3]


def test_a_late_report_comes_so_many_calls_later():
    script = scripted(FaultKind.LATE)
    script.order(1, B, 10)
    script.bar(50, 60, 40, 55)
    assert [script.reports() for _ in range(4)] == [["Fill 1 10@50"], [], ["Working 1"], []]


def test_out_of_order_tells_the_fill_before_the_acknowledgement():
    script = scripted(FaultKind.OUT_OF_ORDER)
    script.order(1, B, 10)
    assert script.reports() == []
    script.bar(50, 60, 40, 55)
    assert script.reports() == ["Fill 1 10@50", "Working 1"]


def test_an_unsolicited_cancel_comes_before_the_first_match():
    script = scripted(FaultKind.UNSOLICITED_CANCEL)
    script.order(1, B, 10)
    script.bar(50, 60, 40, 55)
    script.cancel(1)
    assert script.reports() == ["Working 1", "Cancelled 1", "Cancelled 1"]


def test_a_fill_after_the_cancel_counts():
    script = scripted(FaultKind.FILL_AFTER_CANCEL)
    script.order(1, B, 10, limit=40)
    script.cancel(1)
    assert script.reports() == ["Working 1", "Cancelled 1", "Fill 1 1@40"]
    script.ask(1)
    assert script.reports() == ["Fill 1 1@40", "Status 1 known=True 1+0"]


def test_an_over_fill_executes_one_lot_too_many():
    script = scripted(FaultKind.OVER_FILL)
    script.order(1, B, 10)
    script.bar(50, 60, 40, 55)
    script.ask(1)
    assert script.reports() == [
        "Working 1",
        "Fill 1 10@50",
        "Fill 1 1@50",
        "Fill 1 10@50",
        "Fill 1 1@50",
        "Status 1 known=True 11+0",
    ]


def test_a_fill_that_names_no_order():
    script = scripted(FaultKind.UNKNOWN_FILL)
    script.order(1, B, 10)
    script.bar(50, 60, 40, 55)
    assert script.reports() == ["Working 1", "Fill 1 10@50", "Fill None 1@50"]


def test_a_fault_may_name_its_order():
    plan = FaultPlan(faults=(Fault(kind=FaultKind.REJECT, order_id=22),))
    script = PaperScript.start(fault_plan=plan)
    script.order(21, B, 10)
    script.order(22, B, 10)
    assert script.reports() == ["Working 21", "Rejected 22"]


def test_drawn_faults_follow_the_seed_and_the_rate():
    def struck(seed):
        plan = FaultPlan(rates_ppm={FaultKind.REJECT: 250_000}, seed=seed)
        return [n for n in range(4_000) if plan.strikes(FaultKind.REJECT, n, 0)]

    assert struck(7) == struck(7)
    assert struck(7) != struck(8)
    assert 900 < len(struck(7)) < 1_100


def test_a_rate_of_one_million_always_strikes_and_of_zero_never():
    always = FaultPlan(rates_ppm={FaultKind.LATE: 1_000_000})
    assert all(always.strikes(FaultKind.LATE, n, n) for n in range(100))
    assert not any(always.strikes(FaultKind.DUPLICATE, n, n) for n in range(100))
