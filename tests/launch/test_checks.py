from pathlib import Path

from launch.checks import count_tests


def test_the_tests_of_every_suite_are_counted(tmp_path: Path) -> None:
    report = tmp_path / "tests.xml"
    report.write_text(
        '<testsuites><testsuite tests="10" failures="1" errors="2" skipped="3"/>'
        '<testsuite tests="5" failures="0" errors="0" skipped="0"/></testsuites>'
    )

    assert count_tests(report) == (9, 3, 3)


def test_a_report_that_was_never_written_is_a_failure(tmp_path: Path) -> None:
    assert count_tests(tmp_path / "tests.xml") == (0, 1, 0)
