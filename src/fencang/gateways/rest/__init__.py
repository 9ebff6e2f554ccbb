"""The REST interface: operations in one table, from which routes, document and rights are made."""
