"""Which key does what: one table for the pages, for the help they print, and for each person's own changes.

An element with ``data-action`` is pressed by the key of that action; one with ``data-key`` alone by that key, or by
the one that the person chose for the action whose default it is. Enter, Escape, digits and Ctrl+K stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from makegood.parties.entries import Preferences, Principal
from makegood.parties.states import Verb


class Group(StrEnum):
    """Where a key works; the value is how the help calls it."""

    EVERYWHERE = "Everywhere"
    LIST = "Lists"
    PLAYER = "Player"
    DESK = "Deciding"
    DISPUTE = "Disputes"
    EVIDENCE = "Evidence"
    RETURNS = "Returns"
    MESSAGES = "Messages"
    DEVELOPERS = "Developers"
    POLICIES = "Policies"
    CATALOGS = "Programs and catalogs"
    ACCOUNT = "A customer"
    REVIEWING = "Reviewing unasked"


TOGETHER = frozenset({Group.EVERYWHERE, Group.LIST, Group.PLAYER})
"""These keys work beside those of any other group."""

BESIDE = frozenset({(Group.EVIDENCE, Group.DESK), (Group.EVIDENCE, Group.DISPUTE)})
"""Other groups that meet on a page; the rest never do."""


@dataclass(frozen=True)
class Action:
    """Something that a key does. ``default`` may name several keys, or two that follow each other (``g q``)."""

    name: str
    label: str
    default: str
    group: Group


ACTIONS = tuple(
    Action(name, label, default, group)
    for group, rows in (
        (
            Group.EVERYWHERE,
            (
                ("shell.search", "Search", "/"),
                ("shell.help", "Show the keys of this page", "?"),
                ("shell.undo", "Undo the last decision", "z u"),
                ("go.queue", "Go to the queue", "g q"),
                ("go.calls", "Go to the calls", "g c"),
                ("go.disputes", "Go to the disputes", "g m"),
                ("go.credits", "Go to the credits", "g s"),
                ("go.returns", "Go to returns", "g r"),
                ("go.adjusted_calls", "Go to the adjusted calls", "g a"),
                ("go.payouts", "Go to the payout statement", "g p"),
                ("go.lane", "Go to the review lane", "g l"),
                ("go.approvals", "Go to the approvals", "g v"),
                ("go.quality", "Go to quality", "g d"),
                ("go.exposure", "Go to the exposure", "g x"),
                ("go.policies", "Go to the policies", "g o"),
                ("go.people", "Go to people", "g e"),
                ("go.incoming", "Go to imports", "g i"),
                ("go.accounts", "Go to the accounts", "g k"),
                ("go.leads", "Go to the lead manager", "g j"),
                ("go.proactive", "Go to quality review", "g b"),
                ("go.re_reviews", "Go to re-reviews", "g w"),
                ("go.health", "Go to health", "g h"),
                ("go.notices", "Go to the notifications", "g n"),
                ("go.tokens", "Go to the pages for developers", "g t"),
            ),
        ),
        (
            Group.LIST,
            (
                ("list.next", "Next row", "j"),
                ("list.previous", "Previous row", "k"),
                ("list.open", "Open the row", "o"),
                ("list.pick", "Select the row", "x"),
                ("list.range", "Select up to this row", "Shift+X"),
                ("calls.dispute_selected", "Dispute what is selected", "Shift+D"),
            ),
        ),
        (
            Group.PLAYER,
            (
                ("player.play", "Play or pause", "Space"),
                ("player.back", "3 seconds back", "ArrowLeft"),
                ("player.forward", "3 seconds forward", "ArrowRight"),
                ("player.back_long", "10 seconds back", "Shift+ArrowLeft"),
                ("player.forward_long", "10 seconds forward", "Shift+ArrowRight"),
                ("player.previous", "Previous speech", "["),
                ("player.next", "Next speech", "]"),
                ("player.speed", "Speed", "s"),
                ("player.skip", "Skip silence", "m"),
            ),
        ),
        (
            Group.DESK,
            (
                ("decide.claim", "Take into review", "c"),
                ("decide.accept", "Accept", "a"),
                ("decide.partial", "Accept in part", "p"),
                ("decide.reject", "Reject", "r"),
                ("decide.note", "Note", "n"),
                ("decide.ask", "Ask for information", "i"),
                ("decide.policy", "Policy verdict", "v"),
                ("decide.duplicate", "Duplicate of ...", "d"),
                ("decide.later", "Later", "h"),
                ("decide.take_over", "Take over", "t"),
                ("decide.copy", "Copy the reply", "y"),
                ("case.follow", "Follow or unfollow", "f"),
                ("case.reverse", "Reverse the credit", "Shift+V"),
                ("case.fee", "Charge the reversal fee", "Shift+F"),
                ("case.close", "Close", "Shift+C"),
                ("case.reopen", "Reopen", "Shift+O"),
                ("case.adjust", "Credit at once", "Shift+A"),
                ("case.assign", "Assign", "Shift+G"),
                ("case.escalate", "Escalate", "Shift+E"),
            ),
        ),
        (
            Group.DISPUTE,
            (
                ("dispute.new", "New dispute", "n"),
                ("dispute.withdraw", "Withdraw", "w"),
                ("dispute.confirm", "Withdraw: yes", "y"),
                ("dispute.comment", "Comment", "c"),
                ("dispute.timeline", "Timeline", "t"),
            ),
        ),
        (Group.EVIDENCE, (("evidence.view", "Look at the images", "e"),)),
        (
            Group.RETURNS,
            (("returns.file", "File what can be disputed", "Shift+F"), ("returns.result", "Result as CSV", "e")),
        ),
        (Group.MESSAGES, (("messages.done", "Done", "e"), ("messages.read", "Mark as read", "Shift+I"))),
        (Group.DEVELOPERS, (("developers.new", "Make a new one", "c"),)),
        (
            Group.POLICIES,
            (
                ("policies.new", "Add a rule or a calendar", "c"),
                ("policies.edit", "Edit in a draft", "e"),
                ("policies.publish", "Publish", "Shift+P"),
            ),
        ),
        (Group.CATALOGS, (("catalog.new", "Add another one", "c"),)),
        (
            Group.REVIEWING,
            (
                ("review.billable", "Billable", "Shift+B"),
                ("review.non_billable", "Non-billable", "Shift+N"),
                ("review.unclear", "Unclear", "Shift+U"),
                ("review.tags", "Another tag", "t"),
                ("review.note", "Note", "n"),
                ("review.skip", "Skip to the next one", "j"),
            ),
        ),
        (
            Group.ACCOUNT,
            (
                ("account.explain", "Explain the bill", "e"),
                ("account.dispute", "Dispute something of the bill", "d"),
                ("account.actions", "Open the actions", "a"),
            ),
        ),
    )
    for name, label, default in rows
)
BY_NAME: Mapping[str, Action] = {action.name: action for action in ACTIONS}

NAMED = (
    "Space", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", "Insert", "Delete",
    *(f"F{number}" for number in range(1, 13)),
)  # fmt: skip
_NAMED = {name.lower(): name for name in NAMED}


@dataclass(frozen=True)
class Key:
    """One line of a person's map: an action and its keys as they are now, none when switched off."""

    action: Action
    now: str

    @property
    def is_changed(self) -> bool:
        """Whether the person chose another key, or none."""
        return self.now != self.action.default

    @property
    def shown(self) -> tuple[str, ...]:
        """The keys as they are printed, one after the other."""
        return tuple(self.now.split())


def groups_of(principal: Principal) -> frozenset[Group]:
    """The groups of keys that a person's pages have."""
    wanted = {
        Group.DESK: principal.can(Verb.DISPUTE_DECIDE),
        Group.DISPUTE: principal.can(Verb.DISPUTE_VIEW) and not principal.can(Verb.DISPUTE_DECIDE),
        Group.EVIDENCE: principal.can(Verb.DISPUTE_VIEW),
        Group.RETURNS: principal.can(Verb.DISPUTE_CREATE),
        Group.PLAYER: principal.can(Verb.RECORDING_LISTEN),
        Group.POLICIES: principal.can(Verb.POLICY_EDIT),
        Group.REVIEWING: principal.can(Verb.REVIEW_PROACTIVE),
        Group.CATALOGS: principal.can(Verb.PROGRAM_EDIT),
        Group.ACCOUNT: principal.customer_id is None and principal.can(Verb.CUSTOMER_VIEW),
        Group.DEVELOPERS: principal.can(Verb.TOKEN_MANAGE) or principal.can(Verb.WEBHOOK_MANAGE),
    }
    return frozenset(group for group in Group if wanted.get(group, True))


def keymap(preferences: Preferences, groups: Iterable[Group] = Group) -> tuple[Key, ...]:
    """The map of a person, in the order of the table; what they changed but no longer exists is left out."""
    wanted = frozenset(groups)
    chosen = preferences.keys
    return tuple(Key(action, chosen.get(action.name, action.default)) for action in ACTIONS if action.group in wanted)


def delivered(preferences: Preferences, groups: Iterable[Group]) -> dict[str, object]:
    """What the browser needs to know: whether single keys are on, and (action, default keys, keys now) of changes."""
    changed = [[key.action.name, key.action.default, key.now] for key in keymap(preferences, groups) if key.is_changed]
    return {"single": preferences.single_keys, "changed": changed}


def read_key(text: str) -> str:
    """A key as people type it, in its one spelling: ``D`` is ``Shift+D``, ``space`` is ``Space``."""
    if text == " ":
        return "Space"
    parts = text.split()
    if not parts:
        return ""
    if parts[0] in {"g", "G"} and len(parts) > 1:
        return "g " + " ".join(part.lower() for part in parts[1:])
    return " ".join(_spelled(part) for part in parts)


def _spelled(part: str) -> str:
    shift, plus, rest = part.partition("+")
    if plus and rest and shift.lower() == "shift":
        return f"Shift+{_NAMED.get(rest.lower(), rest.upper() if len(rest) == 1 else rest)}"
    if len(part) == 1 and "A" <= part <= "Z":
        return f"Shift+{part}"
    return _NAMED.get(part.lower(), part)


def typed(fields: Mapping[str, str], groups: Iterable[Group]) -> tuple[Key, ...]:
    """The map that a form asks for; fields are the names of actions, one that is not there keeps its default."""
    return tuple(
        Key(key.action, read_key(fields.get(key.action.name, key.now))) for key in keymap(Preferences(), groups)
    )


def _meet(one: Group, other: Group) -> bool:
    return one is other or bool(TOGETHER & {one, other}) or bool(BESIDE & {(one, other), (other, one)})


def _tokens(keys: str) -> frozenset[str]:
    return frozenset({keys} if keys.startswith("g ") else keys.split())


def conflicts(keys: Iterable[Key]) -> dict[str, str]:
    """By the name of an action whose key was changed: why it cannot have that key, in a sentence."""
    every = tuple(keys)
    found: dict[str, str] = {}
    for key in every:
        for other in every:
            shared = _tokens(key.now) & _tokens(other.now)
            if key is other or not key.is_changed or not shared or not _meet(key.action.group, other.action.group):
                continue
            found[key.action.name] = (
                f"“{min(shared)}” is the key of “{other.action.label}” already. Change that one, or choose another key."
            )
            break
    return found


def changes(keys: Iterable[Key]) -> dict[str, str]:
    """What differs from the defaults, as it is kept."""
    return {key.action.name: key.now for key in keys if key.is_changed}
