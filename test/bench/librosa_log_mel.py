"""Prints librosa's microseconds per second of audio for the front end's log-mel: one line of JSON."""

import json
import time

import librosa
import numpy as np

SECONDS = 10
samples = np.random.default_rng(1).standard_normal(16000 * SECONDS).astype(np.float32)


def log_mel():
    mel = librosa.feature.melspectrogram(
        y=samples, sr=16000, n_fft=2048, hop_length=512, n_mels=128, fmin=0, fmax=8000, center=False
    )
    return 10 * np.log10(np.maximum(mel, 1e-10))


def seconds():
    begin = time.perf_counter()
    log_mel()
    return time.perf_counter() - begin


log_mel()
print(json.dumps({"version": librosa.__version__, "usPerSecond": min(seconds() for _ in range(20)) / SECONDS * 1e6}))
