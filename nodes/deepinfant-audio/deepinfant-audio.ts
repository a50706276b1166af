import type { Node, NodeAPI, NodeDef } from 'node-red';
import { parseCameraAddress } from '../../src/audio/live/camera-address.js';
import { LiveSources } from '../../src/audio/live/live-sources.js';
import { cameraSource, microphoneSource } from '../../src/audio/live/source.js';
import { DeepInfantError } from '../../src/errors.js';
import { sourceName } from '../../src/audio/source-name.js';
import { hassCameraSource } from '../../src/hass/camera.js';
import { type NodeWork, run, setUp } from '../adapter.js';
import { sharedHassOf } from '../shared-hass.js';
import { answerDialog } from './dialog.js';
import { LiveNode } from './live-node.js';
import { RecordingNode } from './recording-node.js';
import { readSettings } from '../settings.js';
import { AUDIO_SETTINGS, type AudioCredentials, type AudioSettings } from './settings.js';

export = (RED: NodeAPI): void => {
  const sources = new LiveSources();
  answerDialog(RED, sources);

  function workOf(node: Node<AudioCredentials>, settings: AudioSettings): NodeWork {
    const { kind, name, microphone, url, hass, entity, track, pauses } = settings;
    const options = { ...(track > 0 && { track }), pauses };
    const missing = missingSetting(settings);
    if (missing !== undefined)
      throw new DeepInfantError('no-source', RED._(`deepinfant-audio.invalid.${missing}`));
    if (kind === 'microphone') {
      const called = sourceName(name || microphone || 'microphone');
      return new LiveNode(RED, node, sources, called, () => microphoneSource(called, microphone));
    }
    if (kind === 'camera') {
      const called = sourceName(name || publicAddress(url));
      const source = () => cameraSource(called, url, node.credentials, options);
      return new LiveNode(RED, node, sources, called, source, 'waitingForCamera');
    }
    if (kind === 'hassCamera') {
      const called = sourceName(name || entity || 'camera');
      const shared = sharedHassOf(RED, node, hass);
      const source = () => hassCameraSource(called, shared, hass, entity);
      return new LiveNode(RED, node, sources, called, source, 'waitingForCamera');
    }
    return new RecordingNode(RED, node, settings);
  }

  RED.nodes.registerType<Node<AudioCredentials>, NodeDef, object, AudioCredentials>(
    'deepinfant-audio',
    function (config) {
      RED.nodes.createNode(this, config);
      setUp(this, () => {
        run(this, workOf(this, readSettings(AUDIO_SETTINGS, config)));
      });
    },
    { credentials: { user: { type: 'text' }, password: { type: 'password' } } },
  );
};

/** What was not chosen yet. A camera without an address is told what to enter when it is opened. */
function missingSetting({ kind, path, entity }: AudioSettings): 'path' | 'entity' | undefined {
  if (kind === 'recording' && path === '') return 'path';
  return kind === 'hassCamera' && entity === '' ? 'entity' : undefined;
}

/** An address as messages may show it. */
function publicAddress(url: string): string {
  try {
    return parseCameraAddress(url).url;
  } catch {
    return 'camera';
  }
}
