import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../src/errors.js';
import { Witness } from './witness.js';

/** A family's disk: of a night's cries, with what the journal leaves free. */
const DISK_MB = 512;
/** What tells secrets apart in any text. */
export const SECRETS = {
  'the password of the camera': 'Crocodile7Lullaby',
  'the token of Home Assistant': 'Walrus3Rattle',
  'the key of Baby Buddy': 'Penguin5Teether',
  'the password of the broker': 'Hedgehog9Dummy',
};
export const BABY = 'mia';

/** Where the nodes of the flow find what they speak to. */
export interface Surroundings {
  hassUrl: string;
  cameraUrl: string;
  /** Port of loopback; undefined where there is no broker. */
  brokerPort: number | undefined;
}

/** The user folder of a Node-RED with all nodes of the package, on a small disk of its own where that can be mounted. */
export class Home {
  private readonly root = mkdtempSync(path.join(tmpdir(), 'chaos-'));
  readonly userDir = path.join(this.root, 'disk', 'node-red');
  readonly witness = new Witness(path.join(this.root, 'witness.jsonl'));
  readonly clockFile = path.join(this.root, 'clock');
  /** Why the disk cannot be filled or made read-only; undefined where it can. */
  readonly noDisk: string | undefined;
  private readonly disk = path.join(this.root, 'disk');

  constructor(surroundings: Surroundings) {
    mkdirSync(this.disk);
    this.noDisk = mount(this.disk);
    this.setClock(0);
    mkdirSync(path.join(this.userDir, 'nodes'), { recursive: true });
    // Node-RED looks for nodes here, each with a page.
    const driver = `module.exports = require(${JSON.stringify(path.join(__dirname, 'driver.js'))});`;
    writeFileSync(path.join(this.userDir, 'nodes', 'chaos.js'), driver);
    const page = ['chaos-driver', 'chaos-witness']
      .map(type => `<script type="text/javascript">RED.nodes.registerType('${type}', {});</script>`)
      .join('\n');
    writeFileSync(path.join(this.userDir, 'nodes', 'chaos.html'), page);
    writeFileSync(path.join(this.userDir, 'flows.json'), JSON.stringify(this.flow(surroundings)));
    const credentials = {
      camera: { user: 'admin', password: SECRETS['the password of the camera'] },
      hass: { token: SECRETS['the token of Home Assistant'] },
      [BABY]: { token: SECRETS['the key of Baby Buddy'] },
      broker: { user: 'nursery', password: SECRETS['the password of the broker'] },
    };
    writeFileSync(path.join(this.userDir, 'flows_cred.json'), JSON.stringify(credentials));
  }

  get babyFolder(): string {
    return path.join(this.userDir, 'deepinfant', `baby-${BABY}`);
  }

  /** @param ms by how much the clock of Node-RED is ahead */
  setClock(ms: number): void {
    writeFileSync(this.clockFile, String(ms));
  }

  /** Leaves no room on the disk, also while others write. */
  fillDisk(): void {
    for (let i = 0; ; i++) {
      const { bavail, bsize } = statfsSync(this.disk);
      try {
        execFileSync('fallocate', ['-l', String(bavail * bsize), this.filler], { stdio: 'ignore' });
        return;
      } catch (error) {
        if (i === 2000) throw error;
      }
    }
  }

  emptyDisk(): void {
    rmSync(this.filler, { force: true });
  }

  /** Lets nothing be written; waits for a moment at which nothing is. */
  async protectDisk(): Promise<void> {
    for (let i = 0; ; i++) {
      try {
        execFileSync('mount', ['-o', 'remount,ro', this.disk], { stdio: 'ignore' });
        return;
      } catch (error) {
        if (i === 2000) throw error;
        await sleep(7);
      }
    }
  }

  unprotectDisk(): void {
    execFileSync('mount', ['-o', 'remount,rw', this.disk]);
  }

  remove(): void {
    if (this.noDisk === undefined) execFileSync('umount', ['--lazy', this.disk]);
    rmSync(this.root, { recursive: true, force: true });
  }

  private get filler(): string {
    return path.join(this.disk, 'filler');
  }

  private flow({ hassUrl, cameraUrl, brokerPort }: Surroundings): object[] {
    const witness = this.witness.file;
    const behind = ['notify', 'light', 'entities', 'witness'];
    const place = { z: 'tab', x: 0, y: 0 };
    const broker = { id: 'broker', type: 'mqtt-broker', broker: '127.0.0.1', port: brokerPort };
    return [
      { id: 'tab', type: 'tab', label: 'chaos' },
      {
        id: BABY,
        type: 'deepinfant-baby',
        name: 'Mia',
        birthDate: '2026-06-01',
        babyBuddy: 'http://127.0.0.1:9',
      },
      { id: 'hass', type: 'deepinfant-hass', url: hassUrl },
      ...(brokerPort === undefined ? [] : [broker]),
      { ...place, id: 'driver', type: 'chaos-driver', witness, wires: [['reason'], ['journal'], ['reason']] },
      { ...place, id: 'witness', type: 'chaos-witness', witness },
      { ...place, id: 'status', type: 'status', scope: ['journal'], wires: [['witness']] },
      {
        ...place,
        id: 'camera',
        type: 'deepinfant-audio',
        name: 'cot',
        kind: 'camera',
        url: cameraUrl,
        wires: [
          ['detector', 'journal'],
          ['journal', 'entities', 'notify'],
        ],
      },
      { ...place, id: 'detector', type: 'deepinfant-detector', wires: [['reason'], []] },
      {
        ...place,
        id: 'reason',
        type: 'deepinfant-reason',
        baby: BABY,
        wires: [['journal'], ['witness', 'notify', 'entities']],
      },
      { ...place, id: 'journal', type: 'deepinfant-journal', baby: BABY, wires: [behind, []] },
      {
        ...place,
        id: 'notify',
        type: 'deepinfant-notify',
        hass: 'hass',
        baby: BABY,
        phones: 'notify.mobile_app_anna',
        wires: [['reason']],
      },
      { ...place, id: 'light', type: 'deepinfant-light', hass: 'hass', lights: 'light.cot' },
      {
        ...place,
        id: 'entities',
        type: 'deepinfant-entities',
        name: 'Mia',
        broker: 'broker',
        wires: [['reason'], [], []],
      },
    ];
  }
}

/** @returns why it cannot be done; undefined where it is done */
function mount(folder: string): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may mount a small disk';
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'chaos', folder], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no small disk can be mounted: ${messageOf(error).trim()}`;
  }
}
