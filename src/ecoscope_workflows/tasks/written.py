"""What people write in params and specs: models that take no key they do not know, and marks of forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from pydantic.config import JsonDict

# Marks what a form shows to advanced users only.
ADVANCED: JsonDict = {"ecoscope:advanced": True}


class Written(BaseModel):
    """A value that a person writes: a misspelt key is an error, not a default."""

    model_config = ConfigDict(extra="forbid")
