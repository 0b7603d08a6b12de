#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys

from django.core.management import execute_from_command_line

from plan_file.management.commands.simulate import Command as Simulate

if __name__ == "__main__":
    if sys.argv[1:2] == ["simulate"]:
        # It needs neither apps nor a database, and begins in a fifth of the time without them.
        Simulate().run_from_argv(sys.argv)
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_portal.settings")
        execute_from_command_line(sys.argv)
