"""What is signed, and how: Ed25519 keys, signed HTTP requests, body digests, drafts.

Every signature of fencang is made and checked here, so that the bytes under it are written down
once.  Knows no clock, no chance and no store: times, nonces and seeds are arguments, and whether a
nonce was seen before or a key was revoked is for the caller to ask.
"""
