"""A table as spreadsheets that open right: XLSX, and CSV as Excel reads it in the reader's country.

No text of the data is ever run as a formula. The same table gives the same bytes.
"""

import csv
import io
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal

from workplan.knowledge.table import Table
from workplan.language import gettext
from workplan.model.errors import N_, NotAcceptable
from workplan.questions.columns import Column

from .cells import Cell, rows_for
from .credits import Credits
from .legend import legend_of

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT: Final = 32_767
"""Characters of a cell, LONGEST_LINK of a link, MOST_LINKS of a sheet: Excel's own limits
(https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3)."""

LONGEST_LINK: Final = 2_079
MOST_LINKS: Final = 65_530
MOST_DIGITS: Final = 15
"""Digits of a number that Excel keeps."""

WIDEST: Final = 60
"""Characters of a column's width: beyond them text is wrapped."""

_A4: Final = 9
"""Excel's number for the paper."""

_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""When a workbook says that it was made where the data have no day: the clock would change its bytes."""

_FIRST_DAY: Final = date(1900, 3, 1)
"""The first day that every spreadsheet reads as the same: Excel's calendar has a 29 February 1900, and no day before
that year (https://learn.microsoft.com/office/troubleshoot/excel/wrongly-assumes-1900-is-leap-year)."""

WIDEST_PAGE: Final = 160
"""Characters of columns side by side that can still be read on a sheet of A4 on its side."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would take for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""

_TRUTH: Final = {"ca": ("CERT", "FALS"), "es": ("VERDADERO", "FALSO"), "en": ("TRUE", "FALSE")}
"""What Excel calls true and false."""


def excel_csv(table: Table, lang: str) -> bytes:
    """*table* as CSV for Excel in the country of *lang*: byte-order mark, its separator, decimal mark and dates."""
    separator = "," if lang == "en" else ";"
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    writer.writerow([harmless(column.label(lang)) for column in table.columns])
    for row in rows_for(table, lang):
        writer.writerow([_excel_text(cell, column, lang) for cell, column in zip(row, table.columns, strict=True)])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _excel_text(cell: Cell, column: Column, lang: str) -> str:
    value = _value(cell, column)
    if isinstance(value, bool):
        return _TRUTH[lang][0 if value else 1]
    if isinstance(value, int | float):
        return _lexical(cell) if lang == "en" else _lexical(cell).replace(".", ",")
    if isinstance(value, date):
        return value.isoformat() if lang == "en" else f"{value:%d/%m/%Y}"
    return harmless(_shown(cell))


def harmless(text: str) -> str:
    """*text* as no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _shown(cell: Cell) -> str:
    """A resource by its IRI, so that the file says which; anything else by its words."""
    return _lexical(cell) if cell.iri and not isinstance(cell.term, Literal) else cell.text


def _lexical(cell: Cell) -> str:
    return getattr(cell.term, "value", cell.text)


def _value(cell: Cell, column: Column) -> bool | int | float | date | str:
    """What *cell* holds, as a spreadsheet types it; text where it cannot hold the value exactly."""
    if not isinstance(cell.term, Literal):
        return _shown(cell)
    kind, text = column.kind, cell.term.value
    if kind == "any":
        kind = cell.term.datatype.value.rpartition("#")[2]
    try:
        if kind == "boolean":
            return text in ("true", "1")
        if kind == "date":
            day = date.fromisoformat(text)
            return day if day >= _FIRST_DAY else text
        if kind in ("integer", "decimal", "double") and sum(map(str.isdigit, text)) <= MOST_DIGITS:
            return float(text) if any(mark in text for mark in ".eE") else int(text)
    except ValueError:
        return text
    return cell.text


def workbook(table: Table, about: Credits) -> bytes:
    """*table* as XLSX: a sheet of rows alone, so that programs read it as it is, and one of what is said *about* it.

    Raises NotAcceptable where a text is longer than a cell may be: nothing is cut.
    """
    # Imported where it is used: most processes never write a workbook.
    from xlsxwriter import Workbook

    file = io.BytesIO()
    # Nothing of the data is taken for a formula, a link or a number but what is written as one.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(file, {**options, "nan_inf_to_errors": True})
    created = datetime.fromisoformat(about.modified) if about.modified else _EPOCH
    book.set_properties(
        {
            "title": about.title,
            "subject": about.question,
            "author": about.publisher,
            "comments": about.address or "",
            "created": created,
        }
    )
    _write_rows(book, book.add_worksheet(gettext(N_("Resposta"), about.lang)), table, about.lang)
    _write_credits(book, book.add_worksheet(gettext(N_("Sobre la taula"), about.lang)), table, about)
    book.close()
    return file.getvalue()


def _write_credits(book: "Workbook", sheet: "Worksheet", table: Table, about: Credits) -> None:
    """What the file says of itself, and what each column of *table* holds, a row each."""
    lang = about.lang
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.write_string(0, 0, about.title, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, about.question)
    said: list[tuple[str, str, str | None]] = [
        *((name, value, None) for name, value in about.asked),
        (gettext(N_("Publicat per"), lang), about.publisher, None),
        *((gettext(N_("Font"), lang), label, iri) for iri, label in about.sources),
        (gettext(N_("Llicència"), lang), about.licence, about.licence),
        *([(gettext(N_("Dades de"), lang), about.modified, None)] if about.modified else []),
        *([(gettext(N_("Publicació"), lang), about.release, None)] if about.release else []),
        *([(gettext(N_("Adreça d'aquesta resposta"), lang), about.address, about.address)] if about.address else []),
    ]
    for row, (name, value, link) in enumerate(said, start=3):
        sheet.write_string(row, 0, name, bold)
        if link and len(link) <= LONGEST_LINK:
            sheet.write_url(row, 1, link, string=value)
        else:
            sheet.write_string(row, 1, value, wrapped)
    first = len(said) + 4
    sheet.write_string(first, 0, gettext(N_("Columna"), lang), bold)
    sheet.write_string(first, 1, gettext(N_("Què hi ha"), lang), bold)
    for row, column in enumerate(table.columns, start=first + 1):
        sheet.write_string(row, 0, column.label(lang), bold)
        sheet.write_string(row, 1, " ".join(legend_of(column, table.columns, lang)), wrapped)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 90)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)


def _write_rows(book: "Workbook", sheet: "Worksheet", table: Table, lang: str) -> None:
    """The head in the first row and what is under it: nothing else, so that a program reads it unasked."""
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    top = book.add_format({"valign": "top"})
    day = book.add_format(
        {"num_format": "yyyy-mm-dd" if lang == "en" else "dd/mm/yyyy", "valign": "top", "align": "left"}
    )
    link = book.add_format({"font_color": "#0b5394", "underline": 1, "valign": "top"})
    widths = [len(column.label(lang)) + 4 for column in table.columns]
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.label(lang), head)
    links = 0
    for number, row in enumerate(rows_for(table, lang), start=1):
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            value = _value(cell, column)
            text = str(value)
            widths[place] = max(widths[place], *(len(line) for line in text.splitlines() or [""]))
            if text == "":
                continue
            if isinstance(value, bool):
                sheet.write_boolean(number, place, value, top)
            elif isinstance(value, int | float):
                sheet.write_number(number, place, value, top)
            elif isinstance(value, date):
                sheet.write_datetime(number, place, value, day)
            elif _is_link(cell) and links < MOST_LINKS:
                links += 1
                sheet.write_url(number, place, text, link, string=text)
            else:
                if len(text) > LONGEST_TEXT:
                    raise NotAcceptable(
                        N_("Un full de càlcul no admet textos de %(length)s caràcters; demaneu la resposta en CSV."),
                        length=len(text),
                    )
                sheet.write_string(number, place, text, wrapped)
    widths = [min(width + 2, WIDEST) for width in widths]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    # On paper: on its side, the head on each page, and no narrower than can be read.
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(max(1, round(sum(widths) / WIDEST_PAGE)), 0)
    if table.columns:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _is_link(cell: Cell) -> bool:
    text = _shown(cell)
    is_resource = cell.iri is not None and not isinstance(cell.term, Literal)
    return is_resource and text.startswith(("http://", "https://")) and len(text) <= LONGEST_LINK
