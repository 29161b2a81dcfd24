"""The strategy source: a few strategies a draw, until all were shown."""

from tests.optimizers.doubles import said
from tests.optimizers.sources.modules import context_of, criticisms, one_prompt
from textgrad_lite.optimizers import StrategySource
from textgrad_lite.prompts.strategies import Strategy, load_strategies
from textgrad_lite.testing.scripted import ScriptedEngine

LIBRARY = [Strategy(f"s{number}", f"Strategy {number}.") for number in range(5)]


async def shown(seed: int, *draws: int, **settings: object) -> list[list[str]]:
    engine = ScriptedEngine().on(said("x"))
    context = context_of(one_prompt(), gradients={"prompt": criticisms("Bad.")}, seed=seed)
    source = StrategySource(engine, **{"strategies": LIBRARY, **settings})  # type: ignore[arg-type]
    for draw in draws:
        await source.propose(context, draw)
    return [[strategy.name for strategy in LIBRARY if strategy.text in text] for text in engine.asked()]


async def test_every_draw_shows_others_until_all_were_shown() -> None:
    chosen = await shown(0, 0, 1, 2)

    assert [len(names) for names in chosen] == [2, 2, 2]
    assert {name for names in chosen for name in names} == {strategy.name for strategy in LIBRARY}


async def test_they_come_in_the_order_of_the_library() -> None:
    assert await shown(0, 0, 1, 2) == [["s0", "s1"], ["s2", "s3"], ["s0", "s4"]]


async def test_a_small_library_is_shown_whole() -> None:
    assert len((await shown(0, 0, n_shown=9))[0]) == 5


async def test_our_library_is_the_default() -> None:
    engine = ScriptedEngine([said("x")])
    context = context_of(one_prompt(), gradients={"prompt": criticisms("Bad.")})

    (candidate,) = (await StrategySource(engine).propose(context, 0)).candidates

    assert sum(strategy.text in engine.asked()[0] for strategy in load_strategies()) == 2
    assert candidate.source == "gradients and strategies"
    assert "Bad." in engine.asked()[0]
