"""Position limits of jurisdictions: who counts as one, how positions count, and what may be done.

``aggregation`` joins persons into groups, ``counting`` turns their positions into the number a
limit speaks of, ``verdict`` answers an order, ``duties`` finds what is to be reported.  All are
functions over values of a day: the same values give the same answer, whoever asks.
"""
