"""What is special to the store in memory and to the thread that keeps its deadlines."""

import gc
import subprocess
import sys
import threading
import time
import weakref

import pyoxigraph as ox
import pytest

from aimsgraph.errors import BackendError, DeadlineExceeded, UsageError
from aimsgraph.graph import worker
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.store import Deadline, Limits, Solutions
from aimsgraph.graph.union import UnionView

PRODUCT = "SELECT * { ?a ?p ?x . ?b ?p ?y . ?c ?p ?z }"


def quads(count=200):
    return [
        ox.Quad(ox.NamedNode(f"http://e/{number}"), ox.NamedNode("http://e/p"), ox.Literal(number), ox.NamedNode("http://e/g"))
        for number in range(count)
    ]  # fmt: skip


def query_threads():
    return [thread for thread in threading.enumerate() if thread.name == "aimsgraph-query"]


def wait_until(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


@pytest.mark.parametrize("leave", ["close", "forget", "with", "limit"])
def test_an_answer_left_early_leaves_no_thread(leave):
    store = MemoryStore(quads())
    before = set(query_threads())
    answer = store.query(PRODUCT, deadline=Deadline(60), limits=Limits(rows=5000))
    assert isinstance(answer, Solutions)
    next(answer)
    assert set(query_threads()) - before
    if leave == "close":
        answer.close()
    elif leave == "with":
        with answer:
            next(answer)
    elif leave == "limit":
        assert len(list(answer)) == 4999
    else:
        del answer
        gc.collect()
    assert wait_until(lambda: not set(query_threads()) - before)


def test_a_slow_reader_holds_back_the_thread_and_gets_every_row():
    store = MemoryStore(quads(120))
    answer = store.query("SELECT * { ?a ?p ?x . ?b ?p ?y }", deadline=Deadline(60))
    next(answer)
    time.sleep(0.2)
    assert query_threads()
    assert len(list(answer)) == 120 * 120 - 1


def test_queries_without_a_deadline_start_no_thread():
    store = MemoryStore(quads())
    before = set(query_threads())
    answer = store.query(PRODUCT)
    next(answer)
    assert set(query_threads()) == before


def test_what_the_thread_held_when_it_failed_is_dropped_in_that_thread():
    dropped = []

    class Held:
        def __del__(self):
            dropped.append(threading.current_thread().name)

    def fail(held):
        raise ValueError(type(held).__name__)

    def work(put):
        held = Held()
        try:
            fail(held)
        except ValueError as error:
            raise BackendError("wrapped") from error

    with pytest.raises(BackendError, match="wrapped") as caught:
        list(worker.start(work).iterate(Deadline.never()))
    assert isinstance(caught.value.__cause__, ValueError)
    gc.collect()
    assert dropped == ["aimsgraph-query"]


def test_a_closed_answer_lets_go_of_its_rows_at_once():
    rows = (() for _ in range(3))
    there = weakref.ref(rows)
    answer = Solutions((), rows)
    del rows
    next(answer)
    assert there() is not None
    answer.close()
    assert there() is None


def test_an_error_in_the_thread_reaches_the_reader():
    feed = worker.start(lambda put: put([1]) and put([1 // 0]))
    with pytest.raises(ZeroDivisionError):
        list(feed.iterate(Deadline.never()))


def test_no_thread_to_be_had_is_a_backend_error(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    before = threading.stack_size()
    with pytest.raises(BackendError, match="no thread"):
        MemoryStore().query("ASK {}", deadline=Deadline(1))
    assert threading.stack_size() == before


def test_a_late_update_that_ends_after_all_changes_nothing_later():
    store = MemoryStore(quads(130))
    where = "GRAPH ?g { ?a ?p ?x . ?b ?p ?y . ?c ?p ?z FILTER(?x + ?y + ?z = 0) }"
    slow = f"INSERT {{ GRAPH <http://e/late> {{ ?a ?p ?z }} }} WHERE {{ {where} }}"
    before = set(query_threads())
    with pytest.raises(DeadlineExceeded):
        store.update(slow, deadline=Deadline(0.05))
    store.load([ox.Quad(ox.NamedNode("http://e/after"), ox.NamedNode("http://e/p"), ox.Literal(1))])
    assert wait_until(lambda: not set(query_threads()) - before)
    assert len(list(store.quads())) == 131
    assert [name.value for name in store.graphs()] == ["http://e/g"]


def test_a_program_ends_while_a_query_still_runs():
    script = """
import pyoxigraph as ox
from aimsgraph.errors import DeadlineExceeded
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.store import Deadline
n = ox.NamedNode
store = MemoryStore(ox.Quad(n(f"http://e/{i}"), n("http://e/p"), ox.Literal(i)) for i in range(2000))
text = "SELECT (COUNT(*) AS ?n) { ?a ?p ?x . ?b ?p ?y . ?c ?p ?z }"
try:
    list(store.query(text, deadline=Deadline(0.2)))
except DeadlineExceeded:
    print("late")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "late\n", "")


def test_many_threads_ask_one_store():
    store = MemoryStore(quads())
    failures = []

    def ask(number):
        for turn in range(30):
            wanted = (number * 7 + turn) % 200
            deadline = Deadline(60) if turn % 2 else None
            rows = list(store.query(f"SELECT ?s {{ ?s ?p {wanted} }}", deadline=deadline))
            if [row["s"].value for row in rows] != [f"http://e/{wanted}"]:
                failures.append((number, turn))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_limits_and_deadlines_must_make_sense():
    for wrong in ({"rows": 0}, {"bytes": -1}):
        with pytest.raises(UsageError):
            Limits(**wrong)
    with pytest.raises(UsageError):
        Deadline(0)


def test_a_deadline_counts_down_on_its_clock():
    now = [10.0]
    deadline = Deadline(2, clock=lambda: now[0])
    assert (deadline.is_finite, deadline.remaining()) == (True, 2.0)
    now[0] = 11.5
    assert deadline.remaining() == 0.5
    deadline.check()
    now[0] = 13.0
    assert deadline.remaining() == 0.0
    with pytest.raises(DeadlineExceeded, match="2 s"):
        deadline.check()
    assert Deadline.never().remaining() is None
    Deadline.never().check()


def test_only_graphs_that_overlap_are_merged():
    native = ox.Store()
    native.extend(quads(3))
    assert not UnionView(native).overlaps
    native.add(ox.Quad(*list(quads(1)[0].triple), ox.NamedNode("http://e/h")))
    assert UnionView(native).overlaps
