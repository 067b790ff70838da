"""Codes of tasks: how far each is."""

from common.codes import Code
from common.workflow import Workflow


class TaskState(Code):
    TODO = "TODO", "À faire"
    DONE = "DONE", "Faite"
    DROPPED = "DROPPED", "Sans objet"


# A task stands again where the act that ended it is undone, or its cause is back.
TASK_FLOW = Workflow(
    {
        TaskState.TODO: {TaskState.DONE, TaskState.DROPPED},
        TaskState.DONE: {TaskState.TODO},
        TaskState.DROPPED: {TaskState.TODO},
    }
)
