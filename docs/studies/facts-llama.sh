#!/bin/sh
# Reproduces docs/studies/facts-llama.md. Needs the gate command on PATH; run from the root of the repository.
set -u
gate sweep samples/sweep --ci
gate sweep samples/sweep --ci --sweep.exhaustive false --sweep.path out/study/halving
for bits in 2.5 3.25 3.5 4.25 4.5; do
  # --log-file keeps the note that names the best uniform recipe of at most the same bits.
  gate run samples/models/facts-llama --ci --budget.bitsPerWeight "$bits" --output.path out/study/planned \
    --report-dir "out/study/planned-$bits" --log-file "out/study/planned-$bits.log"
  set -- $(sed -n 's/.*best uniform recipe (\([0-9]*\) bit, group \([0-9]*\)).*/\1 \2/p' "out/study/planned-$bits.log" | head -n 1)
  gate run samples/models/facts-llama --ci --recipe.quantize.bits "$1" --recipe.quantize.groupSize "$2" --output.path out/study/uniform \
    --report-dir "out/study/uniform-$bits"
done
