"""Who takes part: customers (a tree), vendors, people, programs; roles, verbs and what each may see."""
