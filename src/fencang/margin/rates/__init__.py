"""Rate-based margin in full, as the Chinese futures exchanges and CTP know it.

By money and by volume, by side and hedge flag, the exchange's and the broker's result side by side;
larger side, combinations by priority, short options, margin frozen by working orders; and one
netting engine for SPBM, RULE, SPMM and RCAMS (``netting``).  ``docs/guide/rate-margin.md`` says
what is confirmed and what is data.  The package knows no accounts, no order identifiers, no files.
"""
