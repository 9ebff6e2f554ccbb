"""The portfolio methods of CTP 6.7: one engine (lock, net, cross-net, floor), four parameter sets.

SPBM (CZCE), RULE (DCE), SPMM (SHFE, INE) and RCAMS (CFFEX) publish which numbers they use; how the
numbers combine stands in the exchanges' papers.  Where the field names leave a choice open, it is
a field with a default, and the docstring says *our reading*.
"""
