"""What the native service answers, one module per noun: typed structs, from which the document is made."""
