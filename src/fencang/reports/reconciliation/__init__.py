"""A broker's statement against the carrying book of the same day.

``mapping`` says what the columns mean, ``reading`` makes values of the files, ``comparison`` finds
the breaks, ``certificate`` writes the day's result down.  All of it is a function of its input.
"""
