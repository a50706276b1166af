import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run } from '../adapter.js';
import { AudioPlayer } from './audio-player.js';
import { AUDIO_DEFAULTS, type AudioSettings } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-audio', function (this: Node, config: NodeDef & AudioSettings) {
    RED.nodes.createNode(this, config);
    run(this, new AudioPlayer(RED, this, { ...AUDIO_DEFAULTS, ...config }));
  });
};
