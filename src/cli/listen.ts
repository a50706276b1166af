import { parseArgs } from 'node:util';
import { paced, readRecording } from '../audio/recording.js';
import { clock } from '../clock.js';
import type { Detection } from '../detect/detector.js';
import { loadClassifier } from '../model/load.js';
import { reasonLine } from '../reason/phrase.js';
import { HEARING_OPTIONS, HEARING_USAGE, presetOf, usageError } from './arguments.js';
import { hear } from './hear.js';
import { abortOnInterrupt } from './interrupt.js';
import { print, printJson } from './output.js';
import { bar, clearStatus, showStatus } from './status-line.js';

export const LISTEN_USAGE = `deepinfant listen FILE [--fast] [--json] [--model NAME] [--preset NAME]
  Plays a recording through as if it happened now, and prints each cry as it starts, goes on and ends.
  --fast          do not wait: as fast as this computer can
  --json          print a JSON object a line for each event
  ${HEARING_USAGE}`;

/** `deepinfant listen`. @returns the exit status */
export async function listen(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...HEARING_OPTIONS, fast: { type: 'boolean', default: false } },
  });
  const preset = presetOf(values.preset);
  if (positionals.length !== 1) throw usageError('Name one recording to listen to.');
  const [file] = positionals;
  const signal = abortOnInterrupt();
  const classifier = await loadClassifier(values.model);
  const soFar = { hasCry: false, durationS: 0 };
  const tell = ({ scores, events }: Detection, heardS: number): void => {
    clearStatus();
    soFar.hasCry ||= events.length > 0;
    soFar.durationS = heardS;
    for (const event of events) {
      if (values.json) printJson(event);
      else
        print(
          `${clock(event.onsetS + event.durationS)}  ${event.state.padEnd(7)}  ${reasonLine(event, { name: '' })}`,
        );
    }
    const step = scores.at(-1);
    if (step)
      showStatus(
        `${clock(heardS)}  cry ${bar(step.scores.cry)} ${Math.round(100 * step.scores.cry)} %, level ${Math.round(step.levelDb)} dB`,
      );
  };
  try {
    const startAt = values.fast ? 0 : Date.now();
    const chunks = readRecording(file, { source: file, startAt, signal });
    const played = values.fast ? chunks : paced(chunks, { signal });
    await hear(played, { source: file, classifier, preset }, tell);
    if (!soFar.hasCry && !values.json) print(`${clock(soFar.durationS)}  no cry was heard`);
  } finally {
    clearStatus();
    await classifier.close();
  }
  return 0;
}
