"""People in a browser: signing in, enrolling, recovering, and the drafts that they sign.

A package beside ``rest``: its acts answer with secrets that are shown once and never stand in the
journal, so they have no Idempotency-Key and are no operations of the API; its pages are HTML.  What
people do to the desk itself, approving a draft included, goes through the operations of ``rest``.

Pages are made here from text that is always escaped.  One script of our own runs in them; it makes
keys and signatures, and sends acts with the token of the session.  Nothing comes from elsewhere.
"""
