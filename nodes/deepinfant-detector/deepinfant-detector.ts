import type { Node, NodeAPI, NodeDef } from 'node-red';
import { colourMap } from '../../src/pictures/colour-map.js';
import { listModels } from '../../src/model/load.js';
import { run } from '../adapter.js';
import { DetectorNode } from './detector-node.js';
import { answerDialog, LiveViews } from './live-views.js';
import { settingsOf } from '../settings.js';
import { DETECTOR_SETTINGS } from './settings.js';

type WatchedNode = Node & { views: LiveViews };

export = (RED: NodeAPI): void => {
  answerDialog(RED);
  RED.nodes.registerType(
    'deepinfant-detector',
    function (this: WatchedNode, config: NodeDef) {
      RED.nodes.createNode(this, config);
      this.views = new LiveViews();
      const settings = settingsOf(this, DETECTOR_SETTINGS, config);
      if (settings !== undefined) run(this, new DetectorNode(RED, this, settings, this.views));
    },
    {
      // The editor offers these models, and shows sound in these colours.
      settings: {
        deepinfantDetectorModels: { value: listModels(), exportable: true },
        deepinfantDetectorColours: { value: [...colourMap()], exportable: true },
      },
    },
  );
};
