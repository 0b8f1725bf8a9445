"""What every look at a page asks of it, in the words of a browser."""

from __future__ import annotations

WATCH = (
    "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
)
"""Says on the console what the content security policy kept away."""
SIDEWAYS = """() => {
  const wide = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) wide.push(`page ${root.scrollWidth} > ${root.clientWidth}`);
  for (const box of document.querySelectorAll('.mg-list, .mg-panel, .mg-main')) {
    if (box.scrollWidth > box.clientWidth + 1) wide.push(`${box.className} ${box.scrollWidth} > ${box.clientWidth}`);
  }
  return wide;
}"""
"""What is wider than its place, one line each."""
QUIET = "() => !document.querySelector('.htmx-request, [data-busy]')"
"""Nothing is on its way any more."""
TROUBLE = frozenset({"error", "warning"})
EXPECTED = ("the server responded with a status of 4", "htmx:sendAbort,", "htmx:afterRequest, [object")
"""What Chromium says of an answered refusal, which the page itself shows, and htmx of a request whose page was left.
One that failed has a line of its own."""


def is_trouble(kind: str, text: str) -> bool:
    """Whether a line of the console is a complaint."""
    return kind in TROUBLE and not any(words in text for words in EXPECTED)
