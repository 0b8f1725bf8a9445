-- Published part of the journal: one row per change.
-- Expects a CTE   to_journal (object_kind, object_id, program_id, customer_id, vendor_id, verb, event, changes)
-- Parameters      at timestamptz, principal bigint null, principal_label text, acting_for bigint null, request_id text, ip inet null
-- Gives           journaled (id)
journaled AS (
  INSERT INTO journal_event (epoch, at, principal, principal_label, acting_for, request_id, ip,
                             object_kind, object_id, program_id, customer_id, vendor_id, verb, event, changes)
  SELECT (SELECT epoch FROM journal_epoch), %(at)s::timestamptz, %(principal)s::bigint, %(principal_label)s::text,
         %(acting_for)s::bigint, %(request_id)s::text, %(ip)s::inet,
         object_kind, object_id, program_id, customer_id, vendor_id, verb, event, changes
  FROM to_journal
  RETURNING id
)
