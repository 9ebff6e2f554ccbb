"""The careless office states limits of exposure, buffers and betas, sensible and senseless."""

from tests.engine.exposure_firm import NO_BUFFER, WIDE_EXPOSURE, betas, buffer, exposure
from tests.engine.firm import DAY, changed, define

NODES = ("MASTER", "ALPHA", "NEST", "MIXED", "carrying:C1", "venue:NYMEX", "person:FUND")
SCOPES = ("CL", "CLM0", "ES", "CU")


def exposure_rows(chance):
    """Return a command that states rows."""
    size = str(chance.choice((0, 60_000, 300_000, 2_000_000, 50_000_000)))
    node, scope = chance.choice(NODES), chance.choice(SCOPES)
    kind = chance.choice(("gross", "net", "beta"))
    root = changed(
        WIDE_EXPOSURE,
        beta_age_ns_max=chance.choice((60 * 10**9, DAY)),
        beta_unknown_ppm=chance.choice((1_000_000, 2_500_000)),
        floor_ticks=chance.choice((1, 100)),
    )
    return chance.choice(
        (
            define(root),
            define(root, NO_BUFFER, buffer(node, ppm=chance.choice((0, 400_000)), amount="900")),
            define(exposure(node, scope, **{kind: size})),
            define(exposure(node, scope, share_ppm_max=chance.randint(0, 1_000_000))),
            define(exposure(node, "BOTH", product_ids=("CL", "CU"), net=size, floor_ticks=50)),
            define(exposure(node, "BOTH", product_ids=("CL", "ES"), gross=size)),
        )
    )


def exposure_command(office):
    """Return rows, or betas of now, of long ago or of tomorrow."""
    chance, now_ns = office.chance, office.desk.now_ns
    if chance.random() < 0.5:
        return exposure_rows(chance)
    as_of = max(0, now_ns - chance.choice((0, 0, 30 * 10**9, 90 * 10**9, 2 * DAY, -DAY)))
    values = {
        chance.choice((*SCOPES, "CLN0")): chance.randint(-2_000_000, 2_000_000) for _ in range(3)
    }
    return betas(as_of, index=chance.choice(("SPX", "SPX", "DAX")), **values)
