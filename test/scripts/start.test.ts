import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import WebSocket from 'ws';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { outcomeOf } from '../cli/run.js';
import { until } from '../until.js';

const DEMO = path.join(PACKAGE_ROOT, 'examples', '1 - Nursery demo.json');

interface EditorEvent {
  topic: string;
  data: { id?: string; name?: string; msg?: string; text?: string };
}

/** Takes a port that is free now. */
async function freePort(): Promise<{ port: string; server: Server }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { port: String(typeof address === 'object' && address ? address.port : 0), server };
}

describe('npm start', () => {
  let userDir: string;
  let nodeRed: ChildProcess;
  let output: string;
  const start = (port: string, ...nodeArgs: string[]): void => {
    nodeRed = spawn(process.execPath, [
      ...nodeArgs,
      path.join(PACKAGE_ROOT, 'dist', 'scripts', 'start.js'),
      ...['--port', port, '--userDir', userDir],
    ]);
    output = '';
    for (const stream of [nodeRed.stdout, nodeRed.stderr]) {
      stream?.on('data', (data: Buffer) => (output += data.toString()));
    }
  };
  const started = async (): Promise<void> => {
    const hasEnded = (): boolean => nodeRed.exitCode !== null || nodeRed.signalCode !== null;
    await until(
      () => output.includes('Open') || hasEnded(),
      () => `Node-RED: ${output}`,
      60_000,
    );
    assert(output.includes('Open'), output);
  };

  beforeEach(async () => {
    userDir = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
  });
  afterEach(async () => {
    if (nodeRed.exitCode === null) {
      nodeRed.kill('SIGINT');
      await once(nodeRed, 'exit');
    }
    await rm(userDir, { recursive: true });
  });

  it('hears the demo: no cry, a cry that starts and ends, and why', async function () {
    this.timeout(120_000);
    // The demo flow, but started by hand. It plays in real time: a node shows two statuses a second, and no cry in between.
    // Time runs faster in that process.
    const demo = (await readFile(DEMO, 'utf8')).replace('"autoStart": true', '"autoStart": false');
    await mkdir(userDir, { recursive: true });
    await writeFile(path.join(userDir, 'flows.json'), demo);
    const { port, server } = await freePort();
    server.close();
    start(port, '--require', path.join(__dirname, 'fast-clock.js'));
    await started();

    const editor = new WebSocket(`ws://127.0.0.1:${port}/comms`);
    await once(editor, 'open');
    for (const topic of ['status/#', 'debug']) editor.send(JSON.stringify({ subscribe: topic }));
    const sentences: string[] = [];
    const statuses: string[] = [];
    editor.on('message', data => {
      for (const { topic, data: event } of JSON.parse((data as Buffer).toString()) as EditorEvent[]) {
        if (topic.startsWith('status/')) statuses.push(event.text ?? '');
        if (event.name === 'in words') sentences.push(event.msg ?? '');
      }
    });
    const nodes = JSON.parse(demo) as { id: string; name?: string }[];
    const button = nodes.find(({ name }) => name === 'play')!.id;
    // Node-RED says that it runs before its flows do.
    const inject = `http://127.0.0.1:${port}/inject/${button}`;
    await until(async () => (await fetch(inject, { method: 'POST' })).ok, 'the flows', 60_000);
    await until(
      () => sentences.some(sentence => sentence.includes('cried for')),
      () => `the end of the cry, after ${sentences.join('\n')}\n${statuses.join('\n')}`,
      90_000,
    );
    editor.close();

    assert.match(sentences[0], /^Demo baby has been crying for \d+ s: /);
    assert.equal(sentences.filter(sentence => sentence.includes('cried for')).length, 1);
    const heard = statuses.join('\n');
    assert.match(heard, /^playing \d:\d\d$/m);
    assert.match(heard, /^no cry · \d+%$/m);
    assert.match(heard, /^crying for \d:\d\d$/m);
  });

  it('brings the demo flow and the examples the first time, and says what to open', async () => {
    const { port, server } = await freePort();
    server.close();
    start(port);
    await started();
    assert.match(output, new RegExp(`http://127.0.0.1:${port}`));
    const flow = await readFile(path.join(userDir, 'flows.json'), 'utf8');
    const [, birthDate] = /"birthDate": "(.*)"/.exec(flow)!;
    const ageDays = (Date.now() - Date.parse(birthDate)) / 86_400_000;
    assert.ok(ageDays > 90 && ageDays < 93, birthDate);
    assert.equal(flow.replace(birthDate, ''), await readFile(DEMO, 'utf8'));
    const examples = await (
      await fetch(`http://127.0.0.1:${port}/library/examples/flows/@deepinfant/node-red`)
    ).text();
    assert.match(examples, /Nursery demo/);
    const exited = once(nodeRed, 'exit');
    nodeRed.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
  });

  it("keeps a user's flows", async () => {
    const own = JSON.stringify([{ id: 'mine', type: 'tab', label: 'Mine' }]);
    await writeFile(path.join(userDir, 'flows.json'), own);
    const { port, server } = await freePort();
    server.close();
    start(port);
    await started();
    assert.equal(await readFile(path.join(userDir, 'flows.json'), 'utf8'), own);
  });

  it('says so when its port is taken', async () => {
    const { port, server } = await freePort();
    start(port);
    const [code] = (await once(nodeRed, 'close')) as [number];
    server.close();
    assert.equal(code, 1);
    assert.match(output, new RegExp(`EADDRINUSE.*${port}.*npm start -- --port`));
    assert.equal(output.trim().split('\n').length, 1);
  });
});

describe('npm start -- --help', () => {
  it('explains its options', async () => {
    const child = spawn(process.execPath, [path.join(PACKAGE_ROOT, 'dist', 'scripts', 'start.js'), '--help']);
    const { status, stdout } = await outcomeOf(child);
    assert.equal(status, 0);
    assert.match(stdout, /^Usage: npm start .*\n(.*\n)* {2}--port PORT/);
  });
});
