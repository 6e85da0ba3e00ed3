"""One line for each turn that ends: outcome and title. Needs confluent-kafka.

    python3 docs/examples/consumers/turns.py [BROKERS [TOPIC]]
"""
import json
import sys

from confluent_kafka import Consumer

brokers = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9092"
topic = sys.argv[2] if len(sys.argv) > 2 else "codex.turns"
consumer = Consumer({"bootstrap.servers": brokers, "group.id": "my-turns", "isolation.level": "read_committed",
                     "auto.offset.reset": "earliest"})
consumer.subscribe([topic])
while True:
    record = consumer.poll(1)
    if record is not None and record.error() is None:
        turn = json.loads(record.value())
        if "status" in turn:  # turn.attempts-completed, which comes after its turn, has a status for each attempt
            print(turn["status"], turn.get("title", turn["task_id"]), sep="\t", flush=True)
