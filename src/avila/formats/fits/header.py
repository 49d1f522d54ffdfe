"""A header: its cards, and typed answers that name the file when a value is not what it must be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, overload

from avila.formats.fits.cards import CARD_BYTES, Card, parse_cards
from avila.formats.fits.problems import malformed

if TYPE_CHECKING:
    from types import EllipsisType

    from avila.formats.fits.problems import Where
    from avila.formats.fits.storage import Reader

BLOCK_BYTES = 2880
# Headers of 100,000 cards exist in no archive; a file without END must not be read to its end as one.
_LIMIT_BLOCKS = 100_000 * CARD_BYTES // BLOCK_BYTES


class Header:
    """The cards of one HDU in file order, found by keyword; of a repeated keyword the first counts."""

    def __init__(self, where: Where, cards: list[Card]) -> None:
        self.where = where
        self.cards = cards
        self._by_keyword: dict[str, Card] = {}
        for card in cards:
            self._by_keyword.setdefault(card.keyword, card)

    def card(self, keyword: str) -> Card | None:
        """The first card of the keyword, None when there is none."""
        return self._by_keyword.get(keyword)

    @overload
    def integer(self, keyword: str) -> int: ...

    @overload
    def integer(self, keyword: str, default: int) -> int: ...

    @overload
    def integer(self, keyword: str, default: None) -> int | None: ...

    def integer(self, keyword: str, default: int | EllipsisType | None = ...) -> int | None:
        """An integer; without a default it must be there."""
        card = self._by_keyword.get(keyword)
        if card is None or (card.text is None and default is not ...):
            if default is ...:
                raise malformed(self.where, f"the required keyword {keyword} is missing")
            return default
        value = card.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # "10.0" and "1E3" for an integer are common and unambiguous
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._misfit(card, "an integer")
        return value

    def size(self, keyword: str, default: int | None = None) -> int:
        """An integer that counts something, so at least 0."""
        value = self.integer(keyword) if default is None else self.integer(keyword, default)
        if value < 0:
            raise malformed(self.where, f"{keyword} = {value} is negative")
        return value

    def real(self, keyword: str, default: float) -> float:
        """A finite number."""
        card = self._by_keyword.get(keyword)
        if card is None or card.text is None:
            return default
        value = card.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._misfit(card, "a number")
        return float(value)

    def string(self, keyword: str) -> str | None:
        """A text; None when it is missing or blank."""
        card = self._by_keyword.get(keyword)
        return card.text.strip() or None if card is not None and card.text is not None else None

    def flag(self, keyword: str) -> bool:
        """Whether a logical keyword is there and T."""
        card = self._by_keyword.get(keyword)
        return card is not None and card.value is True

    def _misfit(self, card: Card, expected: str) -> Exception:
        return malformed(self.where, f"{card.keyword} = {card.text!r} must be {expected}")


def read_header(reader: Reader, offset: int, where: Where) -> tuple[Header, int]:
    """Read the header at ``offset`` up to its END card; answer it and the offset of the data behind it.

    Raises BadCopyFileFormat when the file ends, or goes on unreasonably long, without END (section 4.4.1).
    """
    content = bytearray()
    for block in range(_LIMIT_BLOCKS):
        piece = reader.read(offset + block * BLOCK_BYTES, BLOCK_BYTES)
        end = _end_card(piece)
        if end is not None:
            content += piece[:end]
            return Header(where, parse_cards(bytes(content))), offset + (block + 1) * BLOCK_BYTES
        if len(piece) < BLOCK_BYTES:
            raise malformed(where, "the file ends inside a header; it was truncated, or it is not FITS")
        content += piece
    raise malformed(where, f"no END card in the first {_LIMIT_BLOCKS * BLOCK_BYTES} bytes of the header")


def _end_card(block: bytes) -> int | None:
    """Where the END card begins in the block; blanks behind END are all that the standard lets it have."""
    at = block.find(b"END     ")
    while at >= 0:
        if at % CARD_BYTES == 0:
            return at
        at = block.find(b"END     ", at + 1)
    return None
