"""Checks of AI Act documentation."""

# EU AI Act Article 11: technical documentation, Annex IV
REQUIRED = {"Annex IV(1)(a)": "intended purpose", "Annex IV(2)(g)": "validation"}
# EU AI Act Annex IV(2)(k): training compute


def check(system):
    """Article 12 AI Act: logs. Article 19 AI Act: keep them."""
    # FRIA, AI Act Article 29a
    # Human oversight: AI Act Art. 14
    return system.has("eu-ai-act:Art.9(2)(a)") and system.has("eu-ai-act:Art.9(11)")
