import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A tiny valid data folder."""
    from make_tiny import make_tiny

    return make_tiny(tmp_path / "data")
