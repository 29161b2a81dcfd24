"""How much of a text was taken from others: runs of the same words, and sentences that are nearly the same.

Only words count; case, punctuation and layout do not. Wording that most of the texts share, such as
"Sort the following words alphabetically:" in front of every item, is the task's and nobody's in particular.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher

Words = tuple[str, ...]

# Chinese and Japanese put no space between words, so there each character counts as one.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:['\u2019][^\W_]+)*")
_SENTENCE_END = re.compile(r"([.!?:;]+(?=\s|\Z)|[\u3002\uff01\uff1f\uff1b\uff1a]|\n)")
_QUESTION_MARKS = frozenset("?\uff1f")

RUN_LENGTH = 8
"""So many words in a row are no coincidence."""
COMMON_RUN_LENGTH = 4
FEWEST_TEXTS_FOR_COMMON_WORDING = 5
LIKENESS = 0.75
"""Share of words, in the same order, from which on two sentences are taken for the same."""
LIKENESS_OF_QUESTIONS = 0.5
"""Likewise for two questions: an instruction seldom asks, so one that sounds like an example's is a leak."""


def words_of(text: str) -> Words:
    """The words of a text in a form that can be compared."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


@dataclass(frozen=True)
class Sentence:
    """The words of a sentence, and whether it ends with a question mark."""

    words: Words
    is_question: bool = False


def sentences_of(text: str) -> list[Sentence]:
    """The sentences, lines and clauses before a colon of a text; those without a word are left out."""
    parts = _SENTENCE_END.split(text)
    ends = itertools.chain(parts[1::2], [""])
    return [
        Sentence(words, not _QUESTION_MARKS.isdisjoint(end))
        for part, end in zip(parts[::2], ends, strict=True)
        if (words := words_of(part))
    ]


def runs_of(words: Words, length: int) -> Iterator[Words]:
    """Every ``length`` words in a row, from left to right."""
    return (words[start : start + length] for start in range(len(words) - length + 1))


class OverlapIndex:
    """Texts, prepared for the question whether another text repeats one of them.

    Args:
        texts: One text per example, with all its fields.
        wording: All texts of the task, from which its common wording is read; default: ``texts``.
        run_length: So many words in a row are a repetition.
    """

    def __init__(
        self, texts: Sequence[str], *, wording: Sequence[str] | None = None, run_length: int = RUN_LENGTH
    ) -> None:
        common = _common_runs(texts if wording is None else wording)
        self._run_length = run_length
        self._runs = {
            run
            for text in texts
            for fragment in _fragments(words_of(text), common)
            for run in runs_of(fragment, run_length)
        }
        fragments = (
            Sentence(fragment, sentence.is_question)
            for text in texts
            for sentence in sentences_of(text)
            for fragment in _fragments(sentence.words, common)
        )
        self._sentences = tuple(dict.fromkeys(fragments))
        self._holders = _inverted(self._sentences)

    def find(self, text: str, *, allowed: str = "") -> str | None:
        """Look for a repetition.

        Args:
            text: The text under suspicion.
            allowed: A text whose words may be repeated whatever the index holds.

        Returns:
            The words of ``text`` that repeat one of the indexed texts, or None.
        """
        return self.find_run(text, allowed=allowed) or self._repeated_sentence(text, allowed)

    def find_run(self, text: str, *, allowed: str = "") -> str | None:
        """Look for a long run of the same words only; else as :meth:`find`."""
        excused = set(runs_of(words_of(allowed), self._run_length))
        runs = runs_of(words_of(text), self._run_length)
        return next((" ".join(run) for run in runs if run in self._runs and run not in excused), None)

    def _repeated_sentence(self, text: str, allowed: str) -> str | None:
        excused = sentences_of(allowed)
        for sentence in sentences_of(text):
            for original in self._candidates(sentence):
                repeated = _repetition(sentence, original)
                if repeated and not any(_repetition(other, original) for other in excused):
                    return " ".join(repeated)
        return None

    def _candidates(self, sentence: Sentence) -> Iterator[Sentence]:
        """Indexed sentences that share at least half of their different words with this one."""
        words = sorted(set(sentence.words))
        shared = Counter(itertools.chain.from_iterable(self._holders.get(word, ()) for word in words))
        for number, count in sorted(shared.items()):
            if 2 * count >= len(set(self._sentences[number].words)):
                yield self._sentences[number]


def _inverted(sentences: Sequence[Sentence]) -> dict[str, list[int]]:
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, sentence in enumerate(sentences):
        for word in set(sentence.words):
            holders[word].append(number)
    return holders


def _common_runs(texts: Sequence[str]) -> frozenset[Words]:
    """Short runs that more than half of the texts share; with very few texts there is no common wording."""
    if len(texts) < FEWEST_TEXTS_FOR_COMMON_WORDING:
        return frozenset()
    holders = Counter(run for text in texts for run in set(runs_of(words_of(text), COMMON_RUN_LENGTH)))
    return frozenset(run for run, count in holders.items() if 2 * count > len(texts))


def _fragments(words: Words, common: frozenset[Words]) -> list[Words]:
    """What is left of a text, in pieces, without its common wording."""
    is_common = [False] * len(words)
    for start, run in enumerate(runs_of(words, COMMON_RUN_LENGTH)):
        if run in common:
            is_common[start : start + COMMON_RUN_LENGTH] = [True] * COMMON_RUN_LENGTH
    groups = itertools.groupby(zip(words, is_common, strict=True), key=lambda pair: pair[1])
    return [tuple(word for word, _ in pairs) for shared, pairs in groups if not shared]


def _repetition(sentence: Sentence, original: Sentence) -> Words:
    """The part of a sentence that is nearly the original sentence, or nothing.

    Whole sentences are compared from four words in common, questions from three, a part of a sentence from
    five: shorter phrases are everybody's.
    """
    matcher = SequenceMatcher(None, sentence.words, original.words, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    common = sum(block.size for block in blocks)
    lengths = len(sentence.words) + len(original.words)
    are_questions = sentence.is_question and original.is_question
    if common >= 4 and 2 * common >= LIKENESS * lengths:
        return sentence.words
    if are_questions and common >= 3 and 2 * common >= LIKENESS_OF_QUESTIONS * lengths:
        return sentence.words
    return _repeated_part(sentence.words, len(original.words), blocks)


def _repeated_part(words: Words, length: int, blocks: Sequence[Match]) -> Words:
    for first, last in itertools.combinations_with_replacement(range(len(blocks)), 2):
        chosen = blocks[first : last + 1]
        common = sum(block.size for block in chosen)
        part = words[chosen[0].a : chosen[-1].a + chosen[-1].size]
        if common >= 5 and length >= 6 and 2 * common >= LIKENESS * (len(part) + length):
            return part
    return ()
