"""What a workflow is called in, its details for a dashboard out."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from ecoscope_workflows.decorators import distributed


class WorkflowDetails(BaseModel):
    """What a workflow is called, and what it is for."""

    name: str
    description: str = ""
    image_url: str = ""


@distributed(cheap=True)
def set_workflow_details(
    name: Annotated[str, Field(title="Workflow Name")],
    description: Annotated[str, Field(title="Workflow Description")] = "",
    image_url: Annotated[str, Field(description="An image url", exclude=True)] = "",
) -> WorkflowDetails:
    """Add information that will help to differentiate this workflow from another.

    Parameters
    ----------
    name
        What the workflow is called; the title of its dashboard.
    description
        What it is for, in a sentence or two.
    image_url
        The address of a picture of it.

    Returns
    -------
    WorkflowDetails
        The three of them.
    """
    return WorkflowDetails(name=name, description=description, image_url=image_url)
