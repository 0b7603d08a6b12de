"""What the pages have in common that take a file: upload, dry run with its changes, yes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export import resources
from import_export.admin import ExportMixin, ImportMixin
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm
from import_export.tmp_storages import CacheStorage

from accounts.admin.file_formats import MOST_BYTES, TextCsv, TextXlsx, UnreadableFile
from accounts.admin.pages.refusals import REFUSED, refusal_words

FORMATS = (TextCsv, TextXlsx)
_ENDINGS = {".csv": "0", ".xlsx": "1"}


class UploadForm(ImportForm):
    """A file; what it is follows from its name unless said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].required = False
        self.fields["format"].help_text = "Empty: by the name of the file."
        self.fields["import_file"].widget.attrs.update({"accept": ".csv,.xlsx", "class": ""})

    @property
    def media(self) -> forms.Media:
        """Return nothing: the page works without scripts."""
        return forms.Media()

    def clean_import_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["import_file"]
        if upload.size is None or upload.size > MOST_BYTES:
            raise ValidationError(f"A file has at most {MOST_BYTES // 2**20} MB.")
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        upload = cleaned.get("import_file")
        if upload is not None and not cleaned.get("format"):
            ending = "." + str(upload.name).rpartition(".")[2].lower()
            if ending not in _ENDINGS:
                raise ValidationError({"format": "Say whether this is CSV or XLSX."})
            cleaned["format"] = _ENDINGS[ending]
        return cleaned


class DownloadForm(ExportForm):
    """As what a list is exported; CSV unless said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = [("0", "CSV"), ("1", "XLSX")]


class YesForm(ConfirmImportForm):
    """What a dry run leaves for the import itself."""

    format = forms.ChoiceField(
        choices=[(value, value) for value in _ENDINGS.values()], widget=forms.HiddenInput
    )


class KeptUpload(CacheStorage):
    """The file between dry run and yes: for an hour, where every web process finds it."""

    CACHE_LIFETIME = 3600
    CACHE_PREFIX = "import-"

    def read(self) -> bytes:
        """
        Return the file.

        :raises UnreadableFile: the hour is over.
        """
        data: bytes | None = super().read()
        if data is None:
            raise UnreadableFile("The file is not kept any more; upload it again.")
        return data


class PlainDiff(resources.Diff):
    """Old and new values without the library's styles, which our pages do not allow."""

    def as_html(self) -> list[SafeString]:
        """Return each value, a changed one as old and new."""
        return [
            _changed("" if self.new else old, new)
            for old, new in zip(self.left, self.right, strict=True)
        ]


def _changed(old: object, new: object) -> SafeString:
    if old == new:
        return format_html("{}", new)
    if not old:
        return format_html("<ins>{}</ins>", new)
    return format_html("<del>{}</del> <ins>{}</ins>", old, new)


class FileResource(resources.ModelResource):
    """Rows of a file as rows of a model; all or none, each refusal with its field and reason."""

    @classmethod
    def get_diff_class(cls) -> type[PlainDiff]:
        """Return how changes are shown."""
        return PlainDiff

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """:raises UnreadableFile: for a column that nobody reads, or without what names a row."""
        known = [field.column_name for field in self.get_import_fields()]
        unknown = [heading for heading in dataset.headers if heading not in known]
        if unknown:
            raise UnreadableFile(
                f"There is no column '{unknown[0]}'; the columns are: {', '.join(known)}."
            )
        names = [self.fields[name].column_name for name in self.get_import_id_fields()]
        missing = [name for name in names if name not in dataset.headers]
        if missing:
            raise UnreadableFile(f"The column '{missing[0]}' is missing.")

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        """:raises ValidationError: what the database refuses, in words."""
        try:
            with transaction.atomic():
                super().do_instance_save(instance, is_create)
        except REFUSED as error:
            raise ValidationError({NON_FIELD_ERRORS: refusal_words(error)}) from error


class FileImports(ImportMixin):
    """Pages that import a file into an admin's model; base of an admin."""

    import_formats = FORMATS
    import_form_class = UploadForm
    confirm_form_class = YesForm
    tmp_storage_class = KeptUpload

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may add and change what is imported."""
        opts = self.opts
        rights = (f"{opts.app_label}.{right}_{opts.model_name}" for right in ("add", "change"))
        return all(request.user.has_perm(right) for right in rights)

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the import is told: all rows or none."""
        return {"rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: Any, error: Exception) -> None:
        """Say why the file cannot be read."""
        if not isinstance(error, UnreadableFile):
            raise error
        form.add_error("import_file", str(error))

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import the file that was looked at."""
        try:
            answer: HttpResponse = super().process_import(request, **kwargs)
        except UnreadableFile as error:
            messages.error(request, str(error))
            return redirect("../import/")
        return answer

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Say what was imported; nothing was, if anything is wrong by now."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(
                request,
                "Nothing was imported: something changed since you looked. Upload it again.",
            )
            return redirect("../import/")
        answer: HttpResponse = super().process_result(result, request)
        return answer


class FileExports(ExportMixin):
    """A page that exports what a list shows; who may see the list may have it as a file."""

    export_formats = FORMATS
    export_form_class = DownloadForm

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may look at what is exported."""
        return bool(self.has_view_permission(request))


class FilePages(FileImports, FileExports):
    """Import and export, each a link above the list."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
