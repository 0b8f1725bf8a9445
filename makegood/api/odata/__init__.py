"""OData v4 reads under /odata: a grammar, a type checker over an allow-list, and a compiler to one SQL statement."""
