"""Evidence: files that people attach, recordings of calls, and who listened to them."""
