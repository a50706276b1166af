/** The time, epoch ms, by a clock that goes on as it did when this process started, whatever the computer's is set to. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
