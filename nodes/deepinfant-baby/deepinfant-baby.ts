import type { Node, NodeAPI, NodeDef } from 'node-red';
import { Baby } from './baby.js';
import { BABY_DEFAULTS, type BabySettings } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'deepinfant-baby',
    function (this: Node & { baby: Baby }, config: NodeDef & BabySettings) {
      RED.nodes.createNode(this, config);
      const { name, birthDate } = { ...BABY_DEFAULTS, ...config };
      this.baby = new Baby(this.id, { name, birthDate: birthDate || undefined });
    },
  );
};
