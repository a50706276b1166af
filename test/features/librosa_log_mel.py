"""Writes librosa-log-mel.f32, which log-mel.test.ts compares with: librosa's log-mel of the signals defined alike there.

Needs librosa (made with 0.11.0). One float32 matrix (frames x 128, in dB) a signal, one after the other.
"""

from pathlib import Path

import librosa
import numpy as np

LENGTH = 6144


def noise():
    state, values = 1, []
    for _ in range(LENGTH):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(state / 2**31 - 1)
    return np.array(values)


n = np.arange(LENGTH)
signals = [
    0.5 * np.sin(0.04 * n + 0.00025 * n**2) + 0.01 * noise(),  # chirp from 100 Hz to 7.9 kHz
    0.0001 * noise(),
    np.zeros(LENGTH),
    np.where(n % 50 < 25, 1.0, -1.0),  # full scale square, 320 Hz
    np.where(n == 1000, 1.0, 0.0),
]

with open(Path(__file__).with_name("librosa-log-mel.f32"), "wb") as file:
    for signal in signals:
        mel = librosa.feature.melspectrogram(
            y=signal.astype(np.float32).astype(np.float64),
            sr=16000, n_fft=2048, hop_length=512, n_mels=128, fmin=0, fmax=8000, center=False, dtype=np.float64,
        )
        file.write((10 * np.log10(np.maximum(mel, 1e-10))).T.astype("<f4").tobytes())
