import io

from plan_file.output.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_when_the_percentage_changes_and_is_left_clean() -> None:
    terminal = _Terminal()
    progress = Progress(terminal)

    progress.show("Rating", 1, 2)
    progress.show("Rating", 1, 2)
    progress.show("Done", 0, 0)
    progress.clear()
    progress.clear()

    half = f"Rating [{'#' * 15}{'.' * 15}] 50 %"
    whole = f"Done [{'#' * 30}] 100 %"
    assert terminal.getvalue() == (f"\r{half}\r{whole.ljust(len(half))}\r{' ' * len(whole)}\r")


def test_nothing_is_shown_in_a_pipe() -> None:
    pipe = io.StringIO()
    progress = Progress(pipe)

    progress.show("Rating", 1, 2)
    progress.clear()

    assert pipe.getvalue() == ""
