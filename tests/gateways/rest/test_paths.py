"""Which template a path is one of: the literal one first, segments decoded once told apart."""

import pytest

from fencang.gateways.rest.paths import Paths


def paths_of(*templates):
    paths = Paths()
    for template in templates:
        paths.add(template, template)
    return paths


@pytest.mark.parametrize(
    ("path", "template", "parameters"),
    [
        ("/orders", "/orders", {}),
        ("/orders/", "/orders", {}),
        ("/orders/7", "/orders/{order_id}", {"order_id": "7"}),
        ("/orders/what-if", "/orders/what-if", {}),
        ("/orders/what-if/cancel", "/orders/{order_id}/cancel", {"order_id": "what-if"}),
        ("/orders/7/cancel", "/orders/{order_id}/cancel", {"order_id": "7"}),
        ("/orders/a%2Fb", "/orders/{order_id}", {"order_id": "a/b"}),
        ("/orders/%7B%7D", "/orders/{order_id}", {"order_id": "{}"}),
        ("/orders/{}", "/orders/{order_id}", {"order_id": "{}"}),
    ],
)
def test_a_path_is_one_of_one_template(path, template, parameters):
    paths = paths_of(
        "/orders", "/orders/{order_id}", "/orders/what-if", "/orders/{order_id}/cancel"
    )
    assert paths.find(path) == (template, parameters)


@pytest.mark.parametrize("path", ["", "/", "/order", "/orders//cancel", "/orders/7/cancel/now"])
def test_other_paths_are_of_none(path):
    assert paths_of("/orders", "/orders/{order_id}/cancel").find(path) is None


def test_a_template_is_stated_once():
    with pytest.raises(ValueError, match="there already"):
        paths_of("/orders/{order_id}", "/orders/{number}")
