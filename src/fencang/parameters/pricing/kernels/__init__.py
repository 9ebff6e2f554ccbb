"""Compiled option formulas: scalar functions of floats, one formula per module.

Years, prices in quoted units, volatilities and rates a year as plain fractions; ``right`` is 1 for
a call, else a put.  Every function is total: no finite input gives NaN or an exception; what has no
value has a limit.  numba's cache looks at a function's own file only: after a change in one module
delete the compiled files of those that call it.
"""
