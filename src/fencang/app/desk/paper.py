"""``[paper]``: the made-up market that a served desk may trade against."""

from dataclasses import dataclass, field

from fencang.app.desk.fields import Fields
from fencang.basics.price import PRICE_NANOS_MAX

__all__ = ["PaperSettings", "read_paper"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSettings:
    """Where prices begin (contract → nanos), how many trades a second, and the seed of chance."""

    seed: int = 1
    trades_per_s: int = 20
    prices_nanos: dict[str, int] = field(default_factory=dict)


def read_paper(fields: Fields) -> PaperSettings:
    """Read ``[paper]``; a desk that states none has a venue and no prices."""
    prices = fields.inner("prices")
    limit = PRICE_NANOS_MAX
    settings = PaperSettings(
        seed=fields.whole("seed", 1, high=2**31),
        trades_per_s=fields.whole("trades_per_second", 20, low=1, high=1_000),
        prices_nanos={
            name: prices.decimal(name, 9, None, low=-limit, high=limit) for name in prices.table
        },
    )
    prices.finish()
    fields.finish()
    return settings
