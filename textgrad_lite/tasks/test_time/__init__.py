"""Solutions at test time: one answer to one question, criticised and rewritten, and put to the vote."""

from textgrad_lite.tasks.test_time.comparing import acompare_votes, compare_votes
from textgrad_lite.tasks.test_time.comparison import QuestionResult, VoteComparison
from textgrad_lite.tasks.test_time.refining import Refinement, arefine, refine
from textgrad_lite.tasks.test_time.voting import Vote, vote

__all__ = [
    "QuestionResult",
    "Refinement",
    "Vote",
    "VoteComparison",
    "acompare_votes",
    "arefine",
    "compare_votes",
    "refine",
    "vote",
]
