/** What the definition in ../deepinfant-audio.html refers to. */
import { saveVersion, type Versioned } from '../../editor/version.js';
import type { NodeInstance } from '@node-red/editor-client';
import { textOf } from '../../editor/form.js';
import { paletteLabelOf, portLabels } from '../../editor/labels.js';
import { translate } from '../../editor/translate.js';
import { validator } from '../../editor/validator.js';
import { findCameras, moveLogin, offerMakers, offerWays, removeSecrets } from './camera.js';
import { forgetResults } from './forget-results.js';
import { hostOf, isPublicAddress } from './camera-url.js';
import { listHassCameras } from './hass-camera.js';
import { listMicrophones, showLevel } from './microphone.js';
import { testSource } from './test-source.js';

type Kind = 'microphone' | 'camera' | 'hassCamera' | 'recording' | 'input' | 'demo';

/** A node of an older flow lacks settings that came later. */
type AudioNode = NodeInstance<{
  name?: string;
  kind?: Kind;
  microphone?: string;
  url?: string;
  hass?: string;
  entity?: string;
  path?: string;
}>;

export const validateUrl = validator<AudioNode>(
  (url, { kind }) => kind !== 'camera' || isPublicAddress(url),
  'deepinfant-audio.invalid.url',
);

export const validateEntity = validator<AudioNode>(
  (entity, { kind, hass }) => kind !== 'hassCamera' || (Boolean(hass) && /^camera\.\w+$/.test(entity)),
  'deepinfant-audio.invalid.entity',
);

export const validatePath = validator<AudioNode>(
  (path, { kind }) => kind !== 'recording' || path.trim() !== '',
  'deepinfant-audio.invalid.path',
);

export { labelStyle } from '../../editor/labels.js';
export const paletteLabel = paletteLabelOf('deepinfant-audio.palette');
export const inputLabels = portLabels('deepinfant-audio.input');
export const outputLabels = portLabels('deepinfant-audio.output.chunks', 'deepinfant-audio.output.state');

/** A node without a name is labelled by what it hears. */
export function label(this: AudioNode): string {
  const sources: Partial<Record<Kind, string | undefined>> = {
    recording: this.path?.split(/[\\/]/).filter(Boolean).pop(),
    camera: hostOf(this.url ?? ''),
    hassCamera: this.entity,
    microphone: this.microphone,
  };
  const kind = this.kind ?? 'demo';
  return this.name || sources[kind] || translate(`deepinfant-audio.title.${kind}`);
}

export function oneditprepare(this: AudioNode): void {
  void listMicrophones(this.microphone ?? '');
  showLevel();
  listHassCameras(this.entity ?? '');
  void offerMakers();
  $('#node-input-url').on('change', moveLogin);
  $('#deepinfant-audio-find').on('click', () => void findCameras(this.id));
  $('#deepinfant-audio-test').on('click', () => void testSource(this.id));
  $('#node-input-kind').on('change', showFieldsOfKind);
  showFieldsOfKind();
  offerWays();
  forgetResults();
}

function showFieldsOfKind(): void {
  const kind = textOf('#node-input-kind');
  for (const row of $('[data-kinds]').get()) $(row).toggle(row.dataset.kinds!.split(' ').includes(kind));
}

export function oneditsave(this: Versioned): void {
  saveVersion.call(this);
  removeSecrets();
}
