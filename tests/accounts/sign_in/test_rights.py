"""The rights that somebody comes with."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from accounts.sign_in.rights import SignInWithRights
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_person_comes_with_the_rights_of_its_own_and_of_its_groups(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    person = User.objects.create_user("pat@northwind.example", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_event"))
    group = Group.objects.create(name="Night shift")
    group.permissions.add(Permission.objects.get(codename="view_invoice"))
    person.groups.add(group)

    with django_assert_num_queries(1):  # type: ignore[operator]
        found = SignInWithRights().get_user(person.pk)
        assert found is not None
        held = found.get_all_permissions()

    assert held == {"usage.view_event", "invoicing.view_invoice"}
    assert held == get_user_model().objects.get(pk=person.pk).get_all_permissions()


def test_a_superuser_holds_everything() -> None:
    found = SignInWithRights().get_user(make.staff().pk)

    assert found is not None
    assert len(found.get_all_permissions()) == Permission.objects.count()


def test_who_may_not_sign_in_any_more_comes_no_more() -> None:
    person = User.objects.create_user("pat@northwind.example", is_active=False)

    assert SignInWithRights().get_user(person.pk) is None
    assert SignInWithRights().get_user(0) is None
