"""The desk as tables of rows: what the API lists, and what a stream says has changed.

One set of rows serves both, so a client that folds the stream has what a list would have told it at
the same sequence.
"""
