"""Pages of the admin that a person may open, so that no link leads to a refusal."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.admin.helpers import AdminForm, AdminReadonlyField, Fieldline, Fieldset
from django.urls import Resolver404, resolve
from django.utils.safestring import SafeString

_RIGHTS = {"add": ("add",), "change": ("view", "change"), "changelist": ("view", "change")}


def may_open(user: Any, address: str) -> bool:
    """Return whether the person may add to, list or open the model that an address is about."""
    try:
        name = resolve(urlsplit(address).path).url_name or ""
    except Resolver404:
        return True
    model, _, page = name.rpartition("_")
    app, _, model = model.rpartition("_")
    rights = _RIGHTS.get(page)
    return rights is None or any(user.has_perm(f"{app}.{right}_{model}") for right in rights)


class LinkedForm(AdminForm):
    """Django's form whose fixed values link to what the person may open, and to nothing else."""

    def __init__(self, whole: AdminForm, user: Any) -> None:
        self.__dict__.update(whole.__dict__)
        self.user = user

    def __iter__(self) -> Any:
        for fieldset in super().__iter__():
            yield _LinkedFieldset(fieldset, self.user)


class _LinkedFieldset(Fieldset):
    def __init__(self, whole: Fieldset, user: Any) -> None:
        self.__dict__.update(whole.__dict__)
        self.user = user

    def __iter__(self) -> Any:
        for line in super().__iter__():
            yield _LinkedLine(line, self.user)


class _LinkedLine(Fieldline):
    def __init__(self, whole: Fieldline, user: Any) -> None:
        self.__dict__.update(whole.__dict__)
        self.user = user

    def __iter__(self) -> Any:
        for field in super().__iter__():
            if isinstance(field, AdminReadonlyField):
                yield _LinkedValue(field, self.user)
            else:
                yield field


class _LinkedValue(AdminReadonlyField):
    def __init__(self, whole: AdminReadonlyField, user: Any) -> None:
        self.__dict__.update(whole.__dict__)
        self.user = user

    def get_admin_url(self, remote_field: Any, remote_obj: Any) -> SafeString | str:
        options = remote_field.model._meta
        rights = (f"{options.app_label}.{r}_{options.model_name}" for r in ("view", "change"))
        if not any(self.user.has_perm(right) for right in rights):
            return str(remote_obj)
        linked: SafeString | str = super().get_admin_url(remote_field, remote_obj)
        return linked
