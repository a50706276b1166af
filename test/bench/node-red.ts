/**
 * What one microphone costs Node-RED: a real one with the nodes audio, detector and reason, over the same one without a
 * flow. Argument: seconds of each. Run by bench.ts, or by itself.
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
/** Until Node-RED has loaded and compiled what it runs. */
const SETTLE_MS = 20_000;

/** CPU and memory of a Node-RED with such a flow. */
async function measure(flow: object[], seconds: number): Promise<{ cpuMs: number; memory: number }> {
  const userDir = mkdtempSync(path.join(tmpdir(), 'bench-node-red-'));
  writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flow));
  const before = new Set(children().map(({ pid }) => pid));
  const nodeRed = new NodeRedProcess(userDir);
  try {
    await nodeRed.start({ hasFlows: flow.length > 0 });
    const own = () => children().find(child => !before.has(child.pid) && child.program === 'node-red')!;
    await sleep(SETTLE_MS);
    const startMs = own().cpuMs;
    await sleep(seconds * 1000);
    const { cpuMs, pid } = own();
    return { cpuMs: (cpuMs - startMs) / seconds, memory: memoryMb(pid) };
  } finally {
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const seconds = Number(process.argv[2]);
  const microphone = await VirtualMicrophone.start();
  try {
    const idle = await measure([], seconds);
    const hearing = await measure(FLOW, seconds);
    const bench: NodeRedBench = {
      idleMs: idle.cpuMs,
      hearingMs: hearing.cpuMs,
      idleMb: idle.memory,
      hearingMb: hearing.memory,
    };
    if (process.send) process.send(bench);
    else console.log(bench);
  } finally {
    await microphone.stop();
  }
}

void main();
