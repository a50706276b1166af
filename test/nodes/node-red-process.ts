import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { until } from '../until.js';

/** A Node-RED, and the Node that it runs on. */
export interface Program {
  node: string;
  nodeRed: string;
}

const PROGRAM: Program = {
  node: process.execPath,
  nodeRed: path.join(PACKAGE_ROOT, 'node_modules', 'node-red', 'red.js'),
};

/** Node-RED as a process of its own, with this package's nodes. */
export class NodeRedProcess {
  /** All that it wrote so far. */
  output = '';
  url = '';
  private readonly process: ChildProcess;

  /** @param userDir where its settings are written to, and it keeps what is to stay */
  constructor(
    userDir: string,
    settings: object = {},
    env: NodeJS.ProcessEnv = {},
    program: Program = PROGRAM,
  ) {
    const file = path.join(userDir, 'settings.js');
    const all = {
      uiHost: '127.0.0.1',
      uiPort: 0,
      flowFile: 'flows.json',
      nodesDir: PACKAGE_ROOT,
      telemetry: { enabled: false, updateNotification: false },
      ...settings,
    };
    writeFileSync(file, `module.exports = ${JSON.stringify(all)};`);
    const args = [program.nodeRed, '--userDir', userDir, '--settings', file];
    this.process = spawn(program.node, args, { env: { ...process.env, ...env } });
    for (const stream of [this.process.stdout!, this.process.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
  }

  get pid(): number {
    return this.process.pid!;
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /**
   * Comes back when it answers and its flows run, even if there are none: it answers before it has read its files, and
   * what it is told in between loses its credentials.
   */
  async start(): Promise<void> {
    this.url = (await this.until(/now running at (http\S+)/))[1];
    await this.until(/Started flows/);
  }

  /**
   * Comes back when it has written such a text.
   * @param from where to look, in characters of its output
   * @throws Error with its output if it ends before, or writes no such text in 60 s
   */
  async until(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    let found: RegExpExecArray | null = null;
    const isWritten = (): boolean => {
      found = pattern.exec(this.output.slice(from));
      if (!found && this.hasEnded) throw new Error(`Node-RED ended: ${this.output}`);
      return found !== null;
    };
    await until(isWritten, () => `${pattern} in what Node-RED wrote: ${this.output.slice(from)}`, 60_000);
    return found!;
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.process, 'close');
    this.process.kill(signal);
    await ended;
  }
}
