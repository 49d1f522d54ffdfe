"""What a view is asked to do about rights: whose hold inside it, and whether it is a barrier."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from avila.catalog.names import Object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.objects import Catalog

Target = tuple[str, str, str, str]


@dataclass(frozen=True)
class ViewOptions:
    """What a view was made with, as in PostgreSQL.

    ``security_invoker``: inside, the rights of who asks hold, not the owner's. ``security_barrier``: nothing of the
    query around it sees a row that the view leaves out.
    """

    security_invoker: bool = False
    security_barrier: bool = False


@dataclass(frozen=True)
class Views:
    """The options of views that have any."""

    options: Mapping[Object, ViewOptions] = field(default_factory=dict)

    def of(self, target: Object) -> ViewOptions:
        """Return a view's options."""
        return self.options.get(target, ViewOptions())

    def forgotten(self, target: Object) -> Views:
        """Return the options without those of a view or schema."""
        return Views({key: option for key, option in self.options.items() if not target.matches(key)})

    def renamed(self, old: Object, new: Object) -> Views:
        """Return the options with an object under its new name."""

        def moved(key: Object) -> Object:
            return key.moved(old, new)

        return Views({moved(key): option for key, option in self.options.items()})


@dataclass(frozen=True)
class SetViewOptions:
    """Set a view's options; None leaves one as it is."""

    target: Target
    security_invoker: bool | None = None
    security_barrier: bool | None = None

    def apply(self, catalog: Catalog) -> Catalog:
        """Hold for any view."""
        target = Object(*self.target)
        before = catalog.views.of(target)
        after = ViewOptions(
            before.security_invoker if self.security_invoker is None else self.security_invoker,
            before.security_barrier if self.security_barrier is None else self.security_barrier,
        )
        return replace(catalog, views=Views({**catalog.views.options, target: after}))
