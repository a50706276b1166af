"""CPU milliseconds that LiteRT takes for a window of YAMNet, on one thread. Argument: the TFLite file."""

import json
import sys
import time

import numpy
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter(sys.argv[1], num_threads=1)
interpreter.allocate_tensors()
details = interpreter.get_input_details()[0]
given = details["index"]
samples = numpy.random.default_rng(1).normal(0, 0.1, details["shape"]).astype(numpy.float32)
assert samples.size == 15600


def score(windows):
    start = time.process_time()
    for _ in range(windows):
        interpreter.set_tensor(given, samples)
        interpreter.invoke()
        interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return 1000 * (time.process_time() - start) / windows


score(20)
times = [score(5) for _ in range(40)]
print(json.dumps({"leastMs": min(times), "meanMs": sum(times) / len(times)}))
