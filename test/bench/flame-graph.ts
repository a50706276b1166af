/**
 * Draws where the time of one stream goes, from chunks to events, as a flame graph: `node dist/test/bench/flame-graph.js
 * [FILE]`, by default docs/flame-graph.svg. A box is a function, as wide as its share of the CPU time, on the one that
 * called it (Gregg 2016, The flame graph, ACM Queue 14(2)).
 */
import { writeFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector/promises';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { element, rect, svg, text, withTitle } from '../../src/pictures/svg.js';
import { benchWay } from './way.js';

/** Seconds of audio: three or four of CPU time. */
const LENGTH_S = 3600;
const SAMPLING_US = 100;

const WIDTH = 1000;
const ROW = 18;
/** Pixels per character of the labels, and boxes that are too narrow to be seen. */
const CHARACTER = 6.2;
const LEAST_WIDTH = 0.7;

/** A function as called by the ones below it. */
interface Frame {
  name: string;
  /** Whether it is one of native/, in C. */
  isKernel: boolean;
  samples: number;
  callees: Map<string, Frame>;
}

async function main(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_US });
  await session.post('Profiler.start');
  await benchWay(1, LENGTH_S);
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const file = process.argv[2] ?? path.join(PACKAGE_ROOT, 'docs/flame-graph.svg');
  writeFileSync(file, flameGraph(stacksOf(profile)));
  console.log(`drew ${file}`);
}

/** The calls, without those that make the scene, and without waiting. */
function stacksOf({ nodes }: Profiler.Profile): Frame {
  const byId = new Map(nodes.map(node => [node.id, node]));
  const gather = (id: number, into: Map<string, Frame>): number => {
    const { callFrame, hitCount = 0, children = [] } = byId.get(id)!;
    const { functionName, url } = callFrame;
    if (LEFT_OUT.has(functionName)) return 0;
    const gatherChildren = (callees: Map<string, Frame>): number =>
      children.reduce((sum, child) => sum + gather(child, callees), 0);
    if (INTO_WASM.test(functionName)) return hitCount + gatherChildren(into);
    const isKernel = url.startsWith('wasm:');
    const name = isKernel ? `C: ${functionName}` : functionName || `(anonymous) ${path.basename(url)}`;
    const frame = into.get(name) ?? { name, isKernel, samples: 0, callees: new Map<string, Frame>() };
    const samples = hitCount + gatherChildren(frame.callees);
    frame.samples += samples;
    if (samples > 0) into.set(name, frame);
    return samples;
  };
  const roots = new Map<string, Frame>();
  gather(nodes[0].id, roots);
  return roots.get('(root)')!;
}

const LEFT_OUT = new Set(['(idle)', '(program)', 'nurseryScene', 'loadClassifier']);
/** V8's ways from JavaScript into WebAssembly. */
const INTO_WASM = /^(GenericJSToWasmWrapper|js-to-wasm)/;

function flameGraph(root: Frame): string {
  const scale = WIDTH / root.samples;
  const boxes: { x: number; depth: number; frame: Frame }[] = [];
  const place = (frame: Frame, x: number, depth: number): void => {
    if (frame.samples * scale < LEAST_WIDTH) return;
    boxes.push({ x, depth, frame });
    let left = x;
    for (const callee of [...frame.callees.values()].sort((a, b) => b.samples - a.samples)) {
      place(callee, left, depth + 1);
      left += callee.samples * scale;
    }
  };
  place(root, 0, 0);
  const height = ROW * (1 + Math.max(...boxes.map(({ depth }) => depth)));
  const drawn = boxes.map(({ x, depth, frame }) => {
    const width = frame.samples * scale;
    const share = (100 * frame.samples) / root.samples;
    const y = height - ROW * (depth + 1);
    const label = frame.name.slice(0, Math.max(0, Math.floor((width - 6) / CHARACTER)));
    return withTitle(
      `${frame.name}: ${share.toFixed(1)}%`,
      rect(x, y, width, ROW - 1, { fill: frame.isKernel ? '#f2a65a' : '#f7d488', rx: 1 }),
      label.length > 2 ? text(x + 3, y + 13, label) : '',
    );
  });
  const style = element('style', {}, 'text{font:11px ui-monospace,monospace;fill:#222}');
  return svg(
    WIDTH,
    height,
    { width: WIDTH, role: 'img' },
    style,
    rect(0, 0, WIDTH, height, { fill: '#fff' }),
    ...drawn,
  );
}

void main();
