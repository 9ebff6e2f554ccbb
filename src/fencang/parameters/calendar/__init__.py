"""The trading calendar: which days a venue trades, and in which phases, as dated and cited data.

``data`` holds one file per group of venues, ``reading`` turns a file into values or lists every
fault of it, ``shipped`` finds the files that belong to the project.  ``days`` and ``sessions`` are
functions over values: no clock, no file.  Time zones end here: the engine, which must decide the
same in every year, hears session times as integers in commands and never imports this package.
"""
