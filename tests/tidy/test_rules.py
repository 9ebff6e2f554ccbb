"""Show each tidy rule at work on one small offence and on its innocent neighbour."""

import ast
from pathlib import PurePosixPath

import pytest

from tests.tidy import rules

LEDGER = PurePosixPath("src/fencang/ledger/booking.py")
APP = PurePosixPath("src/fencang/app/main.py")
PAGE = PurePosixPath("docs/page.md")


def faults(rule, path, source=None):
    if source is None:
        return list(rule(path))
    return list(rule(path, ast.parse(source)))


def test_a_file_of_601_lines_is_too_long_unless_it_is_the_changelog():
    text = "\n" * (rules.FILE_LINES_MAX + 1)
    assert list(rules.file_size(LEDGER, text))
    assert not list(rules.file_size(LEDGER, text[1:]))
    assert not list(rules.file_size(PurePosixPath("CHANGELOG.md"), text))


def test_a_function_of_71_lines_is_too_long():
    body = "    a = 1\n" * (rules.FUNCTION_LINES_MAX - 1)
    assert not faults(rules.function_size, LEDGER, f"def f():\n{body}")
    assert faults(rules.function_size, LEDGER, f"async def f():\n{body}    a = 1\n")


@pytest.mark.parametrize("suffix", rules.SUFFIXES)
def test_a_banned_suffix_is_reported_with_what_to_write_instead(suffix):
    [fault] = faults(rules.class_names, LEDGER, f"class Order{suffix}: pass")
    assert rules.SUFFIXES[suffix] in fault
    assert not faults(rules.class_names, LEDGER, f"class {suffix}Order: pass")


@pytest.mark.parametrize("word", rules.MODULES)
def test_a_banned_module_name_is_reported_as_folder_and_as_file(word):
    assert faults(rules.module_names, PurePosixPath(f"src/fencang/{word}/tree.py"))
    assert faults(rules.module_names, PurePosixPath(f"src/fencang/ledger/{word}.py"))
    assert not faults(rules.module_names, PurePosixPath(f"docs/{word}.md"))


def test_a_package_outside_the_design_is_reported():
    assert faults(rules.placed, PurePosixPath("src/fencang/treasury/cash.py"))
    assert not faults(rules.placed, LEDGER)
    assert not faults(rules.placed, PurePosixPath("src/fencang/__init__.py"))


def test_a_module_without_docstring_is_reported_and_an_empty_one_is_not():
    assert faults(rules.docstring, LEDGER, "a = 1")
    assert not faults(rules.docstring, LEDGER, '"""Book lots."""\na = 1')
    assert not faults(rules.docstring, LEDGER, "")


@pytest.mark.parametrize("offence", ["a = b / c", "a /= c", "a = float(b)"])
def test_integers_stay_integers_where_things_are_decided(offence):
    assert faults(rules.integers_only, LEDGER, offence)
    assert not faults(rules.integers_only, LEDGER.with_name("kernels.py"), offence)
    assert not faults(rules.integers_only, APP, offence)


def test_floor_division_is_not_mistaken_for_division():
    assert not faults(rules.integers_only, LEDGER, "a = b // c")


def test_only_the_command_line_and_programs_print():
    assert faults(rules.printing, LEDGER, "print(1)")
    assert not faults(rules.printing, APP, "print(1)")
    assert not faults(rules.printing, LEDGER.with_name("__main__.py"), "print(1)")
    assert not faults(rules.printing, LEDGER, "print(1)\nif __name__ == '__main__': pass")


def test_an_unfinished_mark_is_reported_in_comments_only():
    mark = "XX" + "X"
    assert list(rules.unfinished(LEDGER, f"a = 1  # {mark} later"))
    assert not list(rules.unfinished(LEDGER, f"no_currency = '{mark}'"))


@pytest.mark.parametrize(
    "offence",
    ["from https://py" + "pi.org/simple", "see /ro" + "ot/.cache", 'open("/ho' + 'me/ann/a.csv")'],
)
def test_one_machine_and_its_index_are_reported(offence):
    assert list(rules.foreign_places(PAGE, offence))


@pytest.mark.parametrize(
    "innocent", ["the path/wo" + "rk/done", "https://a.org/wo" + "rk/b", "/orders/work"]
)
def test_paths_inside_other_paths_are_let_be(innocent):
    assert not list(rules.foreign_places(PAGE, innocent))


def test_links_are_found_in_text_and_pictures_but_not_in_code():
    text = '[a](x.md#top) ![b](y.svg) <img src="z.png"> `[c](no.md)` [d](https://a.org) [e](#here)'
    assert list(rules.links(PAGE, text)) == ["x.md", "y.svg", "z.png"]
