"""The web application, as a WSGI server starts it."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_portal.settings")

application = get_wsgi_application()

# All code is loaded now, not with the first request. It stays as long as the process: the
# collector of garbage, which a batch of ten thousand events wakes, need not look through it again.
_addresses = get_resolver().url_patterns
gc.collect()
gc.freeze()
