-- Purpose     the next events of a reader that are safe to read: written by transactions older than any still open,
--             in an order (epoch, written_by, id) that no later commit can slip into
-- Parameters  epoch int, written_by xid8, event_id bigint: the cursor; limit int
-- Answer      rows of journal_event, in reading order
SELECT e.id, e.epoch, e.written_by::text, e.at, e.principal, e.principal_label, e.object_kind, e.object_id,
       e.program_id, e.customer_id, e.vendor_id, e.verb, e.event, e.changes
FROM journal_event e
WHERE (e.epoch, e.written_by, e.id) > (%(epoch)s::int, %(written_by)s::xid8, %(event_id)s::bigint)
  AND (e.epoch < (SELECT epoch FROM journal_epoch)
       OR e.written_by < pg_snapshot_xmin(pg_current_snapshot()))
ORDER BY e.epoch, e.written_by, e.id
LIMIT %(limit)s
