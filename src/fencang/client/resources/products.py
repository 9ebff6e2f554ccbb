"""Calls about products.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import Product, StatedProduct

__all__ = [
    "ProductsResource",
    "get_product",
    "list_products",
    "put_product",
]

_LIST_PRODUCTS = Operation(
    name="list_products",
    method="GET",
    path="/products",
    answer=Page[StatedProduct],
    in_query={
        "venue_id": "venue_id",
        "product_id": "product_id",
        "currency": "currency",
        "page_rows": "limit",
        "cursor": "cursor",
    },
    cursor="cursor",
)


def list_products(
    *,
    venue_id: str | None = None,
    product_id: str | None = None,
    currency: str | None = None,
    page_rows: int | None = None,
    cursor: str | None = None,
) -> Ask[Page[StatedProduct]]:
    """All products.

    What the contracts of one product share.

    ``tick`` binds order and fill prices, ``settlement_tick`` marks and settlements.
    ``margin_ppm`` of the absolute value at the last mark, at least ``margin_floor`` a lot, is
    the rate-based requirement.  ``price_band_ppm`` (of the absolute mark, at least
    ``price_band_ticks``) bounds the limit price of the desk's own reduction orders. A
    settlement price further than ``settlement_band_ppm`` from the mark (at least
    ``price_band_ticks``) needs a second person; without a band none is far.
    ``positive_prices_only`` refuses prices of zero and below; by default they are ordinary.
    ``delivery_guard`` keeps a desk out of deliveries. ``cash_style`` says when its money moves,
    ``option`` (of options alone) what exercise brings. ``fallback_margin`` lets a contract that
    the SPAN file in force lacks be opened at the product's rate; what is held of such a
    contract is margined at it in any case. ``calendar_id`` names the trading calendar of a
    product whose sessions are not its venue's; nothing is decided by it.

    ``venue_id``: Rows of this venue.
    ``product_id``: Rows of this product.
    ``currency``: Rows of this currency.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_PRODUCTS.ask(locals())


_GET_PRODUCT = Operation(
    name="get_product", method="GET", path="/products/{key}", answer=StatedProduct
)


def get_product(key: str) -> Ask[StatedProduct]:
    """One of the products, with its version as ETag."""
    return _GET_PRODUCT.ask(locals())


_PUT_PRODUCT = Operation(
    name="put_product",
    method="PUT",
    path="/products/{key}",
    answer=StatedProduct,
    in_headers={"if_match": "If-Match"},
    has_body=True,
    is_write=True,
)


def put_product(
    key: str, *, if_match: int, item: Product, idempotency_key: str | None = None
) -> Ask[StatedProduct]:
    """Change or add one of the products.

    It is stated whole. A change that loosens takes two persons: propose it as a draft.

    ``if_match``: The version that it changes, as it was read; 0 for one that shall be new.
    """
    return _PUT_PRODUCT.ask(locals())


class ProductsResource(Resource[TransportT]):
    """Calls about products."""

    list = Listing(list_products)
    page = Method(list_products)
    get = Method(get_product)
    put = Method(put_product)
    __call__ = Listing(list_products)
