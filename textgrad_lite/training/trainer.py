"""The trainer: a module, a metric or a loss, and data in; a better state and an honest verdict out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textgrad_lite import runtime
from textgrad_lite.data import Dataset
from textgrad_lite.engines import Budget, Engine, Ledger, Session, use_session
from textgrad_lite.engines.session import CallEvent
from textgrad_lite.functions import Module
from textgrad_lite.losses import MetricLoss, TextLoss
from textgrad_lite.optimizers.constraints import Constraint
from textgrad_lite.optimizers.edit_size import EditSize, read_edit_size
from textgrad_lite.optimizers.sources import ProposalSource
from textgrad_lite.optimizers.tgd import TextualGradientDescent
from textgrad_lite.training.authors import Instructions, Models
from textgrad_lite.training.bookkeeping import Bookkeeping
from textgrad_lite.training.callbacks import Callback
from textgrad_lite.training.estimate import Estimate
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.events import CallMade, Event
from textgrad_lite.training.fit_result import FitResult
from textgrad_lite.training.fitting import Fitting
from textgrad_lite.training.forecast import estimate, look_for_headroom, with_forecast
from textgrad_lite.training.habits import Habits
from textgrad_lite.training.headroom import Headroom
from textgrad_lite.training.held_out import HeldOut
from textgrad_lite.training.measurement import MetricLike
from textgrad_lite.training.objective import LossLike, find_objective
from textgrad_lite.training.pool import Pool
from textgrad_lite.training.probing import DEFAULT_CALLS, Probe
from textgrad_lite.training.program import Program, RunOn
from textgrad_lite.training.run_folder import RunFolder
from textgrad_lite.training.search import Search
from textgrad_lite.training.setup import Data, Setup
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
        models = Models.of(engine, backward_engine, optimizer)
        chosen: Strategy = strategy or Halving()
        objective = find_objective(loss_or_metric, loss, models.optimizer)
        size = edit_size if edit_size is not None or optimizer is None else optimizer.edit_size
        self._setup = Setup(
            program=Program(module, call),
            objective=objective,
            models=models,
            instructions=Instructions.of(
                sources,
                constraints,
                wishes,
                names=chosen.source_names,
                engine=models.optimizer,
                optimizer=optimizer,
            ),
            strategy=chosen,
            stop=make_stop(steps, patience=patience, target=target, further=stop),
            habits=Habits(
                protected=protected,
                minibatch=batch_size,
                updates=updates,
                edit_size=read_edit_size(size),
                loss=objective.loss,
            ),
            steps=steps,
            batch_size=batch_size,
            accumulate=accumulate,
            repeats=repeats,
            seed=seed,
            student_calls=student_calls,
            other_calls=other_calls,
            max_error_rate=max_error_rate,
            call=call,
            probe=probe,
        )
        self._callbacks = tuple(callbacks)
        self._run = run
        self._search: Search | None = None
        self._is_stop_requested = False
        self.session = Session(budget=budget or Budget(), ledger=Ledger(), on_event=self._on_call)
        self.result: FitResult | None = None
        self._allowance = self._setup.make_allowance(self.session.budget)
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
        return runtime.run(self._fit(Data(train, val, test)))

    async def afit(self, train: Dataset, val: Dataset, test: Dataset | None = None) -> FitResult:
        """Same as :meth:`fit`, from any event loop."""
        return await runtime.arun(self._fit(Data(train, val, test)))

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
        return estimate(self._setup, Data(train, val, test), self._allowance)

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
        return runtime.run(self._headroom(Data(train, val, test), draws=draws, budget=budget))

    async def aheadroom(
        self, train: Dataset, val: Dataset, test: Dataset | None = None, **options: Any
    ) -> Headroom:
        """Same as :meth:`headroom`, from any event loop."""
        return await runtime.arun(self._headroom(Data(train, val, test), **options))

    async def _headroom(self, data: Data, *, draws: int = 4, budget: Budget | None = None) -> Headroom:
        limits = budget or Budget(calls=DEFAULT_CALLS)
        run = estimate(self._setup, data, self._allowance)
        with use_session(Session(budget=limits, ledger=self.session.ledger, on_event=self._on_call)):
            found = await look_for_headroom(self._setup, data, limits, self._books.record, draws=draws)
        return with_forecast(found, self._setup, run)

    async def _fit(self, data: Data) -> FitResult:
        setup = self._setup
        data.check(setup.objective.metric)
        books = self._open_books()
        self._allowance = setup.make_allowance(self.session.budget, data.n_tested)
        evaluator = setup.make_evaluator(books.record)
        fitting = Fitting(
            evaluator=evaluator,
            strategy=setup.strategy,
            stop=setup.stop,
            allowance=self._allowance,
            log=books.log,
            record=books.record,
            validation=data.val,
            test=HeldOut(data.test) if data.test is not None else None,
            seed=setup.seed,
            prober=setup.make_prober(books.record, setup.probe) if setup.probe else None,
        )
        self._search, self._is_stop_requested = None, False
        for callback in self._observers:
            callback.on_fit_start(self)
        try:
            with use_session(self.session):
                await fitting.run(
                    setup.fingerprint(data), lambda pool: self._begin_search(pool, data, evaluator)
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

    def _begin_search(self, pool: Pool, data: Data, evaluator: Evaluator) -> Search:
        record = self._books.record
        self._search = self._setup.make_search(pool, data, evaluator, self._allowance, record)
        self._search.is_stop_requested = self._is_stop_requested
        self._books.loader = self._search.loader
        return self._search

    def _open_books(self) -> Bookkeeping:
        """Those of a run folder are kept open: a second ``fit`` goes on from the first one's answers.

        It follows the run from its start, so the module has to hold what it held then.
        """
        begun = self._books.result() if self._run is not None and self._books.is_of(self._run) else None
        if begun is not None:
            self._setup.program.module.load_state_dict(begun.start_state)
            self._books.begin_again()
        else:
            self._books = Bookkeeping(self._run, self.session, self._callbacks)
        return self._books

    def _leave(self) -> None:
        """Puts everything in order, however the run ended: the best so far is kept."""
        self.result = self._books.result()
        if self.result is not None:
            self._setup.program.module.load_state_dict(self.result.best_state)
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
