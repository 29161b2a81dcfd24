"""What can be told of a run before it: what it takes at most, and whether there is anything to gain."""

from __future__ import annotations

from textgrad_lite.engines import Budget
from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.allowance import Allowance
from textgrad_lite.training.estimate import Estimate, Prices
from textgrad_lite.training.fingerprint import find_engines
from textgrad_lite.training.headroom import Headroom
from textgrad_lite.training.pool import Member, Pool
from textgrad_lite.training.probing import Probe, count_affordable, sample_examples
from textgrad_lite.training.results import NO_RESULT
from textgrad_lite.training.setup import Data, Record, Setup


def estimate(setup: Setup, data: Data, allowance: Allowance) -> Estimate:
    """What a run takes at most; nothing is spent.

    Args:
        setup: Its settings.
        data: Its examples.
        allowance: Knows how many calls an example needs.

    Raises:
        MetricError: If an example lacks what the metric needs.
    """
    data.check(setup.objective.metric)
    state = setup.program.state()
    prices = Prices.of(setup.program.render(state), (*data.train, *data.held_out))
    nothing = Pool(Member(Candidate(state=state, source="original"), NO_RESULT))
    evaluator = setup.make_evaluator(_ignore)
    search = setup.make_search(nothing, data, evaluator, allowance, _ignore)
    step = setup.strategy.worst_case(search)
    probed = {} if setup.probe is None else {"headroom": setup.probe.most_examples}
    examples = {
        "baseline": len(data.val),
        **probed,
        "search": setup.steps * step.examples,
        "verdict": data.n_tested,
    }
    each = setup.repeats * setup.calls_of_module
    rows = [prices.row(stage, "forward", each * n) for stage, n in examples.items()]
    after_search = list(examples).index("search") + 1
    rows.insert(after_search, prices.row("search", "optimizer", setup.steps * step.asks))
    if judgements := setup.repeats * setup.objective.metric.worst_case_calls:
        rows += [prices.row(stage, "judge", judgements * n) for stage, n in examples.items()]
    return Estimate(tuple(rows))


async def look_for_headroom(
    setup: Setup, data: Data, budget: Budget, listen: Record, *, draws: int
) -> Headroom:
    """Draws training and validation examples, as many as the calls allow.

    Args:
        setup: The settings of the run.
        data: Its examples; those for the test are not looked at.
        budget: The limits on this alone.
        listen: Told about progress.
        draws: How often each example is drawn, the first draw included.

    Raises:
        ConfigurationError: If the budget does not allow one example.
        EngineError: If too many calls fail, or one with an error that all will meet.
    """
    metric, known = setup.objective.metric, (*data.train, *data.val)
    prober = setup.make_prober(listen, setup.probe or Probe())
    each = draws * (setup.calls_of_module + metric.worst_case_calls)
    chosen = sample_examples(known, count_affordable(budget, each), seed=setup.seed)
    return await prober.measure(setup.make_evaluator(listen), setup.program.state(), chosen, draws=draws)


def with_forecast(headroom: Headroom, setup: Setup, run: Estimate) -> Headroom:
    """What was found, with what a full run would take."""
    usd = run.price(find_engines(setup.program.module), setup.models.optimizer)
    return headroom.model_copy(update={"predicted_calls": run.calls, "predicted_usd": usd})


def _ignore(_event: object) -> None:
    """Nobody watches an estimate."""
