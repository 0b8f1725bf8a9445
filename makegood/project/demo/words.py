"""What people of the demo write: buyers about calls, managers about decisions."""

from __future__ import annotations

from makegood.project.demo.truth import Kind

EXPLANATIONS: dict[Kind, tuple[str, ...]] = {
    Kind.ROBOCALL: (
        "Automated voice, hung up when we spoke.",
        "Recording about a car warranty. Nobody on the line.",
        "Robot reading a script, it did not react to anything our agent said.",
        "Pre-recorded message played twice, then silence until the line closed.",
        "Same recorded voice we had last week, offering a business loan.",
    ),
    Kind.BOT_BURST: (
        "One of many automated calls that night, all a few seconds over the billing threshold.",
        "Bot. Dozens of these came in within three hours from the same handful of numbers.",
        "No human on the line. Long pause, click, repeat - all night.",
    ),
    Kind.SOLICITOR: (
        "Salesperson wanted to sell us a listing on their website.",
        "This was a marketing agency pitching search ads, not a customer.",
        "Caller was selling merchant processing. We are not the prospect here!",
        "Recruiter looking for technicians. No service requested.",
    ),
    Kind.PRANK: (
        "Kids laughing in the background, asked for a pizza.",
        "Prank call, caller swore at our dispatcher and hung up.",
        "Made-up name and address, several people giggling.",
    ),
    Kind.DEAD_AIR: (
        "We could not hear the caller at all. Our agent said hello for a minute.",
        "One-way audio: they heard us, we heard nothing.",
        "Silence from the first second. The recording is empty on the caller's side.",
        "Line cracked and dropped right when she started to give her address.",
    ),
    Kind.NEVER_CONNECTED: (
        "Charged, but this never rang at our desk.",
        "Zero seconds connected in your own log. Please take this off our bill.",
    ),
    Kind.DUPLICATE: (
        "Same person called two days earlier about the same job. We already paid for it.",
        "Second charge for one customer, she was just confirming the appointment.",
        "Duplicate, same number as last week and inside the duplicate window.",
        "He called back because the first call was cut off. One lead, two charges.",
    ),
    Kind.WRONG_SERVICE: (
        "Caller wanted a car mechanic. We do not do that.",
        "Asked for a service that is not in the campaign, our agent sent him elsewhere.",
        "Looking for the phone company's customer service.",
        "Needs commercial work. The campaign is residential only.",
    ),
    Kind.OUT_OF_AREA: (
        "Property is two states away, outside of our service area.",
        "Caller lives out of our area. We told her within the first minute.",
        "Zip code is not on our list, we cannot serve it.",
    ),
    Kind.WRONG_NUMBER: (
        "Wrong number, he was trying to reach his doctor.",
        "Caller apologized and said she had misdialed.",
        "Wanted the pharmacy next door.",
    ),
    Kind.PRICE_SHOPPER: (
        "Only asked for a price and said he would think about it. Not a real lead.",
        "Caller was comparing quotes, never intended to buy.",
        "Too expensive for her. Did not book.",
    ),
    Kind.EXISTING_CUSTOMER: (
        "This is a customer of ours already, we should not pay again.",
        "Existing customer asking about his invoice.",
    ),
    Kind.INFORMATION_ONLY: (
        "Just wanted our opening hours.",
        "General questions, no appointment made.",
        "Did not qualify in our opinion, she was only collecting information.",
    ),
    Kind.ORDINARY: ("Caller did not book with us.", "Not a good lead."),
}

ACCEPTED: dict[Kind, tuple[str, ...]] = {
    Kind.ROBOCALL: ("Recorded message from start to end.", "Listened: automated, no person on the line."),
    Kind.BOT_BURST: ("Part of the Tuesday night burst. Credited, and raised with the vendor.",),
    Kind.SOLICITOR: ("Sales pitch, confirmed on the recording.", "Caller sells something. Credited."),
    Kind.PRANK: ("Confirmed prank.", "No genuine request on this call."),
    Kind.DEAD_AIR: ("No caller audio for the whole call.", "Line fault confirmed."),
    Kind.NEVER_CONNECTED: ("Not connected, should not have been charged.",),
    Kind.DUPLICATE: (
        "Same caller and same job within the window.",
        "Confirmed duplicate; the first call stays.",
    ),
    Kind.WRONG_SERVICE: ("Service is not part of this campaign.", "Agreed, wrong service."),
    Kind.OUT_OF_AREA: ("Address is outside of the campaign's area.",),
    Kind.WRONG_NUMBER: ("Misdialed, confirmed.",),
}
BORDERLINE = ("Hard to tell from the recording; decided for the buyer.", "Benefit of the doubt this time.")
REFUSED: dict[Kind, tuple[str, ...]] = {
    Kind.PRICE_SHOPPER: (
        "The caller asked for the campaign's service and compared prices. That is a valid opportunity.",
        "Genuine interest; comparing quotes does not make a call invalid.",
    ),
    Kind.EXISTING_CUSTOMER: ("The caller asked for a new job. Existing customers are not excluded in this campaign.",),
    Kind.INFORMATION_ONLY: (
        "Beyond the billing threshold, and the caller asked about your service. The charge stands.",
        "A real person with a real question about the service on offer.",
    ),
}
STANDS = (
    "Listened to the recording: an ordinary inquiry.",
    "We could not confirm the reason on the recording.",
)
PARTIAL = (
    "The line failed halfway; we share the cost of this one.",
    "Part of the conversation was usable, so part of the charge stays.",
    "Met us halfway: caller was in the area but asked for a second service too.",
)

FINDINGS: dict[Kind, str] = {
    Kind.ROBOCALL: "ROBOCALL",
    Kind.BOT_BURST: "ROBOCALL",
    Kind.SOLICITOR: "ROBOCALL",
    Kind.PRANK: "PRANK",
    Kind.DEAD_AIR: "NOBODY",
    Kind.NEVER_CONNECTED: "LINE_FAULT",
    Kind.DUPLICATE: "SAME_JOB",
    Kind.WRONG_SERVICE: "WRONG_SERVICE",
    Kind.OUT_OF_AREA: "WRONG_SERVICE",
    Kind.WRONG_NUMBER: "WRONG_SERVICE",
    Kind.PRICE_SHOPPER: "PRICE_SHOPPER",
    Kind.EXISTING_CUSTOMER: "OTHER_JOB",
    Kind.INFORMATION_ONLY: "ORDINARY",
    Kind.ORDINARY: "ORDINARY",
}
"""What a reviewer hears on such a call."""
