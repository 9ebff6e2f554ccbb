"""Every record of the expanded unpacked format, column by column.

Source: CME's published layouts of the positional formats ("expanded").  ``9(2)V9(6)`` there means
two digits before and six behind an implied point; here a field holds the plain integer and the
comment says the scale.  Gaps between fields are CME's fillers.
"""

from fencang.parameters.pa2.records.layout import Kind, Layout, layout, repeat

__all__ = ["LAYOUTS", "UNUSED_RECORDS"]

TEXT, NUMBER, LOCATOR, SIGN = Kind.TEXT, Kind.NUMBER, Kind.LOCATOR, Kind.SIGN

HEADER = layout(
    "0",
    [
        ("clearing_organisation", 3, 8, TEXT),
        ("business_date", 9, 16, NUMBER),  # CCYYMMDD
        ("settlement_or_intraday", 17, 17, TEXT),  # S or I
        ("cycle", 18, 19, TEXT),  # E early, F final, C complete
        ("business_time", 20, 23, NUMBER),
        ("created_date", 24, 31, NUMBER),
        ("created_time", 32, 35, NUMBER),
        ("file_format", 36, 37, TEXT),  # U2
        ("gross_or_net", 38, 38, TEXT),
        ("caps_option_value", 39, 39, TEXT),
        ("business_function", 40, 44, TEXT),
        ("account_kind", 51, 51, TEXT),  # C customer, H house
        ("account_kind_name", 53, 57, TEXT),
        ("account_type", 59, 59, TEXT),  # H hedger, M member, S speculator
        ("account_type_name", 61, 65, TEXT),
        ("account_class", 67, 67, TEXT),  # 1 core, 2 reserve
        ("account_class_name", 69, 73, TEXT),
        ("requirement_kind", 75, 75, TEXT),  # M maintenance, I initial
        ("requirement_kind_name", 77, 81, TEXT),
    ],
)

EXCHANGE = layout("1", [("exchange", 3, 5, TEXT), ("code", 8, 9, TEXT)])

CURRENCY = layout(
    "T",
    [
        ("from_currency", 3, 5, TEXT),
        ("from_code", 6, 6, TEXT),
        ("to_currency", 7, 9, TEXT),
        ("to_code", 10, 10, TEXT),
        ("multiplier", 11, 20, NUMBER),  # 1e-6
    ],
)

PRODUCT = layout(
    "P",
    [
        ("exchange", 3, 5, TEXT),
        ("code", 6, 15, TEXT),
        ("kind", 16, 18, TEXT),
        ("name", 19, 33, TEXT),
        ("settlement_locator", 34, 36, LOCATOR),
        ("strike_locator", 37, 39, LOCATOR),
        ("settlement_alignment", 40, 40, TEXT),
        ("strike_alignment", 41, 41, TEXT),
        ("value_factor", 42, 55, NUMBER),  # 1e-7
        ("cabinet_value", 56, 63, NUMBER),  # 1e-2
        ("quoted_quantity", 64, 65, NUMBER),
        ("currency", 66, 68, TEXT),
        ("currency_code", 69, 69, TEXT),
        ("quotation", 70, 72, TEXT),  # STD, IDX, INT
        ("value_factor_exponent_sign", 73, 73, TEXT),
        ("value_factor_exponent", 74, 75, NUMBER),
        ("exercise", 76, 79, TEXT),  # AMER, EURO
        ("long_name", 80, 114, TEXT),
        ("positionable", 115, 115, TEXT),  # N, else yes
        ("money_calculation", 116, 116, TEXT),
        ("valuation", 117, 121, TEXT),  # FUT, FUTDA, FWD, EQTY
        ("settlement", 122, 126, TEXT),  # CASH, DELIV
        ("spot_gain_credit_rate", 127, 131, NUMBER),
        ("pre_spot_gain_credit_rate", 132, 136, NUMBER),
        ("forward_gain_credit_rate", 139, 143, NUMBER),
        ("equivalent_position_factor", 144, 157, NUMBER),  # 1e-7
        ("equivalent_position_exponent", 158, 159, NUMBER),
        ("equivalent_position_exponent_sign", 160, 160, TEXT),
        ("variable_tick", 161, 161, TEXT),
        ("quotation_currency", 162, 164, TEXT),
    ],
)

COMMODITY = layout(
    "2",
    [
        ("exchange", 3, 5, TEXT),
        ("code", 7, 12, TEXT),
        ("risk_exponent", 13, 13, NUMBER),
        ("currency", 14, 16, TEXT),
        ("currency_code", 17, 17, TEXT),
        ("option_style", 18, 18, TEXT),  # P or blank premium, F futures
        ("caps_option_value", 19, 19, TEXT),  # Y, else no
        ("combination_method", 20, 20, TEXT),  # S, D, M
        *repeat(
            6,
            16,
            [
                ("family_{}_code", 23, 32, TEXT),
                ("family_{}_kind", 33, 35, TEXT),
                ("family_{}_array_locator", 36, 36, NUMBER),
                ("family_{}_array_locator_sign", 37, 37, TEXT),
            ],
        ),
    ],
)

SCAN_TIERS = layout(
    "S",
    [
        ("commodity", 3, 8, TEXT),
        ("method", 9, 10, NUMBER),
        ("tiers", 11, 12, NUMBER),
        *repeat(
            5,
            14,
            [
                ("tier_{}_number", 13, 14, NUMBER),
                ("tier_{}_first", 15, 20, NUMBER),
                ("tier_{}_last", 21, 26, NUMBER),
            ],
        ),
        ("price_risk_method", 83, 83, TEXT),
        *repeat(5, 4, [("tier_{}_first_day", 84, 85, TEXT), ("tier_{}_last_day", 86, 87, TEXT)]),
        *repeat(5, 7, [("tier_{}_som_rate", 104, 110, NUMBER)]),
    ],
)

INTRA_TIERS = layout(
    "3",
    [
        ("commodity", 3, 8, TEXT),
        ("method", 9, 10, NUMBER),
        *repeat(
            4,
            14,
            [
                ("tier_{}_number", 11, 12, NUMBER),
                ("tier_{}_first", 13, 18, NUMBER),
                ("tier_{}_last", 19, 24, NUMBER),
            ],
        ),
        ("initial_ratio_member", 69, 72, NUMBER),  # 1e-3
        ("initial_ratio_hedger", 73, 76, NUMBER),
        ("initial_ratio_speculator", 77, 80, NUMBER),
        *repeat(4, 4, [("tier_{}_first_day", 81, 82, TEXT), ("tier_{}_last_day", 83, 84, TEXT)]),
    ],
)

TIER_SPREAD = layout(
    "C",
    [
        ("commodity", 3, 8, TEXT),
        ("method", 9, 10, NUMBER),
        ("priority", 11, 12, NUMBER),
        ("legs", 13, 14, NUMBER),
        ("rate", 15, 21, NUMBER),
        *repeat(
            8,
            7,
            [
                ("leg_{}_number", 22, 23, NUMBER),
                ("leg_{}_tier", 24, 25, NUMBER),
                ("leg_{}_ratio", 26, 27, NUMBER),
                ("leg_{}_side", 28, 28, TEXT),
            ],
        ),
    ],
)

SERIES_SPREAD = layout(
    "E",
    [
        ("commodity", 3, 8, TEXT),
        ("priority", 9, 13, NUMBER),
        ("rate", 14, 20, NUMBER),
        *repeat(
            4,
            14,
            [
                ("leg_{}_month", 21, 24, NUMBER),  # YYMM
                ("leg_{}_day", 25, 27, TEXT),
                ("leg_{}_ratio", 28, 33, NUMBER),  # 1e-4
                ("leg_{}_side", 34, 34, TEXT),
            ],
        ),
    ],
)

DELIVERY = layout(
    "4",
    [
        ("commodity", 3, 8, TEXT),
        ("method", 9, 10, NUMBER),
        ("months", 11, 12, NUMBER),
        *repeat(
            2,
            22,
            [
                ("month_{}_number", 13, 14, NUMBER),
                ("month_{}_period", 15, 20, NUMBER),
                ("month_{}_rate_consumed", 21, 27, NUMBER),
                ("month_{}_rate_remaining", 28, 34, NUMBER),
            ],
        ),
        ("som_rate", 63, 69, NUMBER),
        ("adjustment_member", 70, 72, NUMBER),  # 1e-2
        ("adjustment_hedger", 73, 75, NUMBER),
        ("adjustment_speculator", 76, 78, NUMBER),
        ("som_method", 79, 79, TEXT),  # 1 greater of calls and puts, blank or 2 their sum
    ],
)

SERIES = layout(
    "B",
    [
        ("exchange", 3, 5, TEXT),
        ("code", 6, 15, TEXT),
        ("kind", 16, 18, TEXT),
        ("future_month", 19, 24, NUMBER),
        ("future_day", 25, 26, TEXT),
        ("option_month", 28, 33, NUMBER),
        ("option_day", 34, 35, TEXT),
        ("volatility", 37, 44, NUMBER),  # 1e-6
        ("volatility_scan", 45, 52, NUMBER),  # 1e-6
        ("price_scan_range", 53, 57, NUMBER),
        ("extreme_multiplier", 58, 62, NUMBER),  # 1e-3
        ("cover", 63, 67, NUMBER),  # 1e-4
        ("interest_rate", 68, 72, NUMBER),  # 1e-4
        ("expiry_years", 73, 79, NUMBER),  # 1e-6
        ("look_ahead_years", 80, 85, NUMBER),  # 1e-6
        ("delta_scaling", 86, 91, NUMBER),  # 1e-4
        ("expiry_day", 92, 99, NUMBER),  # CCYYMMDD
        ("underlying_code", 100, 109, TEXT),
        ("pricing_model", 110, 111, TEXT),
        ("yield", 112, 119, NUMBER),  # 1e-6
        ("reference_price_flag", 120, 120, TEXT),
        ("reference_price", 121, 127, NUMBER),
        ("reference_price_sign", 128, 128, SIGN),
        ("value_factor", 129, 142, NUMBER),  # 1e-7
        ("value_factor_exponent", 143, 144, NUMBER),
        ("value_factor_exponent_sign", 145, 145, SIGN),
        ("volatility_exponent", 146, 147, NUMBER),
        ("volatility_exponent_sign", 148, 148, SIGN),
        ("volatility_scan_exponent", 149, 150, NUMBER),
        ("volatility_scan_exponent_sign", 151, 151, SIGN),
        ("discount_factor", 152, 163, TEXT),  # digits, 1e-10; text, for files of 2019 end in it
        ("volatility_scan_quotation", 164, 164, TEXT),  # A absolute, P percent of the volatility
        ("price_scan_quotation", 165, 165, TEXT),  # A absolute, P percent of the contract value
        ("price_scan_exponent", 166, 167, NUMBER),
        ("price_scan_exponent_sign", 168, 168, SIGN),
        ("delivery_margin_method", 169, 173, TEXT),
    ],
)

CONTRACT_KEY = [
    ("exchange", 3, 5, TEXT),
    ("code", 6, 15, TEXT),
    ("underlying_code", 16, 25, TEXT),
    ("kind", 26, 28, TEXT),
    ("right", 29, 29, TEXT),
    ("future_month", 30, 35, NUMBER),
    ("future_day", 36, 37, TEXT),
    ("option_month", 39, 44, NUMBER),
    ("option_day", 45, 46, TEXT),
    ("strike", 48, 54, NUMBER),
]


def first_array(record: str, digits: int) -> Layout:
    """Return the first record of a contract: values 1 to 9 of ``digits`` digits and a sign."""
    step = digits + 1
    end = 55 + 9 * step
    return layout(
        record,
        [
            *CONTRACT_KEY,
            *repeat(
                9,
                step,
                [
                    ("value_{}", 55, 54 + digits, NUMBER),
                    ("value_{}_sign", 55 + digits, 55 + digits, SIGN),
                ],
            ),
            ("long_settlement", end, end + 13, NUMBER),
            ("long_settlement_flag", end + 14, end + 14, TEXT),  # Y: it is the settlement
        ],
    )


def second_array(record: str, digits: int) -> Layout:
    """Return the second record of a contract: values 10 to 16, deltas and prices."""
    step = digits + 1
    shift = 7 * (step - 6)  # how far everything behind the values stands from record 82
    rows = [
        ("delta", 97, 101, NUMBER),  # 1e-4
        ("delta_sign", 102, 102, SIGN),
        ("volatility", 103, 110, NUMBER),  # 1e-6
        ("settlement", 111, 117, NUMBER),
        ("settlement_sign", 118, 118, SIGN),
        ("strike_sign", 119, 119, SIGN),
        ("current_delta", 120, 124, NUMBER),  # 1e-4
        ("current_delta_sign", 125, 125, SIGN),
        ("current_delta_day", 126, 126, TEXT),
        ("start_of_day_price", 127, 133, NUMBER),
        ("start_of_day_price_sign", 134, 134, SIGN),
        ("volatility_exponent", 135, 136, NUMBER),
        ("volatility_exponent_sign", 137, 137, SIGN),
        ("value_factor", 138, 151, NUMBER),  # 1e-7
        ("value_factor_exponent", 152, 153, NUMBER),
        ("value_factor_exponent_sign", 154, 154, SIGN),
        ("strike_value_factor", 155, 168, NUMBER),  # 1e-7
        ("strike_value_factor_exponent", 169, 170, NUMBER),
        ("strike_value_factor_exponent_sign", 171, 171, SIGN),
    ]
    values = [
        row
        for slot in range(7)
        for row in (
            (f"value_{slot + 10}", 55 + slot * step, 54 + slot * step + digits, NUMBER),
            (f"value_{slot + 10}_sign", 55 + slot * step + digits, 55 + slot * step + digits, SIGN),
        )
    ]
    moved = [(name, first + shift, last + shift, kind) for name, first, last, kind in rows]
    return layout(record, [*CONTRACT_KEY, *values, *moved])


GROUP = layout("5", [("group", 3, 5, TEXT), *repeat(10, 6, [("commodity_{}", 13, 18, TEXT)])])

INTER_SPREAD = layout(
    "6",
    [
        ("group", 3, 5, TEXT),
        ("priority", 6, 9, NUMBER),
        ("rate", 10, 16, NUMBER),  # 1e-4 of a percent; of a flat spread 1e-2 of the currency
        *repeat(
            4,
            18,
            [
                ("leg_{}_exchange", 17, 19, TEXT),
                ("leg_{}_required", 20, 20, TEXT),  # N, else yes
                ("leg_{}_commodity", 21, 26, TEXT),
                ("leg_{}_ratio", 27, 33, NUMBER),  # 1e-4
                ("leg_{}_side", 34, 34, TEXT),
            ],
        ),
        ("method", 89, 90, NUMBER),
        ("target_exchange", 91, 93, TEXT),
        ("target_required", 94, 94, TEXT),
        ("target_commodity", 95, 100, TEXT),
        ("credit_method", 101, 101, TEXT),  # W or blank weighted, F flat
        *repeat(4, 2, [("leg_{}_tier", 102, 103, NUMBER)]),
        ("group_flag", 110, 110, TEXT),  # S super spread
        ("target_ratio", 111, 117, NUMBER),  # 1e-4
        ("legs_min", 118, 121, NUMBER),
        ("separate_rates", 122, 122, TEXT),  # Y, else no
        *repeat(4, 7, [("leg_{}_rate", 123, 129, NUMBER)]),
        ("eligibility", 151, 151, TEXT),
    ],
)

VALUE_MAINTENANCE = layout(
    "V",
    [
        ("exchange", 3, 5, TEXT),
        ("code", 6, 15, TEXT),
        ("future_month", 16, 21, NUMBER),
        ("future_day", 22, 23, TEXT),
        ("business_date", 24, 31, NUMBER),
        ("long_rate", 32, 44, NUMBER),
        ("long_rate_sign", 45, 45, SIGN),
        ("long_premium_or_discount", 46, 46, TEXT),
        ("short_rate", 47, 59, NUMBER),
        ("short_rate_sign", 60, 60, SIGN),
        ("short_premium_or_discount", 61, 61, TEXT),
        ("short_rate_flag", 62, 62, TEXT),
        ("long_maintenance_rate", 63, 65, NUMBER),
        ("short_maintenance_rate", 66, 68, NUMBER),
        ("reset_long_flag", 69, 69, TEXT),
        ("reset_long_down", 70, 72, NUMBER),
        ("reset_long_up", 73, 75, NUMBER),
        ("reset_short_flag", 76, 76, TEXT),
        ("reset_short_down", 77, 79, NUMBER),
        ("reset_short_up", 80, 82, NUMBER),
        ("product_class", 83, 88, TEXT),
    ],
)

COMBINATION_METHOD = layout(
    "X", [("method", 3, 3, TEXT), ("code", 4, 13, TEXT), ("price_offset", 14, 20, NUMBER)]
)

COMBINATION_OPTIONS = layout("Y", [("code", 3, 12, TEXT), ("option_code", 13, 22, TEXT)])

COMBINATION_LEG = layout(
    "Z",
    [
        ("exchange", 3, 5, TEXT),
        ("code", 6, 15, TEXT),
        ("combination_type", 16, 20, TEXT),  # STRIP, CAL, I/C
        ("month", 21, 26, NUMBER),
        ("day", 27, 28, TEXT),
        ("leg_number", 36, 38, NUMBER),
        ("leg_side", 39, 39, TEXT),
        ("leg_ratio", 40, 42, NUMBER),
        ("leg_code", 43, 52, TEXT),
        ("leg_kind", 53, 55, TEXT),
        ("leg_month", 56, 61, NUMBER),
        ("leg_day", 62, 63, TEXT),
        ("leg_ratio_fraction", 64, 67, NUMBER),  # 1e-4
        ("leg_price_given", 68, 68, TEXT),
        ("leg_price_usage", 69, 70, TEXT),  # L price, S+ plus strike, S- minus strike
        ("leg_price", 71, 77, NUMBER),
        ("leg_price_sign", 78, 78, TEXT),
    ],
)

REDEFINITION = layout(
    "R",
    [
        ("exchange", 3, 5, TEXT),
        ("code", 6, 15, TEXT),
        ("commodity", 16, 21, TEXT),
        ("other_exchange", 22, 24, TEXT),
        ("other_code", 25, 34, TEXT),
        ("other_commodity", 35, 40, TEXT),
    ],
)

DEBT_KEY = [
    ("exchange", 3, 5, TEXT),
    ("code", 8, 17, TEXT),
    ("month", 18, 23, NUMBER),
    ("country", 27, 29, TEXT),
    ("instrument", 32, 46, TEXT),
]

DEBT = layout(
    "91",
    [
        *DEBT_KEY,
        ("currency", 47, 49, TEXT),
        ("currency_code", 50, 50, TEXT),
        ("maturity", 51, 58, NUMBER),
        ("coupon", 59, 63, NUMBER),
        ("conversion_factor", 64, 72, NUMBER),
    ],
)

DEBT_DESCRIPTION = layout(
    "92", [*DEBT_KEY, ("description", 47, 96, TEXT), ("equivalence_factor", 97, 106, NUMBER)]
)

LAYOUTS: dict[str, Layout] = {
    each.record: each
    for each in (
        HEADER,
        EXCHANGE,
        CURRENCY,
        PRODUCT,
        COMMODITY,
        SCAN_TIERS,
        INTRA_TIERS,
        TIER_SPREAD,
        SERIES_SPREAD,
        DELIVERY,
        SERIES,
        first_array("81", 5),
        second_array("82", 5),
        first_array("83", 8),
        second_array("84", 8),
        GROUP,
        INTER_SPREAD,
        VALUE_MAINTENANCE,
        COMBINATION_METHOD,
        COMBINATION_OPTIONS,
        COMBINATION_LEG,
        REDEFINITION,
        DEBT,
        DEBT_DESCRIPTION,
    )
}

UNUSED_RECORDS = frozenset({"1", "5", "V", "Y", "R", "91", "92"})
"""Understood, and without part in the calculation."""
