"""The queues that workers read. An operator may start workers for some of them only (`celery worker -Q money`).

Each kind of job and each task names its queue. Messages only wake: the queue decides who does the work, never whether
it is done.
"""

from common.codes import Code


class Queue(Code):
    """A queue of the broker. What a person waits for never stands behind a file that takes minutes."""

    MONEY = "money"
    MESSAGES = "messages"
    DOCUMENTS = "documents"
    IMPORTS = "imports"


def jobs_topic(queue: Queue) -> str:
    """The topic that wakes the workers of `queue` for the chunks of its jobs (`office.jobs.wake`)."""
    return f"jobs_{queue}"
