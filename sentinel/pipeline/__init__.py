"""The whole line: batches from the sensor through inventory, baseline, detectors and triage into the store."""

from sentinel.pipeline.line import Line, decide_elsewhere
from sentinel.pipeline.listen import News, listen
from sentinel.pipeline.replay import Progress, Stop, replay, resume
from sentinel.pipeline.result import Result

__all__ = ["Line", "News", "Progress", "Result", "Stop", "decide_elsewhere", "listen", "replay", "resume"]
