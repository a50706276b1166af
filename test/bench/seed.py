"""CPU milliseconds of the seed's loop: every second librosa's mel of a buffer of 7 s, and a ResNet-34 in PyTorch."""

import json
import time

import librosa
import numpy

samples = numpy.random.default_rng(1).normal(0, 0.1, 7 * 16000).astype(numpy.float32)


def least(work, runs=30):
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return min(times)


def picture():
    return librosa.power_to_db(librosa.feature.melspectrogram(y=samples, sr=16000, n_fft=2048, hop_length=512, n_mels=128))


picture()
result = {"melMs": least(picture)}
try:
    import torch
    import torchvision

    torch.set_num_threads(1)
    network = torchvision.models.resnet34(num_classes=5).eval()
    given = torch.from_numpy(picture())[None, None].repeat(1, 3, 1, 1)
    with torch.no_grad():
        network(given)
        result["networkMs"] = least(lambda: network(given), 5)
except ImportError as error:
    result["missing"] = str(error)
print(json.dumps(result))
