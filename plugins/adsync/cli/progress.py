"""Progress of a long command: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def show(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """Yields a function to call with one line for each of `total` finished items."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield lambda line: console.print(line, markup=False)
        return
    with Progress(console=console) as bars:
        task = bars.add_task(title, total=total)

        def advance(line: str) -> None:
            bars.console.print(line, markup=False)
            bars.advance(task)

        yield advance
