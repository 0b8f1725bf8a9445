"""The demo's telecom program: accounts, thirteen months of bills, usage records, and what people disputed of them."""
