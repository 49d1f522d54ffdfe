"""Tile-compressed images (FITS Standard 4.0, section 10.1): unpacked by astropy, then as any image."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from avila.formats.fits.bintable import known_columns
from avila.formats.fits.image import VALUE, Pixels
from avila.formats.fits.problems import malformed, require

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa
    import pyarrow.compute as pc

    from avila.formats.fits.hdu import Hdu
    from avila.formats.fits.storage import Reader, Storage

_BITPIX = (8, 16, 32, 64, -32, -64)
_BATCH_PIXELS = 122_880


class CompressedImage:
    """A compressed image HDU as a Source; slabs of its slowest axis are decompressed one after the other."""

    def __init__(self, storage: Storage, hdu: Hdu) -> None:
        """Check the header; MissingDependency when astropy is not installed."""
        self._fits = require("astropy.io.fits", "reading compressed FITS images")
        self._storage = storage
        bitpix = hdu.header.integer("ZBITPIX")
        if bitpix not in _BITPIX:
            raise malformed(hdu.where, f"ZBITPIX = {bitpix} must be one of {', '.join(map(str, _BITPIX))}")
        self._pixels = Pixels(hdu, bitpix)
        self.schema = self._pixels.schema

    def scan(self, columns: Sequence[str], predicate: pc.Expression | None) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        """Yield the pixels in file order; nothing is decompressed unless ``value`` is asked for."""
        pixels, hdu = self._pixels, self._pixels.hdu
        known_columns(columns, self.schema, hdu.where)
        if not pixels.total:
            return
        if VALUE not in columns:
            for first in range(0, pixels.total, _BATCH_PIXELS):
                yield pixels.batch(columns, first, min(_BATCH_PIXELS, pixels.total - first), None)
            return
        plane = math.prod(hdu.shape[:-1])
        # Whole tiles, so that none is decompressed twice.
        tile = hdu.header.size(f"ZTILE{len(hdu.shape)}", 1) or 1
        thickness = max(1, _BATCH_PIXELS // plane // tile) * tile
        with self._storage.reading() as reader, self._opened(reader) as image:
            for start in range(0, hdu.shape[-1], thickness):
                stored = self._slab(image, start, min(thickness, hdu.shape[-1] - start))
                for first in range(0, len(stored), _BATCH_PIXELS):
                    piece = stored[first : first + _BATCH_PIXELS]
                    yield pixels.batch(columns, start * plane + first, len(piece), piece)

    @contextmanager
    def _opened(self, reader: Reader) -> Iterator[Any]:
        """The HDU as astropy has it; not memory-mapped, as a shrinking file must be no SIGBUS."""
        hdu = self._pixels.hdu
        hdu.check_complete(reader.size)
        with self._damage_named("opened"):
            file = self._fits.open(reader.file(), memmap=False, do_not_scale_image_data=True)
        with file:
            with self._damage_named("opened"):
                image = file[hdu.index]
            yield image

    @contextmanager
    def _damage_named(self, what: str) -> Iterator[None]:
        """Name the place of a failure; for damaged data astropy raises dozens of types, some private."""
        try:
            yield
        except MemoryError:
            raise
        except Exception as failure:
            raise malformed(
                self._pixels.hdu.where, f"the compressed image cannot be {what}: {failure}"
            ) from failure

    def _slab(self, image: Any, start: int, count: int) -> Any:
        """Planes ``start`` to ``start + count`` of the slowest axis, flat, decompressed and not scaled."""
        hdu = self._pixels.hdu
        with self._damage_named("unpacked"):
            slab = image.section[start : start + count]
        expected = count * math.prod(hdu.shape[:-1])
        if slab.size != expected:
            raise malformed(
                hdu.where, f"the compressed image has {slab.size} pixels where {expected} were promised"
            )
        return np.ascontiguousarray(slab, slab.dtype.newbyteorder("=")).reshape(-1)
