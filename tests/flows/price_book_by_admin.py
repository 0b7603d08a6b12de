"""The price book, customers and agreement of the worked example, by the admin's forms alone."""

from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, Brand, Customer, LegalEntity, Partner, TestClock
from catalog.models import Plan, Price, PriceVersion, RateCard, RateCardVersion
from contracts.models import Contract, ContractOverride
from invoicing.models import Grant
from tests.admin_forms import rows, save_form
from tests.factories import NINE_RATES
from usage.models import Meter


@dataclass(frozen=True)
class MadeByAdmin:
    """What staff made, and the key that was shown to them once."""

    acme: Customer
    contract: Contract
    key_text: str


def make_everything(client: Client) -> MadeByAdmin:
    """Make the whole example, signed in as `client` is."""
    seller = make_seller(client)
    plan = make_price_book(client, seller)
    acme = make_acme(client, seller)
    key_text = make_partner(client, acme)
    return MadeByAdmin(acme, make_agreement(client, acme, plan), key_text)


def make_seller(client: Client) -> LegalEntity:
    """Make Northwind and its brand."""
    _add(
        client, "accounts_legalentity", code="northwind", name="Northwind Voice", country="US",
        state="IL", tax_registration="none",
    )  # fmt: skip
    seller = LegalEntity.objects.get(code="northwind")
    _add(client, "accounts_brand", legal_entity=seller.pk, code="northwind", name="Northwind Voice")
    return seller


def make_price_book(client: Client, seller: LegalEntity) -> Plan:
    """Make meter, product, rate card, price and plan; publish what has versions."""
    _add(
        client, "usage_meter", legal_entity=seller.pk, code="AI_CALL",
        display_name="AI Calls", event_name="ai_call", aggregation="sum",
        property="duration_minutes", group_keys="region,call_outcome", unit="minute",
    )  # fmt: skip
    meter = Meter.objects.get(code="AI_CALL")
    _add(client, "catalog_product", legal_entity=seller.pk, code="ai-calls", name="AI Calls")
    _add(client, "catalog_ratecard", legal_entity=seller.pk, code="ai-call-rates", meter=meter.pk)
    card = RateCard.objects.get(code="ai-call-rates")
    entries = [
        {"key_0": region, "key_1": outcome, "rate": rate}
        for region, outcomes in NINE_RATES.items()
        for outcome, rate in outcomes.items()
    ]
    save_form(
        client,
        f"{reverse('admin:catalog_ratecardversion_add')}?rate_card={card.pk}",
        effective_from="2024-11-01",
        **rows("entries", *entries),
    )
    publish(client, RateCardVersion.objects.get(rate_card=card))
    _add(client, "catalog_price", legal_entity=seller.pk, code="ai-call", meter=meter.pk)
    price = Price.objects.get(code="ai-call")
    save_form(
        client,
        f"{reverse('admin:catalog_priceversion_add')}?price={price.pk}",
        name="AI Calls",
        rate_card=card.pk,
        fallback_rate="0.40",
    )
    publish(client, PriceVersion.objects.get(price=price))
    _add(
        client, "catalog_plan", legal_entity=seller.pk, code="ai-call-center",
        name="AI Call Center", net_terms_days="0", autopay="on",
        **rows("items", {"price": price.pk}),
    )  # fmt: skip
    return Plan.objects.get(code="ai-call-center")


def publish(client: Client, version: RateCardVersion | PriceVersion) -> None:
    """Press Publish, and yes on the page that asks."""
    name = version._meta.model_name
    save_form(client, reverse(f"admin:catalog_{name}_publish", args=[version.pk]))


def make_acme(client: Client, seller: LegalEntity) -> Customer:
    """Make Acme with its test clock, billing address and phone number."""
    _add(
        client, "accounts_testclock", name="Acme's clock", now_at_0="2024-11-20",
        now_at_1="00:00:00",
    )  # fmt: skip
    _add(
        client, "accounts_customer", name="Acme Support Co", external_id="acme",
        email="billing@acme.example", legal_entity=seller.pk, brand=Brand.objects.get().pk,
        timezone="America/New_York", is_sandbox="on", test_clock=TestClock.objects.get().pk,
        **rows("addresses", {"kind": "billing", "city": "Chicago", "state": "IL",
                             "postal_code": "60601", "country": "US"}),
    )  # fmt: skip
    acme = Customer.objects.get(external_id="acme")
    _add(
        client, "accounts_subject", customer=acme.pk, kind="number",
        identifier="+13125550100", held_from="2024-11-01",
    )  # fmt: skip
    return acme


def make_partner(client: Client, acme: Customer) -> str:
    """Make the partner with a test key, and return the text that is shown once."""
    _add(
        client,
        "accounts_partner",
        name="Callwave",
        **rows("partnercustomer_set", {"customer": acme.pk}),
    )
    partner = Partner.objects.get()
    page = save_form(
        client,
        f"{reverse('admin:accounts_apikey_add')}?partner={partner.pk}",
        name="Call platform",
        mode="test",
    )
    assert ApiKey.objects.get().partner == partner
    return str(page.context["secret"])


def make_agreement(client: Client, acme: Customer, plan: Plan) -> Contract:
    """Make the contract with its one own rate and its prepaid grant, and activate it."""
    _add(
        client, "contracts_contract", customer=acme.pk, plan=plan.pk, starts_at="2024-11-01",
        ends_at="2026-10-31", net_terms_days="45",
    )  # fmt: skip
    contract = Contract.objects.get(customer=acme)
    price = plan.items.get().price
    save_form(
        client,
        f"{reverse('admin:contracts_contractoverride_add')}?contract={contract.pk}&price={price.pk}",
        **rows("entries", {"key_0": "US", "key_1": "escalated", "rate": "0.75"}),
    )
    assert ContractOverride.objects.get(contract=contract).entries.count() == 1
    save_form(
        client,
        f"{reverse('admin:invoicing_grant_add')}?customer={acme.pk}&contract={contract.pk}",
        code="grant-1",
        granted="10000.00",
        currency="USD",
        effective_from="2024-11-01",
        expires_at="2026-10-31",
    )
    assert Grant.objects.get(customer=acme).amount.amount == 10000
    press(client, contract, "activate")
    return Contract.objects.get(pk=contract.pk)


def press(client: Client, obj: Any, button: str, **values: Any) -> Any:
    """Press a button on an object's page; where a page asks first, answer it."""
    name = f"admin:{obj._meta.app_label}_{obj._meta.model_name}_{button}"
    url = reverse(name, args=[obj.pk])
    if client.get(url).status_code == 405:
        return client.post(url, values, follow=True)
    return save_form(client, url, **values)


def _add(client: Client, name: str, /, **values: Any) -> None:
    save_form(client, reverse(f"admin:{name}_add"), **values)
