/**
 * What one microphone costs Node-RED: a real one with the nodes audio, detector and reason, over one without a flow, both
 * at the same time. Argument: seconds. Run by bench.ts, or by itself.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VirtualMicrophone } from '../microphone/virtual-microphone.js';
import { NodeRedProcess } from '../nodes/node-red-process.js';
import { children, memoryMb } from './capture-processes.js';

export interface NodeRedBench {
  /** CPU milliseconds of Node-RED's process per second, without and with the flow. */
  idleMs: number;
  hearingMs: number;
  /** Memory in MB (PSS). */
  idleMb: number;
  hearingMb: number;
}

const FLOW = [
  { id: 'tab', type: 'tab', label: 'bench' },
  {
    id: 'audio',
    z: 'tab',
    type: 'deepinfant-audio',
    kind: 'microphone',
    microphone: 'cot',
    wires: [['detector'], []],
  },
  { id: 'detector', z: 'tab', type: 'deepinfant-detector', wires: [['reason'], []] },
  { id: 'reason', z: 'tab', type: 'deepinfant-reason', wires: [[]] },
];
/** Until Node-RED has loaded and compiled what it runs, and V8 has tidied up after that, half a minute later. */
const SETTLE_MS = 45_000;

/** A Node-RED with such a flow. */
async function startNodeRed(flow: object[]): Promise<{ nodeRed: NodeRedProcess; userDir: string }> {
  const userDir = mkdtempSync(path.join(tmpdir(), 'bench-node-red-'));
  writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flow));
  const nodeRed = new NodeRedProcess(userDir);
  await nodeRed.start();
  return { nodeRed, userDir };
}

async function main(): Promise<void> {
  const seconds = Number(process.argv[2]);
  const microphone = await VirtualMicrophone.start();
  const started = [await startNodeRed([]), await startNodeRed(FLOW)];
  try {
    await sleep(SETTLE_MS);
    const cpuMs = (): number[] =>
      started.map(({ nodeRed }) => children().find(({ pid }) => pid === nodeRed.pid)!.cpuMs);
    const before = cpuMs();
    await sleep(seconds * 1000);
    const [idleMs, hearingMs] = cpuMs().map((ms, i) => (ms - before[i]) / seconds);
    const [idleMb, hearingMb] = started.map(({ nodeRed }) => memoryMb(nodeRed.pid));
    const bench: NodeRedBench = { idleMs, hearingMs, idleMb, hearingMb };
    if (process.send) process.send(bench);
    else console.log(bench);
  } finally {
    for (const { nodeRed, userDir } of started) {
      await nodeRed.stop();
      rmSync(userDir, { recursive: true, force: true });
    }
    await microphone.stop();
  }
}

void main();
