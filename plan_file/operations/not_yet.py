"""What a file may say of a customer and the database does not hold yet."""

from plan_file.operations.application import Application
from values.fields import NOT_YET


def refuse_not_yet(application: Application) -> None:
    """Name the groups and the tax terms of customers that are used."""
    for index, customer in enumerate(application.document.customers):
        used = {
            "exemptions": customer.exemptions,
            "jurisdiction_share": customer.jurisdiction_share,
            "parent": customer.parent,
            "bill_to_parent": customer.bill_to_parent,
        }
        for key, value in used.items():
            if value:
                application.refuse(("customers", index, key), NOT_YET)
