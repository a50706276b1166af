import { DeepInfantError } from '../errors.js';
import { isObject } from '../unknown-data.js';
import { LABELS } from '../values.js';
import { CONVOLUTION_NAMES, FRAMES_PER_STEP } from './cry-net.js';
import { MEL7S_NAMES, MEL7S_REASONS, type Mel7sManifest } from './mel7s.js';
import { sealOf, splitSeal } from './manifest-text.js';
import { MOST_ODDS, PRESETS, READINGS, type ModelManifest } from './manifest.js';

type Form = 'number' | 'string' | 'texts' | 'tensors' | { readonly [field: string]: Form };

const THRESHOLDS = {
  odds: 'number',
  clip: 'number',
  promise: { falseAlarmsPerNight: 'number', clipFalseAlarmRate: 'number' },
} as const;
/** A manifest of format 1. A field that is not here belongs to a newer one and may change what scores mean. */
const FORM = {
  format: 'number',
  name: 'string',
  version: 'string',
  licence: 'string',
  frontEnd: {
    sampleRate: 'number',
    fftSize: 'number',
    hop: 'number',
    mels: 'number',
    fMin: 'number',
    fMax: 'number',
    scale: 'string',
  },
  scaling: { floorDb: 'number', meanDb: 'number', stdDb: 'number' },
  reading: 'string',
  hopFrames: 'number',
  windowFrames: 'number',
  labels: 'texts',
  embeddingSize: 'number',
  calibration: { a: 'number', b: 'number' },
  presets: { careful: THRESHOLDS, balanced: THRESHOLDS, sensitive: THRESHOLDS },
  weights: { file: 'string', sha256: 'string', tensors: 'tensors' },
  training: { dataSha256: 'string', groups: 'string', seed: 'number', notice: 'string' },
} as const satisfies Record<keyof ModelManifest, Form>;

const { format, name, version, licence, frontEnd, scaling, weights, training } = FORM;
const MEL7S_FORM = {
  ...{ format, name, version, licence, frontEnd, scaling, weights, training },
  detector: 'string',
  clipS: 'number',
  reasons: 'texts',
} as const satisfies Record<keyof Mel7sManifest, Form>;

/**
 * Checks what was read from a manifest.json.
 * @param file names it in errors
 * @throws DeepInfantError `model-newer` when it has a later format or unknown fields, `model-invalid` when something is
 * missing or cannot be
 */
export function checkManifest(read: unknown, file: string): ModelManifest {
  const { fields, seal } = splitSeal(read);
  checkForm(fields, FORM, file);
  const manifest = fields as ModelManifest;
  const { labels, presets, weights, reading, hopFrames, windowFrames, embeddingSize, scaling } = manifest;
  if (labels.join() !== LABELS.join())
    throw invalid(file, `labels are ${labels.join()}, not ${LABELS.join()}`);
  if (!READINGS.includes(reading))
    throw invalid(file, `reading is '${reading}', not one of ${READINGS.join(', ')}`);
  if (reading === 'flexible' && hopFrames !== FRAMES_PER_STEP)
    throw invalid(file, `hopFrames is ${hopFrames}, not ${FRAMES_PER_STEP}`);
  if (!(hopFrames > 0 && windowFrames >= hopFrames))
    throw invalid(file, `windowFrames is ${windowFrames}, fewer than the ${hopFrames} of hopFrames`);
  if (!(scaling.stdDb > 0)) throw invalid(file, `scaling.stdDb is ${scaling.stdDb}, not above 0`);
  for (const preset of PRESETS) {
    const { odds, clip } = presets[preset];
    if (!(Math.abs(odds) < MOST_ODDS && clip > 0 && clip < 1))
      throw invalid(file, `presets.${preset} is not -${MOST_ODDS} < odds < ${MOST_ODDS} and 0 < clip < 1`);
  }
  const shapes = new Map(weights.tensors.map(({ name, shape }) => [name, shape]));
  for (const name of CONVOLUTION_NAMES) {
    if (shapes.get(`${name}/kernel`)?.length !== 4 || shapes.get(`${name}/bias`)?.length !== 1) {
      throw invalid(file, `weights.tensors lacks '${name}'`);
    }
  }
  const [size] = shapes.get('embedding/bias')!;
  if (embeddingSize !== size)
    throw invalid(file, `embeddingSize is ${embeddingSize}, but its weights make ${size}`);
  checkSeal(fields, seal, file);
  return manifest;
}

/** Whether what was read is the manifest of a model that only guesses reasons. */
export function isMel7s(read: unknown): boolean {
  return isObject(read) && 'reasons' in read;
}

/** As checkManifest, for mel7s. */
export function checkMel7sManifest(read: unknown, file: string): Mel7sManifest {
  const { fields, seal } = splitSeal(read);
  checkForm(fields, MEL7S_FORM, file);
  const manifest = fields as Mel7sManifest;
  const { reasons, weights } = manifest;
  if (reasons.join() !== MEL7S_REASONS.join())
    throw invalid(file, `reasons are ${reasons.join()}, not ${MEL7S_REASONS.join()}`);
  const names = new Set(weights.tensors.map(({ name }) => name));
  for (const name of MEL7S_NAMES) {
    if (!names.has(`${name}/kernel`) || !names.has(`${name}/bias`))
      throw invalid(file, `weights.tensors lacks '${name}'`);
  }
  checkSeal(fields, seal, file);
  return manifest;
}

/** A changed digit in a manifest, or tensors in another order, would change scores without a word. */
function checkSeal(fields: unknown, seal: unknown, file: string): void {
  if (seal !== sealOf(fields)) throw invalid(file, 'sha256 is not that of the other fields');
}

/** @throws DeepInfantError `model-newer` or `model-invalid` where a manifest departs from its form */
function checkForm(read: unknown, form: Form, file: string): void {
  const differences = compare(read, form, '');
  const format = (read as { format?: unknown } | null)?.format;
  const isNewer = typeof format === 'number' && format > 1;
  if (isNewer || (format === 1 && differences.unknown.length > 0)) {
    const unknown = differences.unknown.map(field => `, unknown: ${field}`).join('');
    throw new DeepInfantError(
      'model-newer',
      `${file} is made for a newer version of this package (format ${format}${unknown}). Update @deepinfant/node-red.`,
    );
  }
  if (differences.wrong.length > 0) throw invalid(file, differences.wrong.join(', '));
}

function invalid(file: string, what: string): DeepInfantError {
  return new DeepInfantError('model-invalid', `${file}: ${what}. Install the model again.`);
}

/** Where a value departs from a form, by the paths of its fields. */
function compare(value: unknown, form: Form, at: string): { wrong: string[]; unknown: string[] } {
  if (form === 'texts') return { wrong: isTexts(value) ? [] : [`${at} is not a list of texts`], unknown: [] };
  if (form === 'tensors')
    return { wrong: isTensors(value) ? [] : [`${at} is not a list of names and shapes`], unknown: [] };
  if (typeof form === 'string') {
    return { wrong: typeof value === form ? [] : [`${at} is not a ${form}`], unknown: [] };
  }
  if (typeof value !== 'object' || value === null) {
    return { wrong: [`${at || 'it'} is not an object`], unknown: [] };
  }
  const path = (field: string): string => (at ? `${at}.${field}` : field);
  const parts = Object.entries(form).map(([field, inner]) =>
    compare((value as Record<string, unknown>)[field], inner, path(field)),
  );
  return {
    wrong: parts.flatMap(part => part.wrong),
    unknown: [
      ...Object.keys(value)
        .filter(field => !(field in form))
        .map(path),
      ...parts.flatMap(part => part.unknown),
    ],
  };
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(text => typeof text === 'string');
}

function isTensors(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (tensor: unknown) =>
        isObject(tensor) &&
        typeof tensor.name === 'string' &&
        Array.isArray(tensor.shape) &&
        tensor.shape.every(size => Number.isSafeInteger(size) && size > 0),
    )
  );
}
