"""Calls about report thresholds.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import ReportThreshold, StatedReportThreshold

__all__ = [
    "ReportThresholdsResource",
    "get_report_threshold",
    "list_report_thresholds",
    "put_report_threshold",
]

_LIST_REPORT_THRESHOLDS = Operation(
    name="list_report_thresholds",
    method="GET",
    path="/report-thresholds",
    answer=Page[StatedReportThreshold],
    in_query={
        "regime_id": "regime_id",
        "group_id": "group_id",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_report_thresholds(
    *,
    regime_id: str | None = None,
    group_id: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedReportThreshold]]:
    """All report thresholds.

    From so many lots on a position is to be reported: at the level exactly, each month alone.

    ``report_kind`` names the report, ``due_days`` its business days after the day.

    ``regime_id``: Rows of this regime.
    ``group_id``: Rows of this group.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_REPORT_THRESHOLDS.ask(locals())


_GET_REPORT_THRESHOLD = Operation(
    name="get_report_threshold",
    method="GET",
    path="/report-thresholds/{key}",
    answer=StatedReportThreshold,
)


def get_report_threshold(key: str) -> Ask[StatedReportThreshold]:
    """One of the report thresholds, with its version as ETag."""
    return _GET_REPORT_THRESHOLD.ask(locals())


_PUT_REPORT_THRESHOLD = Operation(
    name="put_report_threshold",
    method="PUT",
    path="/report-thresholds/{key}",
    answer=StatedReportThreshold,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_report_threshold(
    key: str, *, if_match: int, item: ReportThreshold, idempotency_key: str | None = None
) -> Ask[StatedReportThreshold]:
    """Change or add one of the report thresholds.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_REPORT_THRESHOLD.ask(locals())


class ReportThresholdsResource(Resource[TransportT]):
    """Calls about report thresholds."""

    list = Listing(list_report_thresholds)
    page = Method(list_report_thresholds)
    get = Method(get_report_threshold)
    put = Method(put_report_threshold)
    __call__ = Listing(list_report_thresholds)
