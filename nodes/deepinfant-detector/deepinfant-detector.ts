import type { NodeAPI, NodeDef } from 'node-red';
import { colourMap } from '../../src/pictures/colour-map.js';
import { nightFigures } from '../../src/model/card.js';
import { listModels } from '../../src/model/load.js';
import { run, setUp } from '../adapter.js';
import { DetectorNode } from './detector-node.js';
import { LiveViews } from '../../src/detect/live-views.js';
import { answerDialog } from './dialog.js';
import { readSettings } from '../settings.js';
import type { PresetNode } from '../flow-nodes.js';
import { DETECTOR_SETTINGS } from './settings.js';

type WatchedNode = PresetNode & { views: LiveViews };

export = (RED: NodeAPI): void => {
  answerDialog(RED);
  RED.nodes.registerType(
    'deepinfant-detector',
    function (this: WatchedNode, config: NodeDef) {
      RED.nodes.createNode(this, config);
      this.views = new LiveViews();
      setUp(this, () => {
        const settings = readSettings(DETECTOR_SETTINGS, config);
        this.preset = settings.preset;
        run(this, new DetectorNode(RED, this, settings, this.views));
      });
    },
    {
      // The editor offers these models with their figures, and shows sound in these colours.
      settings: {
        deepinfantDetectorModels: {
          value: listModels().map(name => ({ name, figures: nightFigures(name) })),
          exportable: true,
        },
        deepinfantDetectorColours: { value: [...colourMap()], exportable: true },
      },
    },
  );
};
