"""One picture of a replay: equity, shares of capital, margin use, and when the rule fired.

Hand-written SVG without dependencies; readable in light and dark, with a title and a description
for those who do not see it.  Draws what it is given and knows no desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

__all__ = ["Band", "Chart", "draw"]

_WIDTH, _LEFT, _RIGHT = 960, 74, 24
_INNER = _WIDTH - _LEFT - _RIGHT
_SAMPLES_MAX = 180
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_STYLE = """
svg{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.page{fill:#ffffff}.text{fill:#1c2430}.soft{fill:#5b6778}.grid{stroke:#e3e8ef;stroke-width:1}
.axis{stroke:#aeb8c6;stroke-width:1}.equity{fill:none;stroke:#1f5fbf;stroke-width:2}
.under{fill:#1f5fbf;fill-opacity:.10}.margin{fill:#b3541e;fill-opacity:.20}
.marginline{fill:none;stroke:#b3541e;stroke-width:1.6}
.firing{stroke:#c2185b;stroke-width:1;stroke-opacity:.24}.dot{fill:#c2185b}
.band{stroke:#ffffff;stroke-width:.6;stroke-opacity:.6}
.f0{fill:#2f6fc1}.f1{fill:#2a8f83}.f2{fill:#c98a1b}.f3{fill:#8358b0}.f4{fill:#74808f}
@media (prefers-color-scheme:dark){
.page{fill:#0f1520}.text{fill:#e8edf4}.soft{fill:#9aa7b8}.grid{stroke:#232d3c}.axis{stroke:#4a586c}
.equity{stroke:#6ea8ff}.under{fill:#6ea8ff;fill-opacity:.14}
.margin{fill:#f0a36b;fill-opacity:.22}.marginline{stroke:#f0a36b}
.firing{stroke:#ff6fa5;stroke-opacity:.32}.dot{fill:#ff6fa5}.band{stroke:#0f1520}
.f0{fill:#4d86d1}.f1{fill:#3ba396}.f2{fill:#d6a040}.f3{fill:#9b74c6}.f4{fill:#8793a3}
}
"""


@dataclass(frozen=True, slots=True)
class Band:
    """One sub-account's capital day by day; bands of one family share a colour."""

    name: str
    family: str
    capital: Sequence[float]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: one value per day in every series, money in whole units."""

    heading: str
    subheading: str
    currency: str
    days: Sequence[date]
    equity: Sequence[float]
    bands: Sequence[Band]
    margin_share: Sequence[float]
    firings: Sequence[date]
    firing_words: str


class _Panel:
    """A rectangle with a vertical scale; x is shared by all panels."""

    def __init__(self, top: int, height: int, low: float, high: float, count: int) -> None:
        self.top, self.height = top, height
        self.low, self.high = low, high if high > low else low + 1
        self._count = max(2, count)

    def x(self, index: int) -> float:
        return _LEFT + _INNER * index / (self._count - 1)

    def y(self, value: float) -> float:
        return self.top + self.height * (1 - (value - self.low) / (self.high - self.low))

    def line(self, values: Sequence[float]) -> str:
        points = (f"{self.x(i):.1f},{self.y(value):.1f}" for i, value in enumerate(values))
        return "M" + "L".join(points)

    def area(self, lower: Sequence[float], upper: Sequence[float]) -> str:
        back = (f"{self.x(i):.1f},{self.y(lower[i]):.1f}" for i in reversed(range(len(lower))))
        return f"{self.line(upper)}L{'L'.join(back)}Z"


def draw(chart: Chart) -> str:
    """Return the picture as SVG text.  Needs at least one day."""
    assert chart.days, "a picture needs at least one day"
    count = len(chart.days)
    marked = [i for i, day in enumerate(chart.days) if day in frozenset(chart.firings)]
    low, high = min(chart.equity), max(chart.equity)
    room = max((high - low) * 0.08, abs(high) * 0.002)
    equity = _Panel(96, 170, low - room, high + room, count)
    shares = _Panel(322, 150, 0.0, 100.0, count)
    margin_high = _round_up(max(chart.margin_share) * 100 or 1.0)
    margin = _Panel(532, 100, 0.0, margin_high, count)
    parts = [
        _head(chart, 700),
        *_firing_lines(equity, margin, marked),
        *_equity(chart, equity, marked),
        *_shares(chart, shares),
        *_margin(chart, margin),
        *_days(chart, margin),
        _text(_LEFT, 682, chart.firing_words, "soft", 12),
        f'<circle class="dot" cx="{_LEFT - 10}" cy="678" r="3.5"/>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _head(chart: Chart, height: int) -> str:
    described = (
        f"Three panels from {chart.days[0]} to {chart.days[-1]}: equity of the master account from "
        f"{chart.equity[0]:,.0f} to {chart.equity[-1]:,.0f} {chart.currency}; shares of capital of "
        f"{len(chart.bands)} sub-accounts; margin in use as part of equity, at most "
        f"{100 * max(chart.margin_share):.1f} %. {chart.firing_words}"
    )
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
                'role="img" aria-labelledby="title desc">'
            ),
            f'<title id="title">{escape(chart.heading)}</title>',
            f'<desc id="desc">{escape(described)}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect class="page" width="{_WIDTH}" height="{height}" rx="8"/>',
            _text(_LEFT, 38, chart.heading, "text", 19, weight=600),
            _text(_LEFT, 60, chart.subheading, "soft", 13),
        ]
    )


def _text(
    x: float,
    y: float,
    words: str,
    kind: str,
    size: int,
    *,
    anchor: str = "start",
    weight: int = 400,
) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
        f'text-anchor="{anchor}" font-weight="{weight}">{escape(words)}</text>'
    )


def _scale(panel: _Panel, values: Sequence[tuple[float, str]]) -> list[str]:
    parts = []
    for value, words in values:
        y = panel.y(value)
        parts.append(f'<path class="grid" d="M{_LEFT},{y:.1f}H{_WIDTH - _RIGHT}"/>')
        parts.append(_text(_LEFT - 8, y + 4, words, "soft", 11, anchor="end"))
    return parts


def _equity(chart: Chart, panel: _Panel, marked: Sequence[int]) -> list[str]:
    step = _step(panel.high - panel.low)
    first = -(-panel.low // step) * step
    values = [first + step * i for i in range(10) if first + step * i <= panel.high]
    digits = 0 if step >= 1e6 else 2
    ground = [panel.low] * len(chart.equity)
    dots = [
        f'<circle class="dot" cx="{panel.x(i):.1f}" cy="{panel.y(chart.equity[i]):.1f}" r="2.2"/>'
        for i in marked
    ]
    return [
        _text(_LEFT, panel.top - 10, f"Equity, {chart.currency} million", "text", 13, weight=600),
        *_scale(panel, [(value, f"{value / 1e6:,.{digits}f}") for value in values]),
        f'<path class="under" d="{panel.area(ground, chart.equity)}"/>',
        f'<path class="equity" d="{panel.line(chart.equity)}"/>',
        *dots,
    ]


def _shares(chart: Chart, panel: _Panel) -> list[str]:
    families = list(dict.fromkeys(band.family for band in chart.bands))
    sampled = _sampled(len(chart.days))
    totals = [sum(band.capital[i] for band in chart.bands) or 1.0 for i in sampled]
    parts = [
        _text(_LEFT, panel.top - 10, "Shares of granted capital, %", "text", 13, weight=600),
        *_scale(panel, [(value, f"{value:.0f}") for value in (0.0, 25.0, 50.0, 75.0, 100.0)]),
    ]
    upper = [0.0] * len(sampled)
    paths: list[str] = []
    for band in sorted(chart.bands, key=lambda band: families.index(band.family)):
        for place, i in enumerate(sampled):
            upper[place] += 100 * max(0.0, band.capital[i]) / totals[place]
        points = "L".join(
            f"{panel.x(i):.0f},{panel.y(value):.1f}"
            for i, value in zip(sampled, upper, strict=True)
        )
        kind = f"band f{families.index(band.family) % 5}"
        base = panel.top + panel.height
        path = f"M{_LEFT},{base}L{points}V{base}Z"
        paths.append(f'<path class="{kind}" d="{path}"><title>{escape(band.name)}</title></path>')
    parts.extend(reversed(paths))  # each lies before those that reach above it
    x = float(_WIDTH - _RIGHT)
    for index, family in reversed(list(enumerate(families))):
        parts.append(_text(x, panel.top - 10, family, "text", 12, anchor="end"))
        x -= 7.0 * len(family) + 14
        parts.append(
            f'<rect class="f{index % 5}" x="{x:.1f}" y="{panel.top - 20}" width="10" height="10" '
            'rx="2"/>'
        )
        x -= 14
    return parts


def _sampled(count: int) -> list[int]:
    every = max(1, count // _SAMPLES_MAX)
    return sorted(frozenset([*range(0, count, every), count - 1]))


def _margin(chart: Chart, panel: _Panel) -> list[str]:
    values = [100 * share for share in chart.margin_share]
    half = panel.high / 2
    digits = 0 if half == int(half) else 1
    ticks = [(value, f"{value:.{digits}f}") for value in (0.0, half, panel.high)]
    return [
        _text(_LEFT, panel.top - 10, "Margin in use, % of equity", "text", 13, weight=600),
        *_scale(panel, ticks),
        f'<path class="margin" d="{panel.area([0.0] * len(values), values)}"/>',
        f'<path class="marginline" d="{panel.line(values)}"/>',
    ]


def _firing_lines(first: _Panel, last: _Panel, marked: Sequence[int]) -> list[str]:
    bottom = last.top + last.height
    return [f'<path class="firing" d="M{first.x(i):.1f},{first.top}V{bottom}"/>' for i in marked]


def _days(chart: Chart, panel: _Panel) -> list[str]:
    bottom = panel.top + panel.height
    parts = [f'<path class="axis" d="M{_LEFT},{bottom}H{_WIDTH - _RIGHT}"/>']
    starts = [
        i for i, day in enumerate(chart.days) if i == 0 or day.month != chart.days[i - 1].month
    ]
    every = max(1, -(-len(starts) // 12))
    for i in starts[::every]:
        day = chart.days[i]
        words = f"{_MONTHS[day.month - 1]} {day.year}" if i == starts[0] or day.month == 1 else ""
        x = panel.x(i)
        parts.append(f'<path class="axis" d="M{x:.1f},{bottom}v5"/>')
        parts.append(_text(x, bottom + 18, words or _MONTHS[day.month - 1], "soft", 11))
    return parts


def _step(span: float) -> float:
    """Return a round step that divides a span into at most five."""
    size = 1.0
    while size * 10 <= span / 5:
        size *= 10
    while size > span / 5 and size > 1e-6:
        size /= 10
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        if size * factor >= span / 5:
            return size * factor
    return size * 10


def _round_up(value: float) -> float:
    for limit in (1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100):
        if value <= limit:
            return float(limit)
    return float(-(-value // 50) * 50)
