"""Head and body of an answer leave together, in order; a connection that ends holds nothing."""

import asyncio

from fencang.app.serve.joined_writes import HELD_BYTES_MAX, JoinedWrites


class Noting:
    """A transport that notes what is written to it."""

    def __init__(self):
        self.written, self.is_closed = [], False

    def write(self, data):
        self.written.append(data)

    def close(self):
        self.is_closed = True

    def is_closing(self):
        return self.is_closed

    def get_extra_info(self, name):
        return name


def joined(doing):
    async def run():
        noting = Noting()
        doing(JoinedWrites(noting, asyncio.get_running_loop()), noting)
        at_once = list(noting.written)
        await asyncio.sleep(0)
        return at_once, noting

    return asyncio.run(run())


def test_what_one_turn_writes_leaves_at_its_end_in_one_piece():
    def answer(transport, _):
        for part in (b"head", b"body", b"more"):
            transport.write(part)

    at_once, noting = joined(answer)
    assert at_once == []
    assert noting.written == [b"headbodymore"]


def test_what_is_large_does_not_wait():
    def answer(transport, _):
        transport.write(b"head")
        transport.write(b"x" * HELD_BYTES_MAX)
        transport.write(b"end")

    at_once, noting = joined(answer)
    assert at_once == [b"head" + b"x" * HELD_BYTES_MAX]
    assert b"".join(noting.written) == b"head" + b"x" * HELD_BYTES_MAX + b"end"


def test_closing_writes_first_and_nothing_is_written_after():
    def answer(transport, noting):
        transport.write(b"last")
        transport.close()
        assert noting.written == [b"last"]
        transport.write(b"too late")

    _, noting = joined(answer)
    assert noting.written == [b"last"]


def test_everything_else_is_the_transport_s():
    def answer(transport, _):
        assert transport.get_extra_info("peername") == "peername"

    joined(answer)
