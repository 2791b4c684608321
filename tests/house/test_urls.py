"""Every address is one that anybody may open, for a reason written here, or it is guarded."""

from django.urls import URLPattern, get_resolver

PUBLIC = {
    "choose": "says which areas there are",
    "home": "says whose season it is",
    "diagnose": "says what words mean; nobody is looked up",
    "contacts": "phone numbers from the notice",
    "intent": "asks who pays",
    "find": "name and number must both fit, counted against the limits",
    "enquiry": "the same; answers with what a stranger may learn",
    "together": "as find, for each who is added; linked family only for whoever is logged in",
    "together_list": "opens with a sealed ticket only",
    "together_pay": "opens with a sealed ticket only",
    "details": "opens with a sealed ticket only",
    "check": "opens with a sealed ticket only",
    "place": "opens with a sealed ticket only",
    "release": "opens with a sealed ticket only",
    "questions": "what the notice says; nobody is looked up",
    "benefits": "what the notice says; nobody is looked up",
    "official": "what the notice says; nobody is looked up",
    "card": "what the notice says; nobody is looked up",
    "poster": "what the notice says; nobody is looked up",
    "waiting": "works on a number of years alone; nobody is looked up",
    "newborn": "works on a birthday alone, and keeps it nowhere; nobody is looked up",
    "refund_how": "what the notice says; nobody is looked up",
    "account": "what the notice says; nobody is looked up",
    "menu": "what the notice says; nobody is looked up",
    "menu_words": "leads from a menu's word to the page that does it",
    "demo": "made-up people of a demo; elsewhere there is no such page",
    "demo_as": "a made-up person of a demo; elsewhere there is no such page",
    "demo_state": "the words of a refusal in a demo; elsewhere there is no such page",
    "feedback": "takes words, counted against the limits; shows nothing",
    "matter": "opens with the matter's random token only; numbers written into it are masked",
    "register": "asks for name and number, counted against the limits; answers with what a stranger may learn",
    "declare": "name and number must both fit, counted against the limits",
    "papers": "what the notice says to bring",
    "points": "where the notice says to go",
    "partner_description": "says how a partner speaks, and nothing of anybody",
    "partner_call": "signed with the partner's secret, within five minutes",
    "partner_query": "signed with the partner's secret, within five minutes",
    "conflicts": "shows nothing before somebody has proved who they are",
    "records": "shows nothing before somebody has proved who they are",
    "certificate": "shows nothing before somebody has proved who they are",
    "certificate_pdf": "shows nothing before somebody has proved who they are",
    "slips": "shows nothing before somebody has proved who they are",
    "slip": "for whoever is logged in and paid it, or had it paid",
    "slip_pdf": "for whoever is logged in and paid it, or had it paid",
    "paid_for": "shows nothing before somebody has proved who they are",
    "mine": "shows nothing but a login before somebody has proved who they are",
    "family": "shows nothing but a login before somebody has proved who they are",
    "family_pay": "for whoever is logged in and has linked the person",
    "family_remove": "for whoever is logged in and has linked the person",
    "login": "leads to the identity provider",
    "logout": "ends a login, if there is one",
    "activate": "opens with a sealed ticket only",
    "activated": "opens with a sealed ticket only",
    "identity_back": "the provider's signature and the browser's own cookie are the guard",
    "application": "opens with the application's random token only",
    "application_place": "opens with the application's random token only",
    "application_class": "opens with the application's random token only",
    "application_files": "opens with the application's random token only",
    "application_check": "opens with the application's random token only",
    "application_pay": "opens with the application's random token only",
    "application_number": "opens with the application's random token only",
    "change_who": "name and number must both fit, counted against the limits",
    "change": "opens with a sealed ticket only; keeps a request, changes nothing",
    "change_request": "opens with the request's random token only",
    "withdraw": "opens with the request's random token only",
    "order": "opens with the order's random token only",
    "confirming": "opens with the order's random token only",
    "resume": "opens with the order's random token only",
    "cancel": "opens with the order's random token only",
    "tell": "opens with the order's random token only; phones are masked",
    "remind": "opens with a sealed ticket only; name and number must both fit",
    "untold": "can only make us silent; says the same whatever the phone",
    "refund": "opens with the order's random token only",
    "household": "opens with the order's random token only; names are masked",
    "collective": "opens with the collection's random token only; sums and counts, nobody's name",
    "receipt": "opens with the order's random token only",
    "receipt_pdf": "opens with the order's random token only",
    "verify_form": "asks for a receipt's number and code",
    "verify": "opens with a receipt's number and its keyed code",
    "notify": "the channel's signature is the guard",
    "tax_collected": "the tax authority's signature is the guard",
    "alive": "says that the process lives",
    "ready": "says whether it can work, and no secret",
}
SIGNED_ELSEWHERE = {"notify", "partner_call", "tax_collected"}


def patterns() -> list[URLPattern]:
    return [pattern for pattern in get_resolver().url_patterns if isinstance(pattern, URLPattern)]


def test_every_address_is_listed_with_its_reason() -> None:
    assert {pattern.name for pattern in patterns()} == set(PUBLIC)
    assert len(patterns()) == len(get_resolver().url_patterns), (
        "an included list of addresses is not looked at"
    )


def test_only_what_a_channel_or_a_partner_signs_is_free_of_the_form_token() -> None:
    exempt = {pattern.name for pattern in patterns() if getattr(pattern.callback, "csrf_exempt", False)}

    assert exempt == SIGNED_ELSEWHERE


def test_every_address_says_which_methods_it_takes() -> None:
    """Whatever is not asked for is answered with 405, not with whatever the view happens to do."""
    open_to_all = [pattern.name for pattern in patterns() if not hasattr(pattern.callback, "__wrapped__")]

    assert open_to_all == []
