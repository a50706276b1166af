/**
 * A node for Node-RED, `torture-witness`, that writes down what comes out of a reason node, outside of Node-RED's folder; and
 * what reads it while it is written.
 */
import { appendFileSync, closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { guard } from '../../src/guard.js';
import type { CryEvent } from '../../src/values.js';

/** A cry event, or what became of an answer. */
export type WitnessedLine = { at: number; baby: string } & (
  Pick<CryEvent, 'id' | 'source' | 'state'> | { outcome: string; cry: string; reason?: string }
);

interface WitnessDef extends NodeDef {
  file: string;
  baby: string;
}

const READ_EVERY_MS = 100;

/** Reads the lines that the nodes write, whichever run of Node-RED they are in. */
export class Witness {
  readonly lines: WitnessedLine[] = [];
  private reading: NodeJS.Timeout | undefined;
  private readonly descriptor: number;
  private position = 0;
  private rest = '';

  constructor(readonly file: string) {
    writeFileSync(file, '');
    this.descriptor = openSync(file, 'r');
  }

  start(): void {
    this.reading = setInterval(
      guard(() => {
        this.read();
      }),
      READ_EVERY_MS,
    );
  }

  stop(): void {
    clearInterval(this.reading);
    this.read();
    closeSync(this.descriptor);
  }

  private read(): void {
    const bytes = Buffer.alloc(fstatSync(this.descriptor).size - this.position);
    this.position += readSync(this.descriptor, bytes, 0, bytes.length, this.position);
    const lines = (this.rest + bytes.toString()).split('\n');
    this.rest = lines.pop()!;
    this.lines.push(...lines.map(line => JSON.parse(line) as WitnessedLine));
  }
}

export function registerWitness(RED: NodeAPI): void {
  RED.nodes.registerType('torture-witness', function (this: Node, { file, baby, ...config }: WitnessDef) {
    RED.nodes.createNode(this, config);
    this.on('input', ({ payload }, _send, done) => {
      const { id, source, state, outcome, cry, answer } = payload as Record<string, unknown>;
      const seen = state === undefined ? { outcome, cry, reason: answer } : { id, source, state };
      appendFileSync(file, `${JSON.stringify({ at: Date.now(), baby, ...seen })}\n`);
      done();
    });
  });
}
