"""The numbers a plan by volatility is made with: integers with a stated meaning, checked at once.

Precedence where limits contradict each other, strongest first: no account is cut below its margin
requirement with buffer; floor and cap; step limit (widened evenly to the least that can be met);
hysteresis band.

    PlanningFault (ValueError)
    ├── ParametersFault   parameters contradict themselves or the number of accounts; lists all
    └── StandingFault     the accounts as they stand allow no plan (no capital, needs too large)
"""

from dataclasses import dataclass

from fencang.basics.money import PPM

__all__ = ["ParametersFault", "PlanningFault", "StandingFault", "VolatilityParameters"]


class PlanningFault(ValueError):
    """No plan can be made; nothing was proposed."""


class ParametersFault(PlanningFault):
    """Parameters contradict themselves; ``faults`` lists every one of them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("no plan was made, the parameters are at fault: " + "; ".join(faults))
        self.faults = tuple(faults)


class StandingFault(PlanningFault):
    """The accounts as they stand allow no plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VolatilityParameters:
    """How capital follows volatility; ratios in parts per million, volatilities per year.

    Volatility: ``half_life_days`` of the weights; ``prior_volatility_ppm`` (15 % a year) stands
    alone until an account has ``history_days_min`` days with capital, and counts afterwards as
    ``prior_observations`` days before its first one, decaying as days do.  No volatility below
    ``volatility_floor_ppm`` is believed, so a flat account gets no infinite share.

    Shares of what is distributed: at least ``floor_ppm``, at most ``cap_ppm``; one plan moves no
    account by more than ``step_ppm`` and leaves alone what lies within ``band_ppm`` of its target.

    ``deploy_ppm`` of the owner's capital (reserve included) is distributed, the rest stays in the
    reserve.  ``margin_buffer_ppm`` of its requirement stays on top of it in every account.
    """

    half_life_days: int = 60
    history_days_min: int = 20
    prior_volatility_ppm: int = 150_000
    prior_observations: int = 20
    volatility_floor_ppm: int = 10_000
    trading_days_per_year: int = 252
    floor_ppm: int = 5_000
    cap_ppm: int = 100_000
    step_ppm: int = 20_000
    band_ppm: int = 2_000
    deploy_ppm: int = 900_000
    margin_buffer_ppm: int = 250_000

    @property
    def lookback_days(self) -> int:
        """Return how many days are looked at: ten half-lives, older days weigh below 0.1 %."""
        return 10 * self.half_life_days

    def check(self, accounts_count: int) -> None:
        """Assure that these parameters can hold for so many accounts.

        Raises:
            ParametersFault: with every fault, not only the first.
        """
        faults = self._own_faults()
        if accounts_count < 1:
            faults.append("there is no sub-account to distribute capital to")
        elif accounts_count * self.floor_ppm > PPM:
            faults.append(
                f"floor_ppm {self.floor_ppm:,} × {accounts_count} accounts is "
                f"{accounts_count * self.floor_ppm:,}, more than the whole of 1,000,000; "
                f"at most {PPM // accounts_count:,} is possible"
            )
        if 0 < accounts_count * self.cap_ppm < PPM:
            faults.append(
                f"cap_ppm {self.cap_ppm:,} × {accounts_count} accounts is "
                f"{accounts_count * self.cap_ppm:,}, less than the whole of 1,000,000; "
                f"at least {-(-PPM // accounts_count):,} is needed"
            )
        if faults:
            raise ParametersFault(faults)

    def _own_faults(self) -> list[str]:
        positive = (
            "half_life_days",
            "prior_volatility_ppm",
            "volatility_floor_ppm",
            "trading_days_per_year",
            "cap_ppm",
            "step_ppm",
            "deploy_ppm",
        )
        faults = [
            f"{name} is {getattr(self, name):,} and must be above 0"
            for name in positive
            if getattr(self, name) < 1
        ]
        natural = (
            "history_days_min",
            "prior_observations",
            "floor_ppm",
            "band_ppm",
            "margin_buffer_ppm",
        )
        faults += [
            f"{name} is {getattr(self, name):,} and must not be below 0"
            for name in natural
            if getattr(self, name) < 0
        ]
        faults += [
            f"{name} is {getattr(self, name):,} and must not be above 1,000,000"
            for name in ("floor_ppm", "cap_ppm", "step_ppm", "band_ppm", "deploy_ppm")
            if getattr(self, name) > PPM
        ]
        if self.floor_ppm > self.cap_ppm:
            faults.append(f"floor_ppm {self.floor_ppm:,} is above cap_ppm {self.cap_ppm:,}")
        if self.band_ppm > self.step_ppm:
            faults.append(
                f"band_ppm {self.band_ppm:,} is above step_ppm {self.step_ppm:,}: "
                "no account could ever leave its band"
            )
        return faults
