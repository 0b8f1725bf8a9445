"""What a .sql file writes, reads and includes."""

import re
from dataclasses import dataclass

# One pass, so that a quote inside a comment, or dashes inside a string, do not confuse each other.
SILENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
NAME = r'"?(?:public"?\."?)?(?P<table>[a-z_][a-z0-9_]*)"?'
VERBS = (
    r"INSERT\s+INTO|(?<!FOR )(?<!KEY )(?<!DO )UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|COPY|MERGE\s+INTO"
    r"|TRUNCATE(?:\s+TABLE)?"
)
WRITES = re.compile(rf"\b(?:{VERBS})\s+{NAME}", re.IGNORECASE)
READS = re.compile(rf"\b(?:FROM|JOIN|USING)(?:\s+ONLY|\s+LATERAL)?\s+{NAME}", re.IGNORECASE)
# After a comma stands a further table or a column; only the caller can tell.
LISTED = re.compile(rf",\s*{NAME}", re.IGNORECASE)
INCLUDES = re.compile(r"^[ \t]*-- include: (?P<app>[a-z]+)\.(?P<part>[a-z_]+)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Use:
    """The tables that a statement touches, and the apps whose parts it includes."""

    written: frozenset[str]
    read: frozenset[str]
    listed: frozenset[str]
    included: frozenset[str]


def use_of(text: str) -> Use:
    """Read a .sql file on its own; what it includes is read in its owner's file."""
    spoken = re.sub(r"[ \t\n]+", " ", SILENT.sub(" ", text))
    return Use(
        written=frozenset(match["table"].lower() for match in WRITES.finditer(spoken)),
        read=frozenset(match["table"].lower() for match in READS.finditer(spoken)),
        listed=frozenset(match["table"].lower() for match in LISTED.finditer(spoken)),
        included=frozenset(match["app"] for match in INCLUDES.finditer(text)),
    )
