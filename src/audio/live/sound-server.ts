/**
 * PulseAudio, and PipeWire in its place, move a stream to another microphone when its own goes. Here a recorder's stream is
 * watched for that.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DeepInfantError } from '../../errors.js';
import { runLister, spawnOptions } from './microphone-recorder.js';

/**
 * The stream is looked at when the server reports a change, and this often in any case. A look starts two programs, which
 * costs more than a second of detection.
 */
const LOOK_EVERY_MS = 60_000;
/** And this often where the server's reports can't be had. */
const LOOK_ALONE_EVERY_MS = 5000;

const MARK = 'deepinfant.stream';

/** Where the sound of a stream comes from. */
export interface StreamOrigin {
  /** Names of the source that it records and, where that is a filter, of the one behind it, and so on. */
  sources: readonly string[];
  /** What people call the first. */
  description: string;
}

/** A recorder's stream, which the server knows by a mark. */
export class ServerStream {
  private readonly mark = randomUUID();

  /** @param isFixed whether it is to stay where it is, also when another source becomes the default */
  constructor(private readonly isFixed: boolean) {}

  /** For the recorder's process: the mark, and to PipeWire the wish never to be moved. */
  get environment(): NodeJS.ProcessEnv {
    const { PULSE_PROP = '', PIPEWIRE_PROPS = '' } = process.env;
    const wishes = this.isFixed ? ['node.dont-reconnect', 'node.dont-move'] : [];
    return {
      PULSE_PROP: [PULSE_PROP, `${MARK}=${this.mark}`, ...wishes.map(wish => `${wish}=true`)]
        .join(' ')
        .trim(),
      // Another's are kept: there can be one object only.
      PIPEWIRE_PROPS:
        PIPEWIRE_PROPS ||
        `{ ${[`${MARK} = "${this.mark}"`, ...wishes.map(wish => `${wish} = true`)].join(' ')} }`,
    };
  }

  /** Undefined where it is not the server's stream, the server is none, or it is just being moved. */
  async origin(signal: AbortSignal): Promise<StreamOrigin | undefined> {
    try {
      const list = async (what: string): Promise<string> =>
        (await runLister('pactl', ['list', what], signal)).stdout;
      return originOf(this.mark, await list('source-outputs'), await list('sources'));
    } catch (error) {
      if (error instanceof DeepInfantError || signal.aborted) return undefined;
      throw error;
    }
  }

  /** Resolves when the stream comes from elsewhere than before, or the signal ends this: then it gives nothing. */
  async moved(from: StreamOrigin, signal: AbortSignal): Promise<StreamOrigin | undefined> {
    const changes = new Changes(signal);
    try {
      for (;;) {
        // It may have moved before the server was asked to report that.
        const now = await this.origin(signal);
        if (signal.aborted) return undefined;
        if (now && now.sources.join() !== from.sources.join()) return now;
        await changes.next();
      }
    } finally {
      await changes.close();
    }
  }
}

/** Waits for what the server reports of streams and sources. */
class Changes {
  private hasChanged = false;
  private reports = true;
  private wake = (): void => undefined;
  private readonly stop = (): void => {
    this.wake();
  };
  private readonly subscription: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(private readonly signal: AbortSignal) {
    this.subscription = spawn('pactl', ['subscribe'], {
      ...spawnOptions(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    signal.addEventListener('abort', this.stop);
    // Its close says so as well.
    this.subscription.on('error', () => undefined);
    this.closed = new Promise<void>(resolve =>
      this.subscription.once('close', () => {
        this.reports = false;
        // What happened since the last look may not have been reported.
        this.hasChanged = true;
        this.wake();
        resolve();
      }),
    );
    this.subscription.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (!/ on (source|source-output|server) #/.test(text)) return;
      this.hasChanged = true;
      this.wake();
    });
  }

  async next(): Promise<void> {
    if (!this.hasChanged && !this.signal.aborted) {
      const waiting = new AbortController();
      this.wake = () => {
        waiting.abort();
      };
      const everyMs = this.reports ? LOOK_EVERY_MS : LOOK_ALONE_EVERY_MS;
      await delay(everyMs, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
    }
    this.hasChanged = false;
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.stop);
    this.subscription.kill('SIGKILL');
    if (this.subscription.pid !== undefined) await this.closed;
  }
}

/** Whether a source is no microphone but what a loudspeaker plays. */
export function isMonitor(source: string): boolean {
  return source.endsWith('.monitor');
}

/**
 * Where a marked stream comes from, by what `pactl list source-outputs` and `pactl list sources` print. A filter, such as one
 * against echoes, is a source whose module has a stream of its own.
 */
export function originOf(mark: string, outputs: string, sources: string): StreamOrigin | undefined {
  const streams = blocksOf(outputs, 'Source Output');
  const all = blocksOf(sources, 'Source');
  const names: string[] = [];
  let description = '';
  let stream = streams.find(({ text }) => text.includes(`${MARK} = "${mark}"`));
  while (stream) {
    const number = fieldOf(stream.text, 'Source');
    const source = all.find(block => block.number === number);
    const name = source && fieldOf(source.text, 'Name');
    if (!name || names.includes(name)) break;
    description ||= fieldOf(source.text, 'Description') ?? name;
    names.push(name);
    const owner = fieldOf(source.text, 'Owner Module');
    stream = streams.find(
      ({ text }) => fieldOf(text, 'Owner Module') === owner && fieldOf(text, 'Client') === 'n/a',
    );
  }
  return names.length > 0 ? { sources: names, description } : undefined;
}

function blocksOf(printed: string, heading: string): { number: string; text: string }[] {
  return printed
    .split(new RegExp(`^${heading} #`, 'm'))
    .slice(1)
    .map(text => ({ number: /^\d+/.exec(text)![0], text }));
}

function fieldOf(block: string, field: string): string | undefined {
  return new RegExp(`^\\t${field}: (.*)$`, 'm').exec(block)?.[1];
}
