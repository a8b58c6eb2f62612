"""Jobs as the field shows them in ``/queue`` and ``/history``."""

from typing import Any

import msgspec

from nodegraph.server.compat import messages
from nodegraph.server.events import ServerEvent
from nodegraph.server.records import AskedJob, Job, JobState, ShownBy

_milestones = msgspec.json.Decoder(list[ServerEvent])
_shown_by = msgspec.json.Decoder(dict[str, ShownBy])


def queue_item(asked: AskedJob) -> list[Any]:
    """``[number, id, prompt, extra_data, outputs to reach]``; documents stay as they were written."""
    ticket = asked.job.ticket
    return [messages.number(ticket.number), ticket.job, asked.prompt, asked.extra_data, asked.targets]


def history_item(asked: AskedJob) -> dict[str, Any]:
    """What was asked, what there is to show, and how it went."""
    job = asked.job
    return {
        "prompt": queue_item(asked),
        "outputs": job.outputs,
        "status": execution_status(job),
        "meta": {
            node: {
                "node_id": node,
                "display_node": shown.display,
                "parent_node": shown.parent,
                "real_node_id": node,
            }
            for node, shown in _shown_by.decode(job.shown_by).items()
        },
    }


def execution_status(job: Job) -> dict[str, Any]:
    """How it went, and what its client was told of that."""
    told = (messages.milestone(event, job=job.ticket.job, executed=[]) for event in _milestones.decode(job.milestones))
    done = job.state is JobState.DONE
    return {
        "status_str": "success" if done else "error",
        "completed": done,
        "messages": [list(message) for message in told if message is not None],
    }
