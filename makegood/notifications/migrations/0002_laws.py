"""An item belongs to its digest's person and message."""

from django.db import migrations

LAWS = """
ALTER TABLE notifications_digest_item ADD CONSTRAINT digest_item_of_digest
  FOREIGN KEY (digest_id, recipient_id, template)
  REFERENCES notifications_digest (id, recipient_id, template);
"""
UNDO = """
ALTER TABLE notifications_digest_item DROP CONSTRAINT digest_item_of_digest;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [migrations.RunSQL(LAWS, UNDO)]
