#!/bin/sh
# `make demo`: a prompt, items that count things, and a small model on this machine as student, critic and rewriter.
# DATA=FILE.jsonl takes other items, MODEL=NAME another model of `textgrad-lite models list`.
set -eu
here=$(dirname "$0")/object_counting
place=.demo
data=${DATA:-$place/items.jsonl}
model=${MODEL:-qwen2.5-coder-1.5b}

say() { printf '\n── %s\n' "$*"; }

mkdir -p "$place"
say "1. The model: $model, on this machine; no key, no money, nothing leaves it"
textgrad-lite models pull "$model"

if [ ! -f "$data" ]; then
    say "2. The items: made by a generator, the same ones each time"
    python "$here/items.py" --count 120 --seed 1 >"$data"
fi

say "3. The prompt: $(cat "$here/prompt.txt")"
echo "A model that may answer with a number only has no room to count. Will the search find that out?"

say "4. The search: rewrites from some items, chosen on others, judged on items that it never saw"
run=$place/run-$(date +%Y%m%d-%H%M%S)
textgrad-lite optimize "$here/prompt.txt" --data "$data" --config "$here/demo.yaml" \
    --model "local/$model" --out "$run" --yes -v "$@"

say "The best prompt is in $run/best.txt, every step of the way in $run/journal.jsonl"
