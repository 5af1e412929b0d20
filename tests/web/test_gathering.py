"""What is written in one turn of the loop is sent in one go, in order, and nothing of it is lost or held for long."""

import asyncio
from typing import Any, cast

from aimsgraph.web.connections import GATHERED_BYTES, Gathering


class Sent:
    """A transport that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def write(self, data: bytes) -> None:
        self.told.append(data)

    def close(self) -> None:
        self.told.append("close")

    def is_closing(self) -> bool:
        return "close" in self.told


def told(*turns: list[bytes], close: bool = False) -> list[Any]:
    """Return what the transport is told when this is written, turn by turn."""
    sent = Sent()

    async def write() -> None:
        gathering = Gathering(cast(asyncio.Transport, sent), asyncio.get_running_loop())
        for turn in turns:
            for data in turn:
                gathering.write(data)
            if turn is not turns[-1] or not close:
                await asyncio.sleep(0)
        if close:
            gathering.close()
        assert gathering.is_closing() is close

    asyncio.run(write())
    return sent.told


def test_a_head_and_its_body_go_together_and_the_next_answer_by_itself() -> None:
    assert told([b"head", b"body"], [b"next"]) == [b"headbody", b"next"]


def test_a_piece_that_is_large_does_not_wait() -> None:
    large = b"x" * GATHERED_BYTES
    assert told([b"head", large, b"rest"]) == [b"head" + large, b"rest"]


def test_what_was_written_is_sent_before_the_end() -> None:
    assert told([b"head", b"body"], close=True) == [b"headbody", "close"]
