import { existsSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../../src/package-root.js';

/** Holds yamnet.tflite and mn04/mn04_as.onnx, and what others made of the corpus in CORPUS with them. */
const TEACHER = process.env.DEEPINFANT_TEACHER ?? path.join(PACKAGE_ROOT, '..', 'shared', 'teacher');
export const YAMNET = path.join(TEACHER, 'yamnet.tflite');
export const REFERENCE_SCORES = path.join(TEACHER, 'pack_window_scores.npy');
export const REFERENCE_INDEX = path.join(TEACHER, 'pack_window_index.csv');
export const MN04 = path.join(TEACHER, 'mn04', 'mn04_as.onnx');
export const MN04_LOGITS = path.join(TEACHER, 'mn04', 'pack_window_logits.npy');
export const MN04_INDEX = path.join(TEACHER, 'mn04', 'pack_window_index.csv');
export const CORPUS = process.env.DEEPINFANT_DATA ?? path.join(PACKAGE_ROOT, '..', 'shared', 'data');

/** Skips a test or suite where a file is missing. */
export function needFiles(context: Mocha.Context, ...files: string[]): void {
  const missing = files.filter(file => !existsSync(file));
  if (missing.length === 0) return;
  console.log(`      skipped: no ${missing.join(', ')}; see DEEPINFANT_TEACHER and DEEPINFANT_DATA`);
  context.skip();
}
