"""The audit log: who did what, in files that cannot be changed, cut or reordered without being found out."""

from __future__ import annotations

from avila.security.audit.log import Audit, AuditLog, NullAuditLog
from avila.security.audit.record import Kind, Record

__all__ = ["Audit", "AuditLog", "Kind", "NullAuditLog", "Record"]
