"""Fictitious telephone numbers only: 555-01xx first, then the test exchanges 958 and 959, given to nobody."""

from __future__ import annotations

from random import Random

AREA_CODES: dict[str, str] = {
    "AL": "205 251 256 334",
    "AZ": "480 520 602 623 928",
    "AR": "479 501 870",
    "CA": "209 213 310 323 408 415 510 530 559 562 619 626 650 661 707 714 760 805 818 831 858 909 916 925",
    "CO": "303 719 720 970",
    "CT": "203 475 860",
    "DC": "202",
    "DE": "302",
    "FL": "239 305 321 352 386 407 561 727 754 772 786 813 850 863 904 941 954",
    "GA": "229 404 470 478 678 706 770 912",
    "HI": "808",
    "IA": "319 515 563 641 712",
    "ID": "208 986",
    "IL": "217 309 312 618 630 708 773 815 847",
    "IN": "219 260 317 463 574 765 812",
    "KS": "316 620 785 913",
    "KY": "270 502 606 859",
    "LA": "225 318 337 504 985",
    "MA": "339 413 508 617 774 781 978",
    "MD": "240 301 410 443",
    "ME": "207",
    "MI": "231 248 269 313 517 586 616 734 810 989",
    "MN": "218 320 507 612 651 763 952",
    "MO": "314 417 573 636 660 816",
    "MS": "228 601 662 769",
    "MT": "406",
    "NC": "252 336 704 828 910 919 980",
    "NE": "308 402 531",
    "NH": "603",
    "NJ": "201 551 609 732 856 908 973",
    "NM": "505 575",
    "NV": "702 725 775",
    "NY": "212 315 347 516 518 585 607 631 646 716 718 845 914 917",
    "OH": "216 234 330 419 440 513 567 614 740 937",
    "OK": "405 539 580 918",
    "OR": "458 503 541 971",
    "PA": "215 267 412 484 570 610 717 724 814",
    "RI": "401",
    "SC": "803 843 854 864",
    "TN": "423 615 629 731 865 901 931",
    "TX": "210 214 254 281 325 361 409 432 469 512 682 713 806 817 830 832 903 915 936 956 972 979",
    "UT": "385 435 801",
    "VA": "276 434 540 571 703 757 804",
    "WA": "206 253 360 425 509",
    "WI": "262 414 608 715 920",
    "WV": "304 681",
    "ON": "416 519 613 647 705 905",
    "BC": "250 604 778",
    "AB": "403 587 780",
}
"""Some area codes of each state and province."""

TOLL_FREE = ("833", "844", "855", "866", "877", "888")
_PUBLISHED = 100  # 555-0100 to 555-0199, set aside for made-up use
_EXCHANGE = 10_000  # numbers of one exchange
_TEST = 2 * _EXCHANGE  # 958-xxxx and 959-xxxx, kept by the networks for their own tests
_STRIDE = 7_919  # prime, so that walking by it meets every number once


class Numbers:
    """Hands out callers' numbers, each once as long as an area code has any left (20,100 of them)."""

    def __init__(self, rng: Random) -> None:
        self._draw = rng.random
        self._codes = {state: codes.split() for state, codes in AREA_CODES.items()}
        self._given = {code: int(rng.random() * _PUBLISHED) for codes in self._codes.values() for code in codes}
        self._start = dict(self._given)

    def fresh(self, state: str) -> str:
        """A number of that state in E.164 that no caller had before."""
        codes = self._codes[state]
        code = codes[int(self._draw() * len(codes))]
        place = self._given[code]
        self._given[code] = place + 1
        handed = place - self._start[code]
        if handed < _PUBLISHED:
            return f"+1{code}55501{place * 37 % _PUBLISHED:02d}"
        rest = handed * _STRIDE % _TEST
        return f"+1{code}{958 + rest // _EXCHANGE}{rest % _EXCHANGE:04d}"


def tracking(place: int) -> str:
    """The toll-free number that a campaign shows, by its place in the list of routes."""
    block, line = divmod(place, _PUBLISHED)
    return f"+1{TOLL_FREE[block % len(TOLL_FREE)]}55501{line:02d}"


def desk(code: str, place: int) -> str:
    """The number of a buyer's own desk."""
    return f"+1{code}55501{place % _PUBLISHED:02d}"
