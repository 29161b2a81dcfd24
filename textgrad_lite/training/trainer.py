"""The trainer: a module, a metric or a loss, and data in; a better state and an honest verdict out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from textgrad_lite import runtime
from textgrad_lite.data import DataLoader, Dataset
from textgrad_lite.engines import Budget, Engine, Ledger, Session, as_engine, use_session
from textgrad_lite.engines.session import CallEvent
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.functions import Module
from textgrad_lite.losses import MetricLoss, TextLoss
from textgrad_lite.metrics.metric import check_examples
from textgrad_lite.optimizers.constraints import Constraint
from textgrad_lite.optimizers.edit_size import EditSize, read_edit_size
from textgrad_lite.optimizers.sources import Candidate, ProposalSource
from textgrad_lite.optimizers.tgd import TextualGradientDescent
from textgrad_lite.training.allowance import Allowance, Cost
from textgrad_lite.training.bookkeeping import Bookkeeping
from textgrad_lite.training.callbacks import Callback
from textgrad_lite.training.conditions import conditions_of
from textgrad_lite.training.default_sources import make_sources
from textgrad_lite.training.estimate import Estimate, Prices
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.events import CallMade, Event, Fingerprint
from textgrad_lite.training.fingerprint import digest_of, find_engines
from textgrad_lite.training.fit_result import FitResult
from textgrad_lite.training.fitting import Fitting
from textgrad_lite.training.habits import Habits
from textgrad_lite.training.headroom import Headroom
from textgrad_lite.training.held_out import HeldOut
from textgrad_lite.training.measurement import MetricLike
from textgrad_lite.training.objective import LossLike, find_objective
from textgrad_lite.training.pool import Member, Pool
from textgrad_lite.training.probing import (
    DEFAULT_CALLS,
    Probe,
    Prober,
    count_affordable,
    sample_examples,
)
from textgrad_lite.training.program import Program, RunOn
from textgrad_lite.training.results import NO_RESULT
from textgrad_lite.training.run_folder import RunFolder
from textgrad_lite.training.search import Search
from textgrad_lite.training.stopping import Stop, make_stop
from textgrad_lite.training.strategies import Halving
from textgrad_lite.training.strategy import Strategy
from textgrad_lite.training.turns import Updates

Listener = Callable[[Event], object]
"""A callback: an object of :class:`Callback`, or any function of an event."""


class Trainer:
    """Improves a module by search, and says what was measured.

    Args:
        module: What is trained: its parameters and example slots. A parameter whose ``requires_grad`` is set
            to False is frozen: it is shown to the optimizer, and not changed.
        loss_or_metric: A metric, its name, or a function that scores an output; or a loss. A
            :class:`TextLoss` criticises in words, and a judge grades by its instruction.
        optimizer: How criticism is turned into rewrites. Its engine asks for other rewrites too, and its
            conditions hold for all of them.
        strategy: How the search goes. Default: :class:`Halving`.
        budget: Limits on everything together; raised freely when a run is resumed.
        callbacks: Told about every event on the runtime's loop; must return quickly.
        loss: What says in words what is wrong with a failing output, besides a metric that decides.
        engine: Who rewrites. Default: that of the optimizer, or the backward engine.
        backward_engine: Who criticises. Default: who rewrites.
        sources: Where candidates come from. Default: those that the strategy names.
        constraints: Conditions in code that every text has to fulfil. A leak guard over the data is always
            among them, for a prompt file its placeholders, and a maximum length: unless one is given, 4,000
            characters or four times the longest text at the start, whichever is more.
        wishes: Conditions in words, for the optimizer.
        steps: Most steps.
        patience: Stops after so many steps without a gain; None never does.
        target: Stops at this mean on validation; None never does.
        stop: A further condition to stop at, see :mod:`textgrad_lite.training.stopping`.
        batch_size: Training examples of a minibatch.
        accumulate: Minibatches whose criticism is gathered for one step.
        protected: Share of the passing examples of a minibatch that go along, with the word to keep what is
            good.
        updates: ``"joint"``: a step rewrites all criticised parameters together. ``"round-robin"``: one in
            turn.
        edit_size: How much of a text one step may change: a share of its words or a schedule; None for no
            limit.
        repeats: How often each example is run for its score.
        seed: Decides everything random.
        student_calls: Most calls of the module in the search, the verdict not counted.
        other_calls: Most calls to critic and optimizer in it.
        max_error_rate: Share of failed calls above which a run stops.
        run: A run folder, which makes the run resumable; or None, and nothing is written.
        call: How the module is run on an example, see :class:`Program`.
        probe: How much is drawn again before the search, to say whether there is anything to gain; None says
            nothing.

    Attributes:
        session: The session of the run: its accounts and limits, also while it goes on.
        result: What has come of the latest fit so far, also after an interruption; or None.
    """

    def __init__(
        self,
        module: Module,
        loss_or_metric: MetricLike | TextLoss | MetricLoss,
        optimizer: TextualGradientDescent | None = None,
        strategy: Strategy | None = None,
        budget: Budget | None = None,
        callbacks: Sequence[Listener] = (),
        *,
        loss: LossLike | None = None,
        engine: Engine | str | object | None = None,
        backward_engine: Engine | str | object | None = None,
        sources: Sequence[ProposalSource] | None = None,
        constraints: Sequence[Constraint] = (),
        wishes: Sequence[str] = (),
        steps: int = 6,
        patience: int | None = None,
        target: float | None = None,
        stop: Stop | None = None,
        batch_size: int = 8,
        accumulate: int = 1,
        protected: float = 0.25,
        updates: Updates = "joint",
        edit_size: EditSize | float | str | None = None,
        repeats: int = 1,
        seed: int = 0,
        student_calls: int | None = None,
        other_calls: int | None = None,
        max_error_rate: float = 0.1,
        run: RunFolder | None = None,
        call: RunOn | None = None,
        probe: Probe | None = None,
    ) -> None:
        chosen = engine or (optimizer.engine if optimizer else None) or backward_engine
        critic = backward_engine or chosen
        self._engine = None if chosen is None else as_engine(chosen)
        self._critic = None if critic is None else as_engine(critic)
        self._objective = find_objective(loss_or_metric, loss, self._engine)
        self._metric = self._objective.metric
        self._program = Program(module, call)
        self._call = call
        self._probe = probe
        self._strategy: Strategy = strategy or Halving()
        self._constraints = (*constraints, *(optimizer.hard_constraints if optimizer else ()))
        self._wishes = (*wishes, *(optimizer.constraints if optimizer else ()))
        self._sources = (
            tuple(sources)
            if sources is not None
            else make_sources(self._strategy.source_names, self._engine, self._wishes, optimizer=optimizer)
        )
        if not self._sources:
            raise ConfigurationError("a trainer needs at least one source of proposals")
        if accumulate < 1:
            raise ConfigurationError(f"accumulate is {accumulate}", hint="Gather one minibatch or more.")
        self._steps = steps
        self._stop = make_stop(steps, patience=patience, target=target, further=stop)
        self._batch_size = batch_size
        self._accumulate = accumulate
        size = edit_size if edit_size is not None or optimizer is None else optimizer.edit_size
        self._habits = Habits(
            protected=protected,
            minibatch=batch_size,
            updates=updates,
            edit_size=read_edit_size(size),
            loss=self._objective.loss,
        )
        self._repeats = repeats
        self._seed = seed
        self._student_calls = student_calls
        self._other_calls = other_calls
        self._max_error_rate = max_error_rate
        self._callbacks = tuple(callbacks)
        self._run = run
        self._search: Search | None = None
        self._is_stop_requested = False
        self.session = Session(budget=budget or Budget(), ledger=Ledger(), on_event=self._on_call)
        self.result: FitResult | None = None
        self._allowance = self._make_allowance(None)
        self._books = Bookkeeping(None, self.session, callbacks)

    def fit(self, train: Dataset, val: Dataset, test: Dataset | None = None) -> FitResult:
        """Searches, reaches the verdict, and leaves the best state in the module.

        Args:
            train: Read by critic and optimizer.
            val: Choose between candidates.
            test: Give the verdict; scored once before and once after, and used for nothing else.

        Returns:
            The result. A limit that ends the search does not raise: the best so far gets its verdict.

        Raises:
            KeyboardInterrupt: After Ctrl-C, when the run folder is in order; :attr:`result` is what there is.
            RunChangedError: If a run is resumed with another prompt, data or settings.
            ConfigurationError: If the budget does not suffice for the measurement alone.
            MetricError: If an example lacks what the metric needs, before anything is asked; or if the metric
                fails.
            EngineError: If too many calls fail, or one with an error that all will meet.
        """
        return runtime.run(self._fit(train, val, test))

    async def afit(self, train: Dataset, val: Dataset, test: Dataset | None = None) -> FitResult:
        """Same as :meth:`fit`, from any event loop."""
        return await runtime.arun(self._fit(train, val, test))

    def request_stop(self) -> None:
        """Ends the search after the present step; the best so far gets its verdict.

        From any thread, such as from a callback.
        """
        self._is_stop_requested = True
        if self._search is not None:
            self._search.is_stop_requested = True

    def estimate(self, train: Dataset, val: Dataset, test: Dataset | None = None) -> Estimate:
        """What :meth:`fit` takes at most; nothing is spent.

        Raises:
            MetricError: If an example lacks what the metric needs.
        """
        check_examples(self._metric, (*train, *val, *(test or ())))
        state = self._program.state()
        prices = Prices.of(self._program.render(state), (*train, *val, *(test or ())))
        nothing = Pool(Member(Candidate(state=state, source="original"), NO_RESULT))
        search = self._make_search(nothing, train, val, test, self._make_evaluator())
        step = self._strategy.worst_case(search)
        examples = {
            "baseline": len(val),
            **({"headroom": self._probe.most_examples} if self._probe else {}),
            "search": self._steps * step.examples,
            "verdict": 2 * len(test) if test else 0,
        }
        each = self._repeats * self._calls_of_module
        rows = [prices.row(stage, "forward", each * n) for stage, n in examples.items()]
        rows.insert(
            list(examples).index("search") + 1, prices.row("search", "optimizer", self._steps * step.asks)
        )
        if judgements := self._repeats * self._metric.worst_case_calls:
            rows += [prices.row(stage, "judge", judgements * n) for stage, n in examples.items()]
        return Estimate(tuple(rows))

    def headroom(
        self,
        train: Dataset,
        val: Dataset,
        test: Dataset | None = None,
        *,
        draws: int = 4,
        budget: Budget | None = None,
    ) -> Headroom:
        """Looks whether there is anything to gain, before the money for a search is spent.

        Args:
            train: Examples to look at, together with ``val``.
            val: More of them.
            test: Counted in the prediction; no example of it is looked at.
            draws: How often each example is drawn, the first draw included. A module that cannot draw again
                (see :class:`Program`) is drawn once.
            budget: The limits on this alone; 200 calls if None. As many examples are drawn, by the seed, as
                the calls allow.

        Returns:
            What was found, a plain recommendation, and what :meth:`fit` would take at most.

        Raises:
            ConfigurationError: If the budget does not allow one example.
            EngineError: If too many calls fail, or one with an error that all will meet.
        """
        return runtime.run(self._headroom(train, val, test, draws, budget))

    async def aheadroom(
        self, train: Dataset, val: Dataset, test: Dataset | None = None, **options: Any
    ) -> Headroom:
        """Same as :meth:`headroom`, from any event loop."""
        wanted = {"draws": 4, "budget": None, **options}
        return await runtime.arun(self._headroom(train, val, test, **wanted))

    async def _headroom(
        self, train: Dataset, val: Dataset, test: Dataset | None, draws: int, budget: Budget | None
    ) -> Headroom:
        check_examples(self._metric, (*train, *val))
        prober = self._make_prober(self._probe or Probe())
        limits = budget or Budget(calls=DEFAULT_CALLS)
        each = draws * (1 + self._metric.worst_case_calls)
        chosen = sample_examples((*train, *val), count_affordable(limits, each), seed=self._seed)
        with use_session(Session(budget=limits, ledger=self.session.ledger, on_event=self._on_call)):
            found = await prober.measure(self._make_evaluator(), self._program.state(), chosen, draws=draws)
        estimate = self.estimate(train, val, test)
        usd = estimate.price(find_engines(self._program.module), self._engine)
        return found.model_copy(update={"predicted_calls": estimate.calls, "predicted_usd": usd})

    def _make_prober(self, probe: Probe) -> Prober:
        program = self._program if probe.module is None else Program(probe.module, self._call)
        return Prober(self._make_evaluator(program), probe)

    async def _fit(self, train: Dataset, val: Dataset, test: Dataset | None) -> FitResult:
        check_examples(self._metric, (*train, *val, *(test or ())))
        books = self._open_books()
        self._allowance = self._make_allowance(test)
        evaluator = self._make_evaluator()
        fitting = Fitting(
            evaluator=evaluator,
            strategy=self._strategy,
            stop=self._stop,
            allowance=self._allowance,
            log=books.log,
            record=books.record,
            validation=val,
            test=HeldOut(test) if test is not None else None,
            seed=self._seed,
            prober=None if self._probe is None else self._make_prober(self._probe),
        )
        self._search, self._is_stop_requested = None, False
        for callback in self._observers:
            callback.on_fit_start(self)
        try:
            with use_session(self.session):
                await fitting.run(
                    self._fingerprint(train, val, test),
                    lambda pool: self._begin_search(pool, train, val, test, evaluator),
                )
        except BaseException as error:
            self._leave()
            for callback in self._observers:
                callback.on_exception(self, error)
            raise
        self._leave()
        assert self.result is not None
        for callback in self._observers:
            callback.on_fit_end(self)
        return self.result

    @property
    def _observers(self) -> list[Callback]:
        return [callback for callback in self._callbacks if isinstance(callback, Callback)]

    def _begin_search(self, pool: Pool, *data: Any) -> Search:
        self._search = self._make_search(pool, *data)
        self._search.is_stop_requested = self._is_stop_requested
        self._books.loader = self._search.loader
        return self._search

    def _open_books(self) -> Bookkeeping:
        """Those of a run folder are kept open: a second ``fit`` goes on from the first one's answers.

        It follows the run from its start, so the module has to hold what it held then.
        """
        begun = self._books.result() if self._run is not None and self._books.is_of(self._run) else None
        if begun is not None:
            self._program.module.load_state_dict(begun.start_state)
            self._books.begin_again()
        else:
            self._books = Bookkeeping(self._run, self.session, self._callbacks)
        return self._books

    def _leave(self) -> None:
        """Puts everything in order, however the run ended: the best so far is kept."""
        self.result = self._books.result()
        if self.result is not None:
            self._program.module.load_state_dict(self.result.best_state)
            self._books.save()

    def _on_call(self, event: CallEvent) -> None:
        self._allowance.watch(event)
        self._books.record(
            CallMade(
                kind=event.kind,
                engine=event.engine,
                purpose=event.purpose,
                message=event.message,
                seconds=event.seconds,
            )
        )

    def _make_allowance(self, test: Dataset | None) -> Allowance:
        return Allowance(
            self.session.budget,
            student_calls=self._student_calls,
            other_calls=self._other_calls,
            reserve=Cost(examples=2 * len(test) if test else 0),
            calls_per_example=self._repeats * (self._calls_of_module + min(1, self._metric.worst_case_calls)),
        )

    @property
    def _calls_of_module(self) -> int:
        """Calls that running it once takes, as far as its parts show; at least one."""
        return max(1, len(find_engines(self._program.module)))

    def _make_evaluator(self, program: Program | None = None) -> Evaluator:
        return Evaluator(
            program or self._program,
            self._metric,
            max_error_rate=self._max_error_rate,
            repeats=self._repeats,
            seed=self._seed,
            listen=self._books.record,
        )

    def _make_search(
        self, pool: Pool, train: Dataset, val: Dataset, test: Dataset | None, evaluator: Evaluator
    ) -> Search:
        return Search(
            evaluator,
            DataLoader(train, self._batch_size * self._accumulate, seed=self._seed),
            val,
            self._sources,
            pool,
            self._allowance,
            constraints=conditions_of(
                self._program, self._constraints, train=train, held_out=(*val, *(test or ()))
            ),
            critic=self._critic,
            habits=self._habits,
            seed=self._seed,
            record=self._books.record,
        )

    def _fingerprint(self, train: Dataset, val: Dataset, test: Dataset | None) -> Fingerprint:
        state = self._program.state()
        strategy = {"name": self._strategy.name, **self._strategy.settings()}
        return Fingerprint(
            state=dict(state),
            text=self._program.render(state),
            data={"train": digest_of(train), "val": digest_of(val), "test": digest_of(test)},
            settings={
                "module": type(self._program.module).__name__,
                "student": ", ".join(engine.name for engine in find_engines(self._program.module)),
                "metric": self._metric.fingerprint(),
                "critic": self._critic.name if self._critic else "default",
                "optimizer": self._engine.name if self._engine else "default",
                "strategy": json.dumps(strategy),
                "sources": ", ".join(source.name for source in self._sources),
                "constraints": json.dumps([[type(c).__name__, c.describe("")] for c in self._constraints]),
                "wishes": json.dumps(self._wishes, ensure_ascii=False),
                "loss": self._objective.name,
                "stop": json.dumps(self._stop.to_json()),
                "batch_size": str(self._batch_size),
                "accumulate": str(self._accumulate),
                "protected": str(self._habits.protected),
                "updates": self._habits.updates,
                "edit_size": str(self._habits.edit_size or ""),
                "repeats": str(self._repeats),
                "seed": str(self._seed),
            },
            roles={name: v.role_description for name, v in self._program.module.named_parameters().items()},
        )
