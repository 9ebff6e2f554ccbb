"""The program around the desk: desk files, the command line, replays of real years, the demo.

Here everything is put together: journal, machine, gateways, planning.  Only this package talks to
a person; nothing below it knows that there is a terminal.
"""
