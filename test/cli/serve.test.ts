import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../free-port.js';
import { until } from '../until.js';
import { deepinfant, outcomeOf, start } from './run.js';

describe('deepinfant serve', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-serve-'))));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('checks a configuration', async () => {
    const file = path.join(folder, 'checked.yaml');
    writeFileSync(file, 'preset: carefull\nsorces: []\n');
    assert.deepEqual(await deepinfant('serve', '--check', file), {
      status: 1,
      stdout: '',
      stderr: `deepinfant: ${file}:1:1: preset is 'carefull'; expected one of careful, balanced, sensitive.\n${file}:2:1: There is no setting sorces. Did you mean 'sources'?\n`,
    });
    writeFileSync(file, 'preset: careful\n');
    assert.deepEqual(await deepinfant('serve', '--check', file), {
      status: 0,
      stdout: `${file} is valid.\n`,
      stderr: '',
    });
    const missing = await deepinfant('serve', path.join(folder, 'none.yaml'));
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /^deepinfant: Cannot read .*none\.yaml: no such file or directory\.\n$/);
  });

  it('listens, takes up what is changed, keeps what it has where that is wrong, and ends at SIGTERM', async () => {
    const file = path.join(folder, 'deepinfant.yaml');
    const write = (sources: string): void => {
      writeFileSync(file, `folder: data\nsources: ${sources}\n`);
    };
    write('[{ type: demo, name: Cot }]');
    const child = start(['serve', file]);
    const outcome = outcomeOf(child);
    let output = '';
    child.stdout.on('data', (text: string) => (output += text));
    const printed = (pattern: RegExp): Promise<void> =>
      until(
        () => pattern.test(output),
        () => `${String(pattern)} in\n${output}`,
        30_000,
      );
    await printed(/Cot: running/);
    write('[{ type: demo, nmae: Cot }]');
    await printed(/The former configuration goes on.*\n.*:2:11: sources\.name is missing/);
    write('[{ type: demo, name: Cot }, { type: demo, name: Den }]');
    await printed(/Den: running/);
    child.kill('SIGTERM');
    const { status, stderr } = await outcome;
    assert.deepEqual([status, stderr], [0, '']);
    assert.deepEqual(output.match(/Cot: \w+/g), ['Cot: starting', 'Cot: running', 'Cot: stopped']);
  });

  it('loads what its configuration asks for only', async () => {
    const file = path.join(folder, 'small.yaml');
    const port = await freePort();
    writeFileSync(file, `folder: small\nsources: [{ type: demo, name: Cot }]\npage: { port: ${port} }\n`);
    const child = start(['serve', file], ['--require', path.join(__dirname, 'loaded-log.js')]);
    const outcome = outcomeOf(child);
    let output = '';
    child.stdout.on('data', (text: string) => (output += text));
    await until(() => output.includes('Cot: running'), 'the source', 30_000);
    child.kill('SIGTERM');
    const { stderr } = await outcome;
    assert.match(stderr, /^loaded .*serve\/service\.js/);
    // Home Assistant and its websocket, MQTT, pictures, and the laboratory.
    assert.deepEqual(
      stderr.match(
        /\/(src\/(lab|hass\/(connection|notify|lights))|serve\/room-device|serve\/config\/app-|node_modules\/(ws|mqtt|onvif))\b/g,
      ),
      null,
    );
  });

  it('goes on when no file is left for another connection', async () => {
    const file = path.join(folder, 'full.yaml');
    const port = await freePort();
    writeFileSync(file, `folder: full\nsources: [{ type: demo, name: Cot }]\npage: { port: ${port} }\n`);
    const child = start(['serve', file]);
    const outcome = outcomeOf(child);
    const isReady = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: 'close' } }).then(
        ({ ok }) => ok,
        () => false,
      );
    const sockets: Socket[] = [];
    try {
      await until(isReady, 'the service', 30_000);
      const used = new Set(readdirSync(`/proc/${child.pid}/fd`).map(Number));
      let free = 0;
      while (used.has(free)) free++;
      // Only so many more, wherever others lie.
      execFileSync('prlimit', ['--pid', String(child.pid), `--nofile=${free + 3}:`]);
      let refused = 0;
      for (let i = 0; i < 100; i++) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.on('close', () => refused++);
        sockets.push(socket);
      }
      await until(() => refused > 0, 'a connection that is refused', 30_000);
      for (const socket of sockets) socket.destroy();
      await until(isReady, 'the service again', 30_000);
      assert.equal(child.exitCode, null);
    } finally {
      for (const socket of sockets) socket.destroy();
      child.kill('SIGTERM');
      await outcome;
    }
  });
});
