"""The stored questions with forms for their parameters; answers as tables.

What is about the law and the frameworks is asked in the room of strangers' texts, so that the page can give the text to
be asked again. What is about a register is asked in its own room, which holds it as of the day asked about.
"""

from __future__ import annotations

import shlex

from fastapi import APIRouter, Request, Response

from aimsgraph.api import ORGANISATION, AimsGraph
from aimsgraph.errors import NotFound, UsageError
from aimsgraph.graph.questions import Question
from aimsgraph.web.auth import Principal, Scope, authorise
from aimsgraph.web.pages.results import ask, shown
from aimsgraph.web.pages.shell import Json, moment_of, page_router, show
from aimsgraph.web.register_rooms import RegisterRooms
from aimsgraph.web.registers import Registers
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service


def routes(service: Service, registers: Registers, rooms: RegisterRooms) -> APIRouter:
    """Return the routes."""
    router = page_router()

    @router.get("/questions")
    async def questions(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        org = query_parameters(request).one("org") or ""
        return await show(service, request, "questions.html", lambda graph: _listed(graph) | {"org": org})

    @router.get("/questions/{name}")
    async def question(request: Request, name: str) -> Response:
        principal = await authorise(service, request, Scope.READ)
        stored = await service.ask(lambda graph: graph.question(name))
        if stored.scope == ORGANISATION:
            asked = await service.ask(lambda graph: _asked_of_register(registers, principal, graph, request, stored))
            answer = None
            if asked["text"]:
                room = await rooms.room(asked["of"].slug, principal, asked["moment"])
                answer = await ask(service, asked["text"], room)
            return await show(
                service, request, "org_question.html", lambda graph: {**asked, **shown(graph, answer, asked["of"])}
            )

        def prepare(graph: AimsGraph) -> Json:
            asked = _asked(graph, request, stored)
            return {"question": stored, "asked": asked, "text": graph.bound_text(stored, _given(asked))}

        prepared = await service.ask(prepare)
        answer = await ask(service, prepared["text"])
        return await show(service, request, "question.html", lambda graph: {**prepared, **shown(graph, answer)})

    return router


def _asked_of_register(
    registers: Registers, principal: Principal, graph: AimsGraph, request: Request, question: Question
) -> Json:
    """Return what is asked of which register, and its text; none where there is no register, or it knows no such thing.

    Raises:
        NotFound: there is no such organisation.
        HttpProblem: 503, the register says something wrong at present.
    """
    known, moment = registers.listed(graph, principal)["organisations"], moment_of(graph, request)
    slug = query_parameters(request).one("org") or (known[0]["slug"] if known else "")
    found: Json = {"question": question, "organisations": known, "moment": moment, "of": None, "text": ""}
    if not slug:
        return found
    organisation = registers.organisation(slug, principal)
    systems = next(each["systems"] for each in known if each["slug"] == slug)
    given, days = dict(query_parameters(request).pairs), _days(graph, request)
    asked = {  # the days are those of the page: for them the register is read
        p.name: days.get(p.name)
        or given.get(p.name)
        or ("" if p.optional else systems[0] if p.type == "system" and systems else p.example)
        for p in question.parameters
    }
    command = shlex.join(["aimsgraph", "query", question.id, "--org", "my-register", *_flags(asked)])
    found |= {
        "of": organisation, "systems": systems, "asked": asked, "days": days, "command": command, "wrong": None
    }  # fmt: skip
    names = registers.names(graph, slug, principal, moment)
    try:
        return found | {"text": graph.bound_text(question, _given(asked), names)}
    except (
        UsageError,
        NotFound,
    ) as error:  # nothing is called so; the form is there to say what is meant
        return found | {"wrong": error}


def _asked(graph: AimsGraph, request: Request, question: Question) -> Json:
    """Return what each parameter of a question stands at: what is given, the day, or an example where one is needed."""
    given, days = dict(query_parameters(request).pairs), _days(graph, request)
    return {
        p.name: given.get(p.name) or days.get(p.name) or ("" if p.optional else p.example) for p in question.parameters
    }


def _days(graph: AimsGraph, request: Request) -> dict[str, str]:
    moment = moment_of(graph, request)
    return {"on": str(moment.on), "lawAsOf": str(moment.law_as_of)}


def _given(asked: Json) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value}


def _flags(asked: Json) -> list[str]:
    return [part for name, value in _given(asked).items() for part in ("-p", f"{name}={value}")]


def _listed(graph: AimsGraph) -> Json:
    questions = graph.questions()
    return {
        "groups": [
            (scope, [each for each in questions if (each.scope == ORGANISATION) == (scope == ORGANISATION)])
            for scope in ("catalogue", ORGANISATION)
        ]
    }
