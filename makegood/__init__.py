"""makegood: a self-hosted dispute desk for billed calls, leads, usage records and invoice charges."""
