"""Header cards: the 80-character records of a FITS header (FITS Standard 4.0, section 4).

A light parser of its own, because opening a file must cost microseconds a card, and because every keyword
is kept as the file wrote it: repeated ones, commentary, HIERARCH and strings continued over several cards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CARD_BYTES = 80

Value = str | int | float | bool | None

_STRING = re.compile(r" *'((?:[^']|'')*)' *(?:/(.*))?$", re.DOTALL)
_OTHER = re.compile(r" *([^/]*?) *(?:/(.*))?$", re.DOTALL)
_INTEGER = re.compile(r"[+-]?[0-9]+$")
_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[EeDd][+-]?[0-9]+)?$")


@dataclass(frozen=True, slots=True)
class Card:
    """One keyword record, with its continuations folded in.

    ``text`` is the value as written (a string without its quotes, None where there is no value); ``quoted``
    tells the string 'T' from the logical T.
    """

    keyword: str
    text: str | None
    comment: str | None
    quoted: bool = False

    @property
    def value(self) -> Value:
        """The value as Python has it; what is none of the standard's forms stays text (section 4.2)."""
        if self.quoted or self.text is None:
            return self.text
        if self.text in ("T", "F"):
            return self.text == "T"
        if _INTEGER.match(self.text):
            return int(self.text)
        if _REAL.match(self.text):
            return float(self.text.upper().replace("D", "E"))
        return self.text


def parse_cards(header: bytes) -> list[Card]:
    """Parse the cards of a header that ends before its END card.

    Bytes outside ASCII, which the standard forbids and files contain, are read as Latin-1, so nothing is
    lost.
    """
    cards: list[Card] = []
    text = header.decode("latin-1")
    for start in range(0, len(text), CARD_BYTES):
        record = text[start : start + CARD_BYTES]
        if record.startswith("CONTINUE") and cards and _continues(cards[-1]):
            piece = _card("CONTINUE", record[8:])
            if piece.quoted and piece.text is not None:
                cards[-1] = _joined(cards[-1], piece)
                continue
        cards.append(_record(record))
    return [_finished(card) for card in cards]


def _record(record: str) -> Card:
    keyword = record[:8].rstrip()
    if keyword == "HIERARCH":
        # ESO's convention: the keyword is what stands before the first equals sign, however long.
        name, equals, value = record[8:].partition("=")
        if equals:
            return _card(name.strip(), value)
    if record[8:10] == "= " and keyword not in ("COMMENT", "HISTORY", ""):
        return _card(keyword, record[10:])
    return Card(keyword, record[8:].rstrip() or None, None)  # commentary, section 4.4.2.4


def _card(keyword: str, field: str) -> Card:
    match = _STRING.match(field)
    if match:
        return Card(keyword, match[1], _comment(match[2]), quoted=True)
    match = _OTHER.match(field)
    text = (match[1] if match else field).strip()
    return Card(keyword, text or None, _comment(match[2] if match else None))


def _comment(text: str | None) -> str | None:
    return (text.strip() or None) if text is not None else None


def _continues(card: Card) -> bool:
    return card.quoted and card.text is not None and card.text.rstrip().endswith("&")


def _joined(card: Card, piece: Card) -> Card:
    """Append a CONTINUE card (section 4.2.1.2): the ampersand goes, strings and comments are joined."""
    text = (card.text or "").rstrip()[:-1] + (piece.text or "")
    comments = [comment for comment in (card.comment, piece.comment) if comment]
    return Card(card.keyword, text, " ".join(comments) or None, quoted=True)


def _finished(card: Card) -> Card:
    """Undo the escape of quotes and drop the trailing blanks, which are not significant (section 4.2.1.1)."""
    if not card.quoted or card.text is None:
        return card
    return Card(card.keyword, card.text.replace("''", "'").rstrip(" "), card.comment, quoted=True)
