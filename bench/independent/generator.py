"""Deterministic generator of a realistic AI-management-system compliance graph (N-Triples).
usage: gen.py SYSTEMS OUT.nt [MAPPINGS=1500]
~40 controls, 35 clauses, 400 law provisions, MAPPINGS reified mappings, and per AI system
2 models, 3 datasets, 3 risks, 10 evidences, 2 assessments (about 105 triples per system).
About 2-4 % of the records carry planted defects, so every shape in shapes.ttl has results."""

import random
import sys
from datetime import date, timedelta

V = "http://example.org/aims#"
D = "http://example.org/id/"
RDF = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
XS = "http://www.w3.org/2001/XMLSchema#"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
TODAY = date(2026, 11, 23)
WORDS = [
    "bias",
    "drift",
    "monitor",
    "logging",
    "oversight",
    "human",
    "transparency",
    "robustness",
    "accuracy",
    "privacy",
    "security",
    "supplier",
    "incident",
    "review",
    "training",
    "data",
    "quality",
    "lineage",
    "consent",
    "fairness",
    "explainability",
    "deployment",
    "retirement",
    "impact",
]
TIERS = ["Minimal", "Limited", "High", "Unacceptable"]
TW = [0.5, 0.35, 0.13, 0.02]


def v(x):
    return f"<{V}{x}>"


def d(x):
    return f"<{D}{x}>"


def lit(s, t=None, lang=None):
    if lang:
        return f'"{s}"@{lang}'
    return f'"{s}"^^<{XS}{t}>' if t else f'"{s}"'


def gen(n, out, mappings=1500, seed=42):
    R = random.Random(seed)
    cnt = 0
    f = open(out, "w", buffering=1 << 22)

    def w(s, p, o):
        nonlocal cnt
        cnt += 1
        f.write(f"{s} {p} {o} .\n")

    P = {
        k: v(k)
        for k in [
            "identifier",
            "title",
            "partOf",
            "mapsTo",
            "source",
            "target",
            "relation",
            "confidence",
            "reviewedOn",
            "reviewer",
            "requiresControl",
            "hasOwner",
            "hasSteward",
            "riskTier",
            "status",
            "deployedOn",
            "retiredOn",
            "providedBy",
            "usesModel",
            "usesDataset",
            "hasRisk",
            "version",
            "trainedOn",
            "containsPersonalData",
            "licence",
            "severity",
            "likelihood",
            "treatedBy",
            "evidenceFor",
            "supportsControl",
            "validFrom",
            "validUntil",
            "collectedBy",
            "ofSystem",
            "ofControl",
            "result",
            "assessor",
            "assessedOn",
            "usesEvidence",
            "name",
            "topic",
        ]
    }
    # --- catalogue -------------------------------------------------------------------------
    std, reg = d("std/ISO42001"), d("reg/EUAIA")
    w(std, RDF, v("Standard"))
    w(std, P["title"], lit("ISO/IEC 42001", lang="en"))
    w(reg, RDF, v("Regulation"))
    w(reg, P["title"], lit("EU AI Act", lang="en"))
    topics = [d(f"topic/{t}") for t in ("governance", "risk", "data", "transparency", "lifecycle")]
    for t in topics:
        w(t, RDF, v("Topic"))
        w(t, LABEL, lit(t.rsplit("/", 1)[1][:-1], lang="en"))
    clauses = []
    for i in range(35):
        c = d(f"clause/{4 + i // 5}.{i % 5 + 1}")
        clauses.append(c)
        w(c, RDF, v("Clause"))
        w(c, P["identifier"], lit(f"CL-{4 + i // 5}.{i % 5 + 1}"))
        w(c, P["partOf"], std)
        w(c, P["title"], lit(f"Clause on {R.choice(WORDS)} and {R.choice(WORDS)}", lang="en"))
    controls = []
    for i in range(40):
        c = d(f"control/A.{2 + i // 5}.{i % 5 + 1}")
        controls.append(c)
        w(c, RDF, v("Control"))
        w(c, P["identifier"], lit(f"A.{2 + i // 5}.{i % 5 + 1}"))
        w(c, P["partOf"], R.choice(clauses))
        w(c, P["title"], lit(f"Control for {R.choice(WORDS)} {R.choice(WORDS)}", lang="en"))
        w(c, P["topic"], topics[i % 5])
    provisions = []
    for i in range(400):
        a, k = divmod(i, 4)
        p = d(f"prov/art{a + 1}" + (f".{k}" if k else ""))
        provisions.append(p)
        w(p, RDF, v("Provision"))
        w(p, P["identifier"], lit(f"Art {a + 1}" + (f"({k})" if k else "")))
        if R.random() > 0.01:
            w(p, P["partOf"], reg if k == 0 else provisions[i - k])  # planted: 1 % orphan
        w(p, P["title"], lit(f"Provision about {R.choice(WORDS)} {R.choice(WORDS)}", lang="en"))
    people = [d(f"person/{i}") for i in range(50)]
    orgs = [d(f"org/{i}") for i in range(20)]
    for i, x in enumerate(people):
        w(x, RDF, v("Person"))
        w(x, P["name"], lit(f"Person {i}"))
    for i, x in enumerate(orgs):
        w(x, RDF, v("Organisation"))
        w(x, P["name"], lit(f"Organisation {i}"))
    for ti, t in enumerate(TIERS):
        x = d(f"tier/{t}")
        w(x, RDF, v("RiskTier"))
        w(x, LABEL, lit(t, lang="en"))
        for c in controls[: (4, 10, 20, 30)[ti]]:
            w(x, P["requiresControl"], c)
    seen = set()
    for i in range(mappings):
        m = d(f"map/{i}")
        z = R.random()
        s, t = (
            (R.choice(controls), R.choice(provisions))
            if z < 0.7
            else (R.choice(provisions), R.choice(clauses))
            if z < 0.85
            else (R.choice(clauses), R.choice(controls))
        )
        w(m, RDF, v("Mapping"))
        w(m, P["source"], s)
        w(m, P["target"], t)
        w(m, P["relation"], v(R.choice(["equivalentTo", "narrowerThan", "broaderThan", "intersects"])))
        w(m, P["confidence"], lit(f"{R.randint(10, 99) / 100:.2f}" if R.random() > 0.02 else "1.50", "decimal"))
        w(m, P["reviewedOn"], lit((TODAY - timedelta(days=R.randint(1, 900))).isoformat(), "date"))
        if R.random() > 0.03:
            w(m, P["reviewer"], R.choice(people))
        if (s, t) not in seen:
            w(s, P["mapsTo"], t)
            seen.add((s, t))
    # --- AI systems ------------------------------------------------------------------------
    for i in range(n):
        s = d(f"sys/{i}")
        bad = R.random
        w(s, RDF, v("AISystem"))
        if bad() > 0.02:
            w(s, P["identifier"], lit(f"SYS-{i:07d}" if bad() > 0.02 else f"sys{i}"))
        w(s, LABEL, lit(f"{R.choice(WORDS)} assistant {i}", lang="en"))
        if bad() > 0.03:
            w(s, P["hasOwner"] if R.random() > 0.2 else P["hasSteward"], R.choice(people))
        w(s, P["riskTier"], d("tier/" + R.choices(TIERS, TW)[0]))
        w(s, P["status"], lit(R.choice(["live", "pilot", "retired"]) if bad() > 0.01 else "unknown"))
        dep = TODAY - timedelta(days=R.randint(30, 2000))
        w(s, P["deployedOn"], lit(dep.isoformat(), "date"))
        if R.random() < 0.2:
            w(s, P["retiredOn"], lit((dep + timedelta(days=R.randint(-20, 900))).isoformat(), "date"))
        w(s, P["providedBy"], R.choice(orgs))
        ds = [d(f"data/{i}.{k}") for k in range(3)]
        md = [d(f"model/{i}.{k}") for k in range(2)]
        for k, x in enumerate(ds):
            w(s, P["usesDataset"], x)
            w(x, RDF, v("Dataset"))
            w(x, LABEL, lit(f"{R.choice(WORDS)} dataset {i}.{k}", lang="en"))
            w(x, P["containsPersonalData"], lit(R.choice(["true", "false"]), "boolean"))
            if bad() > 0.03:
                w(x, P["licence"], lit(R.choice(["CC-BY", "proprietary", "ODbL"])))
        for k, x in enumerate(md):
            w(s, P["usesModel"], x)
            w(x, RDF, v("Model"))
            w(x, LABEL, lit(f"model {R.choice(WORDS)} {i}.{k}", lang="en"))
            w(x, P["version"], lit(f"{R.randint(0, 9)}.{R.randint(0, 9)}"))
            w(x, P["trainedOn"], R.choice(ds))
        for k in range(3):
            x = d(f"risk/{i}.{k}")
            w(s, P["hasRisk"], x)
            w(x, RDF, v("Risk"))
            w(x, LABEL, lit(f"Risk of {R.choice(WORDS)} affecting {R.choice(WORDS)} in {R.choice(WORDS)}", lang="en"))
            w(x, P["severity"], lit(R.randint(1, 5) if bad() > 0.01 else 9, "integer"))
            w(x, P["likelihood"], lit(R.randint(1, 5), "integer"))
            if bad() > 0.04:
                w(x, P["treatedBy"], R.choice(controls))
        evs = []
        for k in range(10):
            x = d(f"ev/{i}.{k}")
            c = R.choice(controls[:24])
            evs.append((x, c))
            w(x, RDF, v("Evidence"))
            w(x, P["evidenceFor"], s)
            w(x, P["supportsControl"], c)
            if bad() > 0.01:
                w(x, P["validUntil"], lit((TODAY + timedelta(days=R.randint(-200, 700))).isoformat(), "date"))
            w(x, P["collectedBy"], R.choice(people))
        for k in range(2):
            x = d(f"assess/{i}.{k}")
            e, c = R.choice(evs)
            w(x, RDF, v("Assessment"))
            w(x, P["ofSystem"], s)
            w(x, P["ofControl"], c if bad() > 0.03 else R.choice(controls[30:]))
            w(x, P["result"], lit(R.choice(["conform", "minor", "major"])))
            w(x, P["assessor"], R.choice(people))
            w(x, P["assessedOn"], lit((TODAY - timedelta(days=R.randint(1, 400))).isoformat(), "date"))
            w(x, P["usesEvidence"], e)
    f.close()
    return cnt


if __name__ == "__main__":
    print(gen(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1500))
