import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { messageOf } from '../../src/errors.js';
import type { HassConnection } from '../../src/hass/connection.js';
import { readIncoming } from '../../src/hass/incoming.js';
import { CryLights } from '../../src/hass/lights/cry-lights.js';
import type { SharedHass } from '../../src/hass/shared-hass.js';
import { type NodeWork, type StatusForm, statusOf } from '../adapter.js';
import { dataFile } from '../data-file.js';
import { STATUS_OF_HASS } from '../shared-hass.js';
import type { LightSettings } from './settings.js';

const STATUS_BY_STATE: Record<'waiting' | 'alert', StatusForm> = {
  waiting: { fill: 'grey', shape: 'ring', text: 'deepinfant-light.status.waiting' },
  alert: { fill: 'blue', shape: 'dot', text: 'deepinfant-light.status.alert' },
};

/** Shows with lights that a baby cries. */
export class LightNode implements NodeWork {
  private hass: HassConnection | undefined;
  private lights: CryLights | undefined;
  private unsubscribe = (): void => undefined;
  private readonly showStatus;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly shared: SharedHass,
    private readonly settings: LightSettings,
  ) {
    this.showStatus = statusOf(RED, node, { ...STATUS_OF_HASS, ...STATUS_BY_STATE });
  }

  start(): void {
    const { RED, node, settings } = this;
    const hass = this.shared.open();
    this.hass = hass;
    this.unsubscribe = hass.onHealth(() => {
      this.showState();
    });
    this.lights = new CryLights({
      ...settings,
      hass,
      file: dataFile(RED, 'lights', node.id),
      report: error => {
        node.error(messageOf(error));
      },
      changed: () => {
        this.showState();
      },
    });
    this.lights.start();
  }

  input(msg: NodeMessage): void {
    const incoming = readIncoming(msg.payload);
    if (incoming.kind === 'cry') this.lights?.push(incoming.cry);
  }

  async stop(): Promise<void> {
    const { lights } = this;
    if (lights === undefined) return;
    this.lights = undefined;
    await lights.stop();
    this.unsubscribe();
    await this.shared.close();
  }

  private showState(): void {
    const { state = 'stopped' } = this.hass?.health ?? {};
    this.showStatus(state === 'connected' ? (this.lights?.isAlert ? 'alert' : 'waiting') : state);
  }
}
