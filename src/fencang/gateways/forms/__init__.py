"""The API's own form of every message and reference value: exact text instead of scaled integers.

``form_of`` makes it from the type itself, so nothing that the desk knows is out of reach and no
field can be forgotten.  Names are the domain's, without the unit that the text makes superfluous:
``limit_price_nanos`` becomes ``limit_price`` ("-37.63"), ``amount_micros`` becomes ``amount``
("1500000.00"), ``until_ns`` becomes ``until_time`` (RFC 3339), ``after_ns`` becomes
``after_seconds`` ("0.25").  Lots, counts and parts per million stay integers; enumerations are
their lower-case names.
"""
