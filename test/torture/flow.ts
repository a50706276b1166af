import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A baby's room: its device in Home Assistant has the same name. */
export interface Room {
  baby: string;
  /** Addresses of its cameras by their names. */
  cameras: ReadonlyMap<string, string>;
}

export interface Surroundings {
  rooms: readonly Room[];
  /** A camera that nobody may hear: its listening is switched off at the beginning. */
  spareUrl: string;
  hassUrl: string;
  brokerPort: number;
  token: string;
  /** Actions that notify. */
  phones: readonly string[];
  /** The lamp that the light nodes show cries on. */
  lamp: string;
  witnessFile: string;
}

/** Where Node-RED keeps what it knows of a baby. */
export function folderOf(userDir: string, baby: string): string {
  return path.join(userDir, 'deepinfant', `baby-${idOf(baby)}`);
}

/** Writes a flow for each room, all with one connection, one broker and the same phones, into Node-RED's user folder. */
export function writeFlow(userDir: string, surroundings: Surroundings): void {
  mkdirSync(path.join(userDir, 'nodes'));
  const witness = path.join(__dirname, 'witness.js');
  writeFileSync(
    path.join(userDir, 'nodes', 'torture.js'),
    `module.exports = require(${JSON.stringify(witness)}).registerWitness;`,
  );
  writeFileSync(
    path.join(userDir, 'nodes', 'torture.html'),
    `<script type="text/javascript">RED.nodes.registerType('torture-witness', {});</script>`,
  );
  const { hassUrl, brokerPort, token } = surroundings;
  const flow = [
    { id: 'tab', type: 'tab', label: 'torture' },
    { id: 'hass', type: 'deepinfant-hass', url: hassUrl },
    { id: 'broker', type: 'mqtt-broker', broker: '127.0.0.1', port: brokerPort },
    ...surroundings.rooms.flatMap(room => nodesOf(room, surroundings)),
    ...spareNodes(surroundings),
  ];
  writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flow));
  writeFileSync(path.join(userDir, 'flows_cred.json'), JSON.stringify({ hass: { token } }));
}

const PLACE = { z: 'tab', x: 0, y: 0 };

function idOf(baby: string): string {
  return baby.toLowerCase();
}

function nodesOf({ baby, cameras }: Room, { phones, lamp, witnessFile }: Surroundings): object[] {
  const id = idOf(baby);
  const of = (what: string): string => `${id}-${what}`;
  const shown = [of('notify'), of('light'), of('entities')];
  const audio = [...cameras].map(([name, url], i) => ({
    ...PLACE,
    id: of(`audio${i}`),
    type: 'deepinfant-audio',
    name,
    kind: 'camera',
    url,
    wires: [
      [of('detector'), of('journal')],
      [of('journal'), of('entities'), of('notify')],
    ],
  }));
  return [
    { id, type: 'deepinfant-baby', name: baby, birthDate: '' },
    ...audio,
    { ...PLACE, id: of('detector'), type: 'deepinfant-detector', wires: [[of('reason')], []] },
    {
      ...PLACE,
      id: of('reason'),
      type: 'deepinfant-reason',
      baby: id,
      wires: [
        [of('witness'), of('journal'), ...shown],
        [of('witness'), of('notify'), of('entities')],
      ],
    },
    { ...PLACE, id: of('witness'), type: 'torture-witness', baby, file: witnessFile },
    { ...PLACE, id: of('journal'), type: 'deepinfant-journal', baby: id, wires: [[], []] },
    {
      ...PLACE,
      id: of('notify'),
      type: 'deepinfant-notify',
      hass: 'hass',
      baby: id,
      phones: phones.join(','),
      wires: [[of('reason')]],
    },
    { ...PLACE, id: of('light'), type: 'deepinfant-light', hass: 'hass', lights: lamp },
    {
      ...PLACE,
      id: of('entities'),
      type: 'deepinfant-entities',
      name: baby,
      broker: 'broker',
      wires: [[of('reason')], [of('detector')], audio.map(node => node.id)],
    },
  ];
}

function spareNodes({ spareUrl }: Surroundings): object[] {
  return [
    {
      ...PLACE,
      id: 'spare-audio',
      type: 'deepinfant-audio',
      name: 'spare',
      kind: 'camera',
      url: spareUrl,
      wires: [[], ['spare-entities']],
    },
    {
      ...PLACE,
      id: 'spare-entities',
      type: 'deepinfant-entities',
      name: 'Spare',
      broker: 'broker',
      wires: [[], [], ['spare-audio']],
    },
  ];
}
