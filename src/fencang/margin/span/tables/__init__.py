"""Dense tables of one parameter set, made once per file: what the kernels read.

``layout`` names the columns, ``contracts``, ``months`` and ``spreads`` fill them, ``bounds`` says
how many lots of a combined commodity the kernels can count without leaving int64.
"""
