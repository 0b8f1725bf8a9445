"""What each role may see and do, walked and printed."""
