"""The doors of the gateways: who is there, may it come in, and what is it shown.

Requests that are signed, tokens that only read, people with password and one-time code; replays,
floods and guesses; scopes and sub-trees; what a leaver leaves behind.  No handler of a protocol is
here, and nothing of this ever enters the journal.  Time and chance come as arguments.
"""
