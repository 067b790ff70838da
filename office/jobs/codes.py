"""States of jobs and chunks, rhythms of recurring tasks."""

from common.codes import Code
from common.workflow import Workflow


class Rhythm(Code):
    """How often a recurring task runs."""

    MINUTE = "MINUTE", "Chaque minute"
    DAY = "DAY", "Chaque jour"


class JobState(Code):
    RUNNING = "RUNNING", "En cours"
    DONE = "DONE", "Terminé"
    FAILED = "FAILED", "Échoué"


class JobNotice(Code):
    """What is told of long work and of what runs at night."""

    STOPPED = "JOB_STOPPED", "Travail arrêté"
    FAILED = "TASK_FAILED", "Travail de nuit en échec"


class ChunkState(Code):
    OPEN = "OPEN", "À faire"
    DONE = "DONE", "Fait"
    FAILED = "FAILED", "Échoué"


JOB_FLOW = Workflow(
    {
        JobState.RUNNING: {JobState.DONE, JobState.FAILED},
        JobState.FAILED: {JobState.RUNNING},
        JobState.DONE: set(),
    }
)
CHUNK_FLOW = Workflow(
    {
        ChunkState.OPEN: {ChunkState.DONE, ChunkState.FAILED},
        ChunkState.FAILED: {ChunkState.OPEN},
        ChunkState.DONE: set(),
    }
)
