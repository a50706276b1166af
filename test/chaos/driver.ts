/**
 * Nodes for Node-RED that keep all others busy, and write down what they were promised.
 *
 * `chaos-driver` sends cries one after another as fast as the journal takes them, with their sound on its second output,
 * and what somebody tells of the baby on its third. It begins once the journal has a status. `chaos-witness` gets what
 * comes out of the journal and the reason node: a cry that has ended is on disk by then, unless the journal's status is
 * red. Both write lines to one file; see witness.ts.
 */
import { appendFileSync } from 'node:fs';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { setTimeout as sleep } from 'node:timers/promises';
import { SAMPLE_RATE, type AudioChunk, type CryEvent, type CryState } from '../../src/values.js';
import { cryAt } from '../reason/cries.js';
import type { WitnessLine } from './witness.js';

interface ChaosDef extends NodeDef {
  witness: string;
}

/** Of these sources only the first has sound, and so clips. */
const SOURCES = ['loud', 'quiet'] as const;
const CRY_S = 2;
/** One cry of so many is answered, and followed by a feed. */
const TELL_EVERY = 4;
/** The journal gives a cry back within this time, also on a busy machine. */
const PATIENCE_MS = 30_000;

/** Tells the cries of this process from those of others. */
const RUN = `${process.pid.toString(36)}${process.hrtime.bigint().toString(36)}`;

/** Cries that the journal has not given back yet. */
const waiting = new Map<string, () => void>();
/** Whether the journal's status is red: then it does not promise anything. */
let isRed: boolean | undefined;

function note(file: string, line: WitnessLine): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

class Driver {
  private isStopped = false;
  private samples = 0;

  constructor(
    private readonly node: Node,
    private readonly witness: string,
  ) {}

  async run(): Promise<void> {
    while (isRed === undefined && !this.isStopped) await sleep(20);
    await Promise.all(SOURCES.map(source => this.cryOften(source)));
  }

  stop(): void {
    this.isStopped = true;
  }

  private async cryOften(source: string): Promise<void> {
    for (let n = 0; !this.isStopped; n++) {
      const onset = Date.now();
      const id = `${source} ${RUN} ${n}@${onset}`;
      note(this.witness, { what: 'begun', id });
      const isOver = new Promise<void>(resolve => waiting.set(id, resolve));
      this.send(source, id, onset, 'started');
      await sleep(5);
      this.send(source, id, onset, 'ongoing');
      await sleep(5);
      this.send(source, id, onset, 'ended');
      await Promise.race([isOver, sleep(PATIENCE_MS, undefined, { ref: false })]);
      waiting.delete(id);
      if (n % TELL_EVERY === 0) {
        const at = Date.now();
        this.node.send([null, null, { payload: { answer: 'hungry', cry: id, at } }]);
        this.node.send([null, null, { payload: { kind: 'feed', at, id: `feed ${id}` } }]);
      }
    }
  }

  private send(source: string, id: string, onset: number, state: CryState): void {
    if (source === SOURCES[0]) this.sendSound(source, onset);
    const onsetS = Math.max(0, this.samples / SAMPLE_RATE - CRY_S);
    const event: CryEvent = {
      ...cryAt(onset),
      id,
      source,
      state,
      onsetS,
      durationS: CRY_S,
      ...(state === 'ended' && { offset: onset + 1000 * CRY_S, offsetS: onsetS + CRY_S }),
    };
    this.node.send([{ topic: source, payload: event }, null, null]);
  }

  private sendSound(source: string, at: number): void {
    const samples = Float32Array.from({ length: SAMPLE_RATE / 2 }, (_, i) => 0.3 * Math.sin(i / 3));
    const chunk: AudioChunk = { samples, firstSample: this.samples, at, source, lost: 0 };
    this.samples += samples.length;
    this.node.send([null, { topic: source, payload: chunk }, null]);
  }
}

interface Outcome {
  outcome?: string;
  cry?: string;
  fact?: { id?: string };
}

function witnessMessage(
  file: string,
  { payload, status }: NodeMessage & { status?: { fill?: string } },
): void {
  if (status !== undefined) {
    isRed = status.fill === 'red';
    return;
  }
  const { id, state, clip, picture, outcome, cry, fact } = payload as Partial<CryEvent> & Outcome;
  if (state === 'ended' && id !== undefined) {
    note(file, { what: isRed === false ? 'kept' : 'not promised', id, clip, picture });
    waiting.get(id)?.();
  } else if (outcome === 'counted' && cry !== undefined) note(file, { what: 'answer', id: cry });
  else if (outcome === 'noted' && fact?.id !== undefined) note(file, { what: 'fact', id: fact.id });
}

module.exports = (RED: NodeAPI): void => {
  RED.nodes.registerType('chaos-driver', function (this: Node, config: ChaosDef) {
    RED.nodes.createNode(this, config);
    const driver = new Driver(this, config.witness);
    void driver.run();
    this.on('close', () => {
      driver.stop();
    });
  });
  RED.nodes.registerType('chaos-witness', function (this: Node, config: ChaosDef) {
    RED.nodes.createNode(this, config);
    this.on('input', (msg, _send, done) => {
      witnessMessage(config.witness, msg);
      done();
    });
  });
};
