#!/bin/sh
# One line for each turn that ends from now on: outcome and title. Needs kcat and jq.
# turn.attempts-completed, which comes after its turn and has a status for each attempt, is left out.
#   docs/examples/consumers/turns.sh [BROKERS [TOPIC]]
kcat -q -C -b "${1:-127.0.0.1:9092}" -t "${2:-codex.turns}" -o "${FROM:-end}" -u -X isolation.level=read_committed |
    jq --unbuffered -r 'select(.status) | "\(.status)\t\(.title // .task_id)"'
