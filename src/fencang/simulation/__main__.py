"""``python -m fencang.simulation --seed 123``: run desks by their seeds and tell what happened.

The last line of one seed is ``state_hash=…``; the same seed prints the same everywhere.  A broken
law prints one line that reproduces it, and the exit status is 1.
"""

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from fencang.simulation.runs import Outcome, run_quickly, run_seed

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the seeds that the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m fencang.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="run one desk")
    parser.add_argument("--seeds", help="run many desks, from..to, both included")
    parser.add_argument("--steps", type=int, help="stop a desk's trading after so many actions")
    parser.add_argument("--json", action="store_true", help="print one JSON object a seed")
    given = parser.parse_args(arguments)
    if (given.seed is None) == (given.seeds is None):
        parser.error("name either --seed 123 or --seeds 1..100")
    if given.seed is not None:
        return _one(run_seed(given.seed, given.steps), as_json=given.json)
    first, dots, last = given.seeds.partition("..")
    if not (dots and first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
        parser.error(f"--seeds {given.seeds!r} is not from..to, for example 1..100")
    return _many(int(first), int(last), given.steps, as_json=given.json)


def _one(outcome: Outcome, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(outcome.plain()))
    else:
        for line in outcome.lines():
            print(line)
    return 0 if outcome.is_sound else 1


def _many(first: int, last: int, steps: int | None, *, as_json: bool) -> int:
    count, broken = last - first + 1, 0
    seeds = range(first, last + 1)
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        outcomes = pool.map(run_quickly, seeds, [steps] * count, chunksize=8)
        for done, outcome in enumerate(outcomes, 1):
            broken += not outcome.is_sound
            if as_json:
                print(json.dumps(outcome.plain()))
            elif not outcome.is_sound:
                print(outcome.fault_line())
            if done % 50 == 0 or done == count:
                print(f"\r{done} of {count} desks, {broken} broken", end="", file=sys.stderr)
    print(file=sys.stderr)
    if not as_json:
        print(f"{count} desks, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
