"""Bytes of a statement to text: one encoding, stated beforehand, for the whole file.

Guessing would turn a wrong file into wrong names.  A file whose lines are not all in the stated
encoding was put together from two, and is refused with the first line that shows it.
"""

import re
from collections.abc import Iterator

from fencang.reports.reconciliation.statement import FileFault, StatementFault

__all__ = ["ENCODINGS", "decoded"]

ENCODINGS = ("utf-8", "utf-16", "ascii", "latin-1", "cp1252", "gbk", "gb18030", "big5", "shift_jis")
_ONE_BYTE = ("latin-1", "cp1252")
_FOREIGN = re.compile(rb"[\x80-\xff]+")
_CHINESE_UTF8 = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2})+")
_UTF8_MARK = b"\xef\xbb\xbf"


def decoded(payload: bytes, encoding: str, name: str) -> str:
    """Return the text of a file.

    Raises:
        StatementFault: bytes of another encoding, named with line and byte.
    """
    if encoding == "utf-16":
        return _whole(payload, encoding, name)
    if payload.startswith(_UTF8_MARK):
        if encoding not in {"utf-8", "ascii"}:
            words = f"begins as utf-8 and the map says {encoding}; state the encoding it is in"
            raise StatementFault([FileFault(name, 1, "", words)])
        payload, encoding = payload[len(_UTF8_MARK) :], "utf-8"
    if b"\x00" in payload:
        line = payload[: payload.index(b"\x00")].count(b"\n") + 1
        words = f"holds a zero byte, which no text in {encoding} does; is it utf-16, or a workbook?"
        raise StatementFault([FileFault(name, line, "", words)])
    for line, words in _strange_lines(payload, encoding):
        raise StatementFault([FileFault(name, line, "", words)])
    return payload.decode(encoding)


def _whole(payload: bytes, encoding: str, name: str) -> str:
    try:
        return payload.decode(encoding)
    except UnicodeDecodeError as fault:
        words = f"byte {fault.start + 1} is not {encoding}: {fault.reason}"
        raise StatementFault([FileFault(name, 0, "", words)]) from fault


def _strange_lines(payload: bytes, encoding: str) -> Iterator[tuple[int, str]]:
    """Yield lines that are not in the stated encoding, with the reason."""
    if payload.isascii():
        return
    fitting = 0
    for number, line in enumerate(payload.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            line.decode(encoding)
        except UnicodeDecodeError as fault:
            seen = line[fault.start]
            others = "lines before it are: " if fitting else ""
            why = "the file has two encodings" if fitting else "state the encoding it is in"
            yield number, f"byte {fault.start + 1} (0x{seen:02x}) is not {encoding}; {others}{why}"
            return
        if encoding not in {"utf-8", "ascii"} and _is_utf8(line, encoding):
            words = f"is utf-8 while the map says {encoding}"
            yield number, words + ("; the file has two encodings" if fitting else "")
            return
        fitting += 1


def _is_utf8(line: bytes, encoding: str) -> bool:
    """Return whether a line that could be both was surely written in utf-8."""
    for run in _FOREIGN.findall(line):
        if encoding in _ONE_BYTE:
            try:
                run.decode("utf-8")
            except UnicodeDecodeError:
                continue
            return True
        if _CHINESE_UTF8.fullmatch(run):
            return True
    return False
