"""How an expected answer is kept: rows as TSV in their order, a graph as sorted N-Triples."""

from aimsgraph.graph.query_text import QueryForm
from aimsgraph.graph.questions import Question
from aimsgraph.graph.results import render_answer
from aimsgraph.graph.store import Store


def file_name(question: Question) -> str:
    return f"{question.id}.{'tsv' if question.form is QueryForm.SELECT else 'nt'}"


def render(question: Question, store: Store, text: str = "") -> bytes:
    """Return the answer to a question, or to its text with other values, as its file holds it."""
    answer = store.query(text or question.text)
    if question.form is QueryForm.SELECT:
        return render_answer(answer, "tsv")
    return b"".join(sorted(render_answer(answer, "ntriples").splitlines(keepends=True)))
