#!/usr/bin/env python3
"""Starts the demo, the tests, or a management command. Needs Python 3.11+ and nothing else."""

import sys


def main():
    if sys.version_info < (3, 11):
        found = "%d.%d" % sys.version_info[:2]
        sys.exit("This needs Python 3.11 or newer; here it is %s." % found)
    if sys.platform == "win32":
        sys.exit("This runs on Linux and macOS. On Windows use WSL (type: wsl --install).")
    from launch.command_line import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
