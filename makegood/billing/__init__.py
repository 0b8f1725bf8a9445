"""What was billed: campaigns, services, bill periods, invoices and charges."""
