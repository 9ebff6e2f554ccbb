"""Statements of account: a pure model, the fold that fills it, and its renderers.

``fold.py`` reads records in order and yields trading days that have ended, with ``fold_cash.py``,
``fold_lots.py`` and ``fold_mends.py`` for what moves cash and lots; ``compiled.py`` makes the
statement of one book, one owner or the whole desk over one day or several; ``as_html.py``,
``as_pdf.py``, ``as_csv.py`` and ``as_json.py`` render it.  No clock, no chance and no float takes
part, so the same records give the same bytes.
"""
