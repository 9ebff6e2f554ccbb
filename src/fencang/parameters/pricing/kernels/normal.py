"""Standard normal distribution in one and two dimensions, to about 1e-15.

The bivariate function follows Drezner and Wesolowsky (1990) as refined by Genz (2004, "Numerical
computation of rectangular bivariate and trivariate normal and t probabilities"): Plackett's
identity turns the double integral into one over the correlation, which Gauss-Legendre with 20
nodes integrates; near perfect correlation the singular part is integrated in closed form.
"""

from math import asin, cos, erfc, exp, sin, sqrt

import numpy as np
from numba import njit

__all__ = ["CALL", "MOMENT", "bivariate_cumulative", "cumulative", "density"]

CALL = 1
"""``ContractRight.CALL`` as the formulas know it; every other right is a put."""
MOMENT = 1e-9
"""Years (0.03 seconds) that count as no time left."""

_ROOT_HALF = sqrt(0.5)
_INVERSE_ROOT_TWO_PI = 1.0 / sqrt(2.0 * np.pi)
_TWO_PI = 2.0 * np.pi
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_HIGH_CORRELATION = 0.925
_CERTAIN = 9.0
"""Standard deviations beyond which a tail (1.1e-19) no longer shows in a double."""


@njit("float64(float64)", cache=True, error_model="numpy")
def density(x: float) -> float:
    """Return the standard normal density."""
    return _INVERSE_ROOT_TWO_PI * exp(-0.5 * x * x)


@njit("float64(float64)", cache=True, error_model="numpy")
def cumulative(x: float) -> float:
    """Return P(X ≤ x)."""
    return 0.5 * erfc(-x * _ROOT_HALF)


@njit("float64(float64, float64, float64)", cache=True, error_model="numpy")
def _by_correlation(h: float, k: float, rho: float) -> float:
    # Plackett: dP/drho is the bivariate density; with rho = sin(angle) the root cancels.
    top = asin(rho)
    total = 0.0
    for node in range(20):
        angle = 0.5 * top * (1.0 + _NODES[node])
        cosine = cos(angle)
        exponent = (h * k * sin(angle) - 0.5 * (h * h + k * k)) / (cosine * cosine)
        total += _WEIGHTS[node] * exp(exponent)
    return cumulative(-h) * cumulative(-k) + 0.5 * top * total / _TWO_PI


@njit("float64(float64, float64, float64)", cache=True, error_model="numpy")
def _below_one(h: float, k: float, rho: float) -> float:
    # P(X > h, Y > k) for 0.925 < rho <= 1: what is lost against rho = 1.  With x = sqrt(1 - rho²)
    # the loss is the integral over (0, x) of exp(-b²/2y²) g(y), g smooth; g's expansion to y^4 is
    # integrated exactly (parts), the small rest by the nodes.
    whole = cumulative(-max(h, k))
    reach = sqrt(max(0.0, (1.0 - rho) * (1.0 + rho)))
    if reach == 0.0:
        return whole
    b2, hk = (h - k) * (h - k), h * k
    second, fourth = (4.0 - hk) / 8.0, (4.0 - hk) * (12.0 - hk) / 128.0
    edge = exp(-0.5 * b2 / (reach * reach))
    tail = sqrt(_TWO_PI * b2) * cumulative(-sqrt(b2) / reach)
    zeroth_integral = reach * edge - tail
    second_integral = (reach**3 * edge - b2 * zeroth_integral) / 3.0
    fourth_integral = (reach**5 * edge - b2 * second_integral) / 5.0
    scale = exp(-0.5 * hk)
    loss = scale * (zeroth_integral + second * second_integral + fourth * fourth_integral)
    for node in range(20):
        y = 0.5 * reach * (1.0 + _NODES[node])
        y2 = y * y
        root = sqrt(1.0 - y2)
        smooth = exp(-hk / (1.0 + root)) / root
        expansion = scale * (1.0 + second * y2 + fourth * y2 * y2)
        loss += 0.5 * reach * _WEIGHTS[node] * exp(-0.5 * b2 / y2) * (smooth - expansion)
    return whole - loss / _TWO_PI


@njit("float64(float64, float64, float64)", cache=True, error_model="numpy")
def bivariate_cumulative(x: float, y: float, rho: float) -> float:
    """Return P(X ≤ x, Y ≤ y) of standard normals with correlation ``rho`` in [-1, 1]."""
    if x < -_CERTAIN or y < -_CERTAIN:
        return 0.0
    if x > _CERTAIN:
        return cumulative(y)
    if y > _CERTAIN:
        return cumulative(x)
    if abs(rho) <= _HIGH_CORRELATION:
        probability = _by_correlation(-x, -y, rho)
    elif rho > 0.0:
        probability = _below_one(-x, -y, min(rho, 1.0))
    else:
        # P(X <= x, Y <= y) = P(X <= x) - P(X <= x, -Y < -y), of correlation -rho.
        probability = cumulative(x) - _below_one(-x, y, min(-rho, 1.0))
    return min(1.0, max(0.0, probability))
