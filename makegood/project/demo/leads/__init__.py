"""The demo's two lead programs: who buys leads, which ones came, and what was said of them."""
