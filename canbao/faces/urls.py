"""Every address, with who may open it. `tests/house/test_urls.py` holds the list of the public ones."""

from django.urls import path, register_converter

from canbao.faces.api import callbacks, health, partner, tax_side
from canbao.faces.citizen import (
    change_pages,
    collective_pages,
    demo_pages,
    feedback_pages,
    guard,
    home_pages,
    info_pages,
    order_pages,
    pay_pages,
    refund_pages,
    tell_pages,
)
from canbao.faces.citizen.people import (
    application_pages,
    conflict_pages,
    family_pages,
    identity_pages,
    proof_pages,
    register_pages,
    together_pages,
)


class AreaCode:
    """Six digits."""

    regex = "[1-9][0-9]{5}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


class Word(AreaCode):
    """A ticket or token: URL-safe, and no dots or slashes."""

    regex = "[A-Za-z0-9_-]{8,1200}"


class Payer(AreaCode):
    """本人 or 代他人."""

    regex = "self|proxy"


class PartnerCall(AreaCode):
    """What a partner may ask for by POST."""

    regex = "find|open|confirm"


class View(AreaCode):
    """我的缴费记录 or 参保人缴费查询."""

    regex = "own|posted"


class Change(AreaCode):
    """停保 or 信息变更."""

    regex = "suspend|correct"


register_converter(AreaCode, "area")
register_converter(Word, "word")
register_converter(Payer, "payer")
register_converter(View, "view")
register_converter(PartnerCall, "partner_call")
register_converter(Change, "change")

urlpatterns = [
    path("", home_pages.choose_page, name="choose"),
    path("a/<area:area>/", home_pages.home_page, name="home"),
    path("a/<area:area>/contacts/", home_pages.contacts_page, name="contacts"),
    path("a/<area:area>/diagnose/", home_pages.diagnose_page, name="diagnose"),
    path("a/<area:area>/enquiry/", home_pages.enquiry_page, name="enquiry"),
    path("a/<area:area>/pay/", pay_pages.intent, name="intent"),
    path("a/<area:area>/pay/<payer:payer>/", pay_pages.find_page, name="find"),
    path("a/<area:area>/together/", together_pages.list_page, name="together"),
    path("a/<area:area>/together/<word:ticket>/", together_pages.list_page, name="together_list"),
    path("a/<area:area>/together/<word:ticket>/pay/", together_pages.pay_page, name="together_pay"),
    path("a/<area:area>/details/<word:ticket>/", pay_pages.details_page, name="details"),
    path("a/<area:area>/check/<word:ticket>/", pay_pages.check_page, name="check"),
    path("a/<area:area>/place/<word:ticket>/", pay_pages.place_page, name="place"),
    path("a/<area:area>/release/<word:ticket>/", pay_pages.release_page, name="release"),
    path("a/<area:area>/questions/", info_pages.questions_page, name="questions"),
    path("a/<area:area>/benefits/", info_pages.benefits_page, name="benefits"),
    path("a/<area:area>/official/", info_pages.official_page, name="official"),
    path("a/<area:area>/card/", info_pages.card_page, name="card"),
    path("a/<area:area>/poster/", info_pages.poster_page, name="poster"),
    path("a/<area:area>/waiting/", info_pages.waiting_page, name="waiting"),
    path("a/<area:area>/newborn/", info_pages.newborn_page, name="newborn"),
    path("a/<area:area>/refund/", info_pages.refund_how_page, name="refund_how"),
    path("a/<area:area>/account/<int:nth>/", info_pages.account_page, name="account"),
    path("a/<area:area>/menu/", info_pages.menu_page, name="menu"),
    path("a/<area:area>/menu/<path:words>/", info_pages.menu_page, name="menu_words"),
    path("a/<area:area>/feedback/", feedback_pages.feedback_page, name="feedback"),
    path("f/<word:token>/", feedback_pages.matter_page, name="matter"),
    path("a/<area:area>/remind/<word:ticket>/", tell_pages.remind_page, name="remind"),
    path("a/<area:area>/untold/", tell_pages.untold_page, name="untold"),
    path("a/<area:area>/register/", register_pages.begin_page, name="register"),
    path("a/<area:area>/declare/", register_pages.declare_page, name="declare"),
    path("a/<area:area>/papers/", register_pages.papers_page, name="papers"),
    path("a/<area:area>/points/", register_pages.points_page, name="points"),
    path("a/<area:area>/mine/", family_pages.mine_page, name="mine"),
    path("a/<area:area>/mine/<view:view>/", family_pages.enquiry_page, name="records"),
    path("a/<area:area>/mine/certificate/", proof_pages.certificate_page, name="certificate"),
    path("a/<area:area>/mine/certificate.pdf", proof_pages.certificate_file, name="certificate_pdf"),
    path("a/<area:area>/mine/slips/", proof_pages.slips_page, name="slips"),
    path("a/<area:area>/mine/slips/<int:record_id>/", proof_pages.slip_page, name="slip"),
    path("a/<area:area>/mine/slips/<int:record_id>.pdf", proof_pages.slip_file, name="slip_pdf"),
    path("a/<area:area>/mine/paid-for/", proof_pages.paid_for_page, name="paid_for"),
    path("a/<area:area>/conflicts/", conflict_pages.conflict_page, name="conflicts"),
    path("a/<area:area>/family/", family_pages.family_page, name="family"),
    path("a/<area:area>/family/<int:link_id>/pay/", family_pages.pay_page, name="family_pay"),
    path("a/<area:area>/family/<int:link_id>/remove/", family_pages.remove_page, name="family_remove"),
    path("a/<area:area>/login/<slug:level>/", identity_pages.login_page, name="login"),
    path("a/<area:area>/logout/", identity_pages.logout_page, name="logout"),
    path("a/<area:area>/activate/<word:ticket>/", identity_pages.activate_page, name="activate"),
    path("a/<area:area>/activated/<word:ticket>/", identity_pages.activated_page, name="activated"),
    path("demo/", demo_pages.demo_page, name="demo"),
    path("demo/as/<int:nth>/", demo_pages.as_page, name="demo_as"),
    path("demo/states/<area:area>/<slug:code>/", demo_pages.state_page, name="demo_state"),
    path("identity/back/", identity_pages.back_page, name="identity_back"),
    path("r/<word:token>/", application_pages.application_page, name="application"),
    path("r/<word:token>/place/", application_pages.place_page, name="application_place"),
    path("r/<word:token>/class/", application_pages.class_page, name="application_class"),
    path("r/<word:token>/files/", application_pages.files_page, name="application_files"),
    path("r/<word:token>/check/", application_pages.check_page, name="application_check"),
    path("r/<word:token>/pay/", application_pages.pay_page, name="application_pay"),
    path("r/<word:token>/number/", application_pages.number_page, name="application_number"),
    path("a/<area:area>/change/<change:what>/", change_pages.who_page, name="change_who"),
    path("a/<area:area>/change/<change:what>/<word:ticket>/", change_pages.change_page, name="change"),
    path("q/<word:token>/", change_pages.request_page, name="change_request"),
    path("q/<word:token>/withdraw/", change_pages.withdraw_page, name="withdraw"),
    path("o/<word:token>/", order_pages.order_page, name="order"),
    path("o/<word:token>/confirming/<int:look>/", order_pages.confirming_page, name="confirming"),
    path("o/<word:token>/resume/", order_pages.resume_page, name="resume"),
    path("o/<word:token>/cancel/", order_pages.cancel_page, name="cancel"),
    path("o/<word:token>/tell/", tell_pages.tell_page, name="tell"),
    path("o/<word:token>/refund/", refund_pages.refund_page, name="refund"),
    path("o/<word:token>/family/", order_pages.household_page, name="household"),
    path("o/<word:token>/receipt/", order_pages.receipt_page, name="receipt"),
    path("o/<word:token>/receipt.pdf", order_pages.receipt_file, name="receipt_pdf"),
    path("c/<word:token>/", collective_pages.collective_page, name="collective"),
    path("v/", order_pages.verify_form, name="verify_form"),
    path("v/<word:receipt_no>/<word:code>/", order_pages.verify_page, name="verify"),
    path("api/<slug:channel>/notify/<slug:out_trade_no>", callbacks.notify, name="notify"),
    path("api/tax/collected/", tax_side.collected, name="tax_collected"),
    path("api/partner/v1/openapi.json", partner.description, name="partner_description"),
    path("api/partner/v1/<partner_call:what>/", partner.call, name="partner_call"),
    path("api/partner/v1/query/<slug:out_trade_no>/", partner.query, name="partner_query"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
handler403 = guard.forbidden
handler404 = guard.not_found
handler500 = guard.server_error
