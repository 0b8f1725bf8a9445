"""The invariants of evidence, each a query that must return no row: (what it is about, what was found)."""

from __future__ import annotations

from collections.abc import Mapping

LAWS: Mapping[str, str] = {
    "what is no image is kept as it came": """
        SELECT 'file ' || public_id, 'came as ' || received_sha256 || ', is kept as ' || sha256
        FROM evidence_file
        WHERE mime NOT LIKE 'image/%' AND (sha256 <> received_sha256 OR bytes <> received_bytes)
        ORDER BY id LIMIT 5""",
    "every recording is of a call": """
        SELECT 'recording ' || r.public_id, 'is of charge ' || c.id || ', a line of an invoice'
        FROM evidence_recording r JOIN billing_charge c ON c.id = r.charge_id
        WHERE c.kind = 'invoice_feature' ORDER BY r.id LIMIT 5""",
    "a charge knows how long its recording is": """
        SELECT 'recording ' || r.public_id, 'lasts ' || r.duration_ms || ' ms, its charge says nothing'
        FROM evidence_recording r JOIN billing_charge c ON c.id = r.charge_id
        WHERE r.state = 'ready' AND (c.recording_ms IS NULL OR c.speech_s IS NULL) ORDER BY r.id LIMIT 5""",
    "speech lies within its recording": """
        SELECT 'recording ' || r.public_id, 'has speech at ' || (s ->> 'start_ms') || ' to ' || (s ->> 'end_ms')
        FROM evidence_recording r CROSS JOIN LATERAL jsonb_array_elements(r.segments) AS s
        WHERE (s ->> 'start_ms')::int < 0 OR (s ->> 'end_ms')::int > r.duration_ms
           OR (s ->> 'start_ms')::int >= (s ->> 'end_ms')::int OR (s ->> 'ch')::int NOT BETWEEN 0 AND r.channels - 1
        ORDER BY r.id LIMIT 5""",
    "a recording that was deleted names no file": """
        SELECT 'recording ' || public_id, 'was deleted, yet names a file'
        FROM evidence_recording
        WHERE state = 'deleted' AND (deleted_at IS NULL OR concat(original_key, play_key, peaks_key) <> '')
        ORDER BY id LIMIT 5""",
}
"""Name of the law -> the query."""
