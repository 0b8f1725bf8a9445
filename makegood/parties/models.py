"""Rows of parties: zones, customers, vendors, programs, roles, people and their grants."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from makegood.parties.states import BillingMode, Dimension


class Zone(models.Model):
    """A time zone in use; charges point here so that a policy computes one cutoff per zone."""

    name = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """Who pays charges; a node of the tree reseller > parent > account > site."""

    number = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.TextField()
    currency = models.CharField(max_length=3)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT)
    locale = models.CharField(max_length=12, default="en_US")
    billing_mode = models.CharField(max_length=8, choices=[(m, m) for m in BillingMode], default=BillingMode.POSTPAID)
    agent = models.CharField(max_length=64, blank=True)
    bill_profile = models.CharField(max_length=64, blank=True)
    tags = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    dispute_permission = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["path"], name="customer_path_once"),
            models.CheckConstraint(condition=Q(billing_mode__in=list(BillingMode)), name="customer_billing_mode"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["path"], name="customer_path", opclasses=["text_pattern_ops"]),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="customer_name_words"),
        ]

    def __str__(self) -> str:
        return self.name


class Vendor(models.Model):
    """Who is paid for calls or leads: publisher, affiliate, upstream carrier."""

    number = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT)
    clawback_mode = models.CharField(max_length=20, null=True, blank=True)  # noqa: DJ001 - null means "as the program"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(clawback_mode__in=["none", "proportional", "full_on_accept", "capped_at_credit"]),
                name="vendor_clawback_mode",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Program(models.Model):
    """A set of rules under which charges are disputed; ``settings`` is read through typed accessors."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    preset = models.CharField(max_length=40)
    unit_kind = ArrayField(models.CharField(max_length=20), default=list)
    intake = ArrayField(models.CharField(max_length=20), default=list)
    currency = models.CharField(max_length=3, blank=True)
    zone = models.ForeignKey(Zone, null=True, blank=True, on_delete=models.PROTECT)
    settings = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A bundle of verbs; ``max_decision_micros`` maps currency to the largest amount one may decide alone.

    A currency that is not there is not decided alone at all; "no limit" is said by the map of ``policy.without_limit``.
    People of a role with ``requires_totp`` set up an authenticator app before they see anything else.
    """

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    verbs = ArrayField(models.CharField(max_length=40), default=list)
    max_decision_micros = models.JSONField(default=dict, blank=True)
    requires_totp = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Looks people up by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in by e-mail.

    ``max_decision_micros`` maps currency to the largest amount they may decide alone; null means as their role says.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="users")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="users")
    vendor = models.ForeignKey(Vendor, null=True, blank=True, on_delete=models.PROTECT, related_name="users")
    zone = models.ForeignKey(Zone, null=True, blank=True, on_delete=models.PROTECT)
    locale = models.CharField(max_length=12, default="en_US")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    preferences = models.JSONField(default=dict, blank=True)
    max_decision_micros = models.JSONField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """What others call the person."""
        return str(self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used; verbs are (see principals)."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Django's own permissions are not used; verbs are (see principals)."""
        return False


class Invitation(models.Model):
    """Somebody was asked to sign in for the first time; of the link's 256 random bits only the SHA-256 is kept.

    It ends when it is used, taken back or past its time. The person exists from the start, without a password.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True), name="invitation_ends_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.expires_at}"


class Token(models.Model):
    """How a program signs in: 256 random bits, of which only the SHA-256 is kept.

    ``scopes`` are the verbs it may use at most; with ``acts_for`` a person stands behind it, and it may no more and
    sees no more than that person. ``networks`` (CIDR) limit where it may come from; empty means anywhere. ``hint`` is
    its beginning, by which people tell tokens apart.
    """

    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    acts_for = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="tokens")
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    networks = ArrayField(models.CharField(max_length=43), default=list, blank=True)
    per_minute = models.IntegerField(default=600)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(per_minute__gt=0), name="token_per_minute_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class TokenUse(models.Model):
    """How many requests of a token's minute were handed out. The table is unlogged: a crash forgets a minute."""

    token = models.OneToOneField(Token, primary_key=True, on_delete=models.CASCADE, db_constraint=False)
    minute = models.DateTimeField()
    taken = models.IntegerField()

    class Meta:
        db_table = "parties_token_use"

    def __str__(self) -> str:
        return f"{self.token_id}: {self.taken}"


class AccessGrant(models.Model):
    """A limit-to: what the person or the token may see. No grant means nothing; ``all`` wins.

    Grants of one dimension are OR-ed, different dimensions AND-ed. A token that acts for a person sees what both see;
    without grants of its own it sees what the person sees.
    """

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="grants")
    token = models.ForeignKey(Token, null=True, on_delete=models.CASCADE, related_name="grants")
    dimension = models.CharField(max_length=20, choices=[(d, d) for d in Dimension])
    operator = models.CharField(max_length=4, default="in")
    value = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "token", "dimension", "operator", "value"],
                name="access_grant_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, token__isnull=True) | Q(user__isnull=True, token__isnull=False),
                name="access_grant_one_owner",
            ),
            models.CheckConstraint(condition=Q(dimension__in=list(Dimension)), name="access_grant_dimension"),
            models.CheckConstraint(condition=Q(operator="in"), name="access_grant_operator"),
        ]

    def __str__(self) -> str:
        owner = f"token {self.token_id}" if self.token_id else self.user_id
        return f"{owner}: {self.dimension} {self.value}"


class SavedView(models.Model):
    """A filter that a person gave a name; ``query`` is the query string of the page's address, ``page`` its name.

    At most one view of a page is the person's default: what opens when no filter is asked for.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "parties_saved_view"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once"),
            models.UniqueConstraint(
                fields=["user", "page"], condition=Q(is_default=True), name="saved_view_one_default"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """Who answers what somebody still asks after a decision: for a customer and those below, or for a program.

    ``hours`` says in words when they can be reached; ``user`` is who they are here, where they sign in.
    """

    program = models.OneToOneField(Program, null=True, on_delete=models.CASCADE, related_name="contact")
    customer = models.OneToOneField(Customer, null=True, on_delete=models.CASCADE, related_name="contact")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(program__isnull=False, customer__isnull=True)
                | Q(program__isnull=True, customer__isnull=False),
                name="contact_of_one",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(email=""), name="contact_can_be_named_and_written_to"),
        ]

    def __str__(self) -> str:
        return self.name


class SharedValue(models.Model):
    """What every process of an installation counts together: attempts to sign in, codes that were used.

    The rows are written by the cache of the settings. The table is unlogged: a crash forgets some minutes.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "parties_shared_value"

    def __str__(self) -> str:
        return self.cache_key


class Installation(models.Model):
    """One row: who runs this installation, what new programs start with, and how far the first steps have come.

    ``steps`` maps the name of a step to ``done`` or ``skipped``; what is not there is still to do.
    """

    singleton = models.BooleanField(primary_key=True, default=True)
    name = models.CharField(max_length=200, blank=True)
    zone = models.ForeignKey(Zone, null=True, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3, blank=True)
    locale = models.CharField(max_length=12, default="en_US")
    steps = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(singleton=True), name="installation_is_one"),
        ]

    def __str__(self) -> str:
        return self.name
