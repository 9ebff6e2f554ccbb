"""Every word of a statement in both languages: one table, one key per meaning.

Chinese terms are those of mainland futures brokers' statements (结算单) where they have one.
"""

from enum import StrEnum

__all__ = ["WORDS", "Language", "word"]


class Language(StrEnum):
    """Languages of a statement, by their tags for people and pages (BCP 47)."""

    ENGLISH = "en"
    CHINESE = "zh"

    @property
    def page_tag(self) -> str:
        """Return the tag that a page says of itself."""
        return "zh-Hans" if self is Language.CHINESE else "en"


def word(key: str, language: Language) -> str:
    """Return the words of a key.  An unknown key is a programmer's error."""
    return WORDS[key][language is Language.CHINESE]


WORDS: dict[str, tuple[str, str]] = {
    # Heading
    "title.day": ("Daily statement of account", "日结单"),
    "title.month": ("Monthly statement of account", "月结单"),
    "head.account": ("Account", "账户"),
    "head.name": ("Name", "名称"),
    "head.owner": ("Owner", "所有人"),
    "head.trading_day": ("Trading day", "交易日"),
    "head.month": ("Month", "月份"),
    "head.days": ("Trading days", "交易日数"),
    "head.from_to": ("From, to", "起止"),
    "head.base_currency": ("Base currency", "基准货币"),
    "head.equity": ("Equity in base currency", "折合基准货币权益"),
    "head.status": ("Status", "状态"),
    "scope.book": ("one book", "单个账簿"),
    "scope.owner": ("all books of the owner", "所有人的全部账簿"),
    "scope.desk": ("all books of the desk", "全部账簿"),
    "status.final": ("final", "已定稿"),
    "status.provisional": ("PROVISIONAL", "暂定"),
    "status.waits": ("not yet settled: ", "尚未结算："),
    "status.may_change": (
        "The last trading day has not ended; entries may still be added.",
        "最后一个交易日尚未结束，仍可能有新的记录。",
    ),
    # Cash
    "cash.title": ("Cash", "资金"),
    "cash.movement": ("Movement", "项目"),
    "cash.opening": ("Opening balance", "期初余额"),
    "cash.closing": ("Closing balance", "期末余额"),
    "cash.unpaid": ("Variation not yet paid", "未结算盯市盈亏"),
    "cash.equity": ("Equity", "权益"),
    "cash.option_value": ("Net option value (no cash)", "期权市值（非资金）"),
    "movement.opening_book": ("Taken over from a prior system", "期初导入"),
    "movement.deposit": ("Deposits", "入金"),
    "movement.withdrawal": ("Withdrawals", "出金"),
    "movement.wire": ("Wires", "银行转账"),
    "movement.promised": ("Promised to wires", "转账在途预留"),
    "movement.transfer": ("Capital transfers", "资金划转"),
    "movement.conversion": ("Currency conversions", "货币兑换"),
    "movement.interest": ("Interest", "利息"),
    "movement.variation": ("Variation margin", "盯市盈亏"),
    "movement.correction": ("Corrected settlements", "结算更正"),
    "movement.premium": ("Option premiums", "权利金"),
    "movement.fees": ("Fees", "手续费"),
    "movement.day_minimum": ("Daily minimum of fees", "当日最低手续费补足"),
    # Valuation
    "value.title": ("Valuation in base currency", "折合基准货币"),
    "value.note": (
        "For information only: currencies are held apart.",
        "仅供参考：各货币资金分别持有。",
    ),
    "value.rate": ("Rate", "汇率"),
    "value.source": ("Source of rate", "汇率来源"),
    "value.base": ("Value", "折合金额"),
    "value.no_rate": ("no rate", "无汇率"),
    "value.is_base": ("base currency", "基准货币"),
    # Profit and loss
    "result.title": ("Profit and loss", "盈亏"),
    "result.note": (
        "By cost of record; variation margin has paid it up to the last settlement.",
        "按持仓成本计算；截至上次结算的部分已通过盯市盈亏收付。",
    ),
    "result.note_options": (
        "By cost of record; paid by variation margin or, for options, by premiums at the trade.",
        "按持仓成本计算；期货通过盯市盈亏收付，期权于成交时以权利金收付。",
    ),
    "result.realised": ("Realised", "平仓盈亏"),
    "result.unrealised_opening": ("Unrealised, opening", "期初浮动盈亏"),
    "result.unrealised_closing": ("Unrealised, closing", "期末浮动盈亏"),
    "result.brought_in": ("Brought in", "导入盈亏"),
    "result.fees": ("Fees", "手续费"),
    "result.net": ("Net", "净盈亏"),
    "result.variation": ("Variation paid", "盯市盈亏"),
    "result.premium": ("Premium", "权利金"),
    "result.option_value_opening": ("Option value, opening", "期初期权市值"),
    "result.option_value_closing": ("Option value, closing", "期末期权市值"),
    "result.option_value_brought_in": ("Option value, brought in", "导入期权市值"),
    # Positions
    "position.title": ("Open positions", "持仓"),
    "position.today": ("Of today", "今仓"),
    "position.yesterday": ("Of before", "昨仓"),
    "position.average_price": ("Average price", "均价"),
    "position.mark": ("Valued at", "估值价"),
    "position.mark_kind": ("Kind of price", "价格种类"),
    "position.unrealised": ("Unrealised", "浮动盈亏"),
    "side.long": ("long", "多"),
    "side.short": ("short", "空"),
    "mark.settlement": ("settlement", "结算价"),
    "mark.mark": ("last mark", "最新价"),
    # Changes of lots
    "lots.title": ("Fills and other changes of lots", "成交与持仓变动"),
    "lots.kind": ("Kind", "种类"),
    "lots.execution": ("Execution", "成交编号"),
    "lots.roll": ("Roll", "移仓编号"),
    "lots.side": ("Side", "买卖"),
    "lots.offset": ("Offset", "开平"),
    "lots.price": ("Price", "价格"),
    "change.opening_book": ("taken over", "期初导入"),
    "change.fill": ("fill", "成交"),
    "change.entered": ("fill entered by hand", "人工录入成交"),
    "change.correction": ("corrected fill", "成交更正"),
    "change.bust": ("busted fill", "成交撤销"),
    "change.transfer": ("moved position", "持仓划转"),
    "change.suspended": ("to suspense", "转入待分配"),
    "change.assigned": ("assigned from suspense", "待分配分派"),
    "change.exercise": ("exercise", "行权"),
    "change.assignment": ("assignment of an option", "被行权履约"),
    "change.expired": ("expired", "到期"),
    "change.conversion": ("contract converted", "合约转换"),
    "side.buy": ("buy", "买"),
    "side.sell": ("sell", "卖"),
    "offset.net": ("net", "净持仓"),
    "offset.open": ("open", "开仓"),
    "offset.close": ("close", "平仓"),
    "offset.close_today": ("close today", "平今"),
    "offset.close_yesterday": ("close yesterday", "平昨"),
    # Cash entries
    "entry.title": ("Deposits, transfers and other cash", "出入金与划转"),
    "entry.amount": ("Amount", "金额"),
    "entry.other": ("From, to", "对方"),
    "entry.text": ("Remark", "备注"),
    # Margin
    "margin.title": ("Margin", "保证金"),
    "margin.note": (
        "In base currency, as published with the day's last settlement.",
        "以基准货币计，按当日最后一次结算公布。",
    ),
    "margin.equity": ("Equity", "权益"),
    "margin.requirement": ("Requirement", "保证金要求"),
    "margin.attributed": ("Share of the pool's", "分摊保证金"),
    "margin.granted": ("Granted", "授予额度"),
    "margin.brokers": ("Margin at the brokers", "期货公司保证金"),
    "margin.cash": ("Cash", "资金"),
    "margin.unpaid": ("Variation not yet paid", "未结算盯市盈亏"),
    "margin.collateral": ("Collateral", "质押"),
    "margin.excess": ("Excess (call if negative)", "可用资金（负为追保）"),
    "margin.flags": ("Remarks on margin", "保证金备注"),
    "margin.flag": ("Remark", "备注"),
    # Books
    "book.title": ("Books", "账簿"),
    "book.cash": ("Closing balance", "期末余额"),
    # Shared columns
    "column.book": ("Book", "账簿"),
    "column.carrying_account": ("Carrying account", "资金账户"),
    "column.contract": ("Contract", "合约"),
    "column.currency": ("Currency", "币种"),
    "column.day": ("Day", "日期"),
    "column.lots": ("Lots", "手数"),
    "column.record": ("Record", "记录"),
    "column.side": ("Side", "方向"),
    "column.total": ("Total", "合计"),
    "foot.page": ("Page", "页"),
    "foot.exact": (
        "Amounts are exact, each movement stands once, the same records give the same bytes.",
        "金额均为精确值，每笔变动只列示一次，相同记录生成相同字节。",
    ),
}
"""Key → (English, Chinese)."""
