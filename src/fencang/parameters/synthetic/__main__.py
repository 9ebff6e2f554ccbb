"""Writes a made-up parameter set to a file, for who wants to try fencang without a real one."""

import argparse
from pathlib import Path

from fencang.parameters.spn import write_spn
from fencang.parameters.synthetic import CONTRACTS_MAX, synthetic_parameters

CONTRACTS_PER_1000_LINES = 484
"""Two lines a contract; months, families and tables take the rest."""
CONTRACTS_PER_COMMODITY = 860
"""About what a clearing house of 400 commodities and 345,000 contracts has."""
COMMODITIES_LIMIT = 400
SPREADS_PER_COMMODITY = 5


def main() -> None:
    """Make the set that the command line asks for and write it."""
    parser = argparse.ArgumentParser(prog="fencang.parameters.synthetic", description=__doc__)
    parser.add_argument("--lines", type=int, default=690_000, help="lines of a .pa2, about")
    parser.add_argument("--format", choices=("pa2", "spn"), default="pa2")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    contracts = min(max(asked.lines * CONTRACTS_PER_1000_LINES // 1_000, 10), CONTRACTS_MAX)
    commodities = min(max(contracts // CONTRACTS_PER_COMMODITY, 2), COMMODITIES_LIMIT)
    parameters = synthetic_parameters(
        seed=asked.seed,
        commodities=commodities,
        contracts=contracts,
        inter_spreads=min(commodities * SPREADS_PER_COMMODITY // 2, 1_000),
    )
    with asked.out.open("wb") as stream:
        if asked.format == "spn":
            write_spn(parameters, stream)
        else:
            from fencang.parameters.pa2 import write_pa2

            write_pa2(parameters, stream)
    print(f"{asked.out}: {len(parameters.contracts)} contracts of {commodities} commodities")


if __name__ == "__main__":
    main()
