"""SPAN: the requirement of a portfolio from a clearing house's risk arrays and spread tables.

``parameters`` is what a file states, ``docs/span-method.md`` the method rule by rule.  The package
knows no accounts, no orders and no files.
"""
