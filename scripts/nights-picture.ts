/**
 * Draws how many cries a model finds at night against its false alarms, beside its rivals:
 *
 *     npx deepinfant evaluate --data CORPUS --run RUN --scene --nights N --rival YAMNet=YAMNET.tflite --json > nights.json
 *     node dist/scripts/nights-picture.js nights.json docs/nights.svg
 */
import { readFile, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { check } from '../src/check.js';
import { nightsPlot } from '../src/lab/evaluation/scene-report.js';

const FIGURES = { found: v.number(), episodes: v.number(), falseAlarmsPerNight: v.number() };
const RESULT = v.object({
  presets: v.record(v.string(), v.object(FIGURES)),
  curves: v.record(v.string(), v.array(v.object({ threshold: v.number(), ...FIGURES }))),
});

async function main([from, to]: readonly string[]): Promise<void> {
  const result: unknown = JSON.parse(await readFile(from, 'utf8'));
  await writeFile(to, nightsPlot(check(RESULT, result, from)));
}

void main(process.argv.slice(2));
