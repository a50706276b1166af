import type { Node, NodeAPI, NodeDef } from 'node-red';
import { listModels } from '../../src/model/load.js';
import { run } from '../adapter.js';
import { Listener } from './listener.js';
import { DETECTOR_DEFAULTS, type DetectorSettings } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'deepinfant-detector',
    function (this: Node, config: NodeDef & DetectorSettings) {
      RED.nodes.createNode(this, config);
      run(this, new Listener(RED, this, { ...DETECTOR_DEFAULTS, ...config }));
    },
    // The editor offers these models.
    { settings: { deepinfantDetectorModels: { value: listModels(), exportable: true } } },
  );
};
