"""Writes the client's types and methods from the OpenAPI document: `make client-types`.

What is written stands in the repository, is read like any other code, and is compared with the
document by a test; nobody edits it by hand.
"""
