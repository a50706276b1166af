import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { Backlog } from '../../src/audio/backlog.js';
import { demoChunks } from '../../src/audio/demo.js';
import { play, type PlaybackState } from '../../src/audio/playback.js';
import { playInRealTime, readRecording } from '../../src/audio/recording.js';
import { forEachRecording, type NamedRecording, recordingsAt } from '../../src/audio/recordings.js';
import { sourceName } from '../../src/audio/source-name.js';
import { clock } from '../../src/clock.js';
import { messageOf } from '../../src/errors.js';
import { Turns } from '../../src/turns.js';
import { type AudioChunk, SAMPLE_RATE } from '../../src/values.js';
import { textOf } from '../../src/unknown-data.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import type { WaitUntil } from '../audio-messages.js';
import { recordingsOf } from '../recordings.js';
import type { AudioSettings } from './settings.js';
import { readListen } from './listen.js';

const STATUS_BY_STATE: Record<PlaybackState['state'] | 'waiting', StatusForm> = {
  waiting: { fill: 'grey', shape: 'ring', text: 'deepinfant-audio.status.waiting' },
  starting: { fill: 'blue', shape: 'ring', text: 'deepinfant-audio.status.starting' },
  running: { fill: 'green', shape: 'dot', text: 'deepinfant-audio.status.running' },
  ended: { fill: 'grey', shape: 'dot', text: 'deepinfant-audio.status.ended' },
  failed: { fill: 'red', shape: 'ring', text: 'node-red:common.status.error' },
};

/** The built-in nursery scene. */
interface Demo {
  source: string;
  input: null;
}

/** Plays recordings as messages, one recording after another. */
export class RecordingNode implements NodeWork {
  private readonly stopping = new AbortController();
  private readonly turns = new Turns();
  private readonly backlog = new Backlog();
  private readonly showStatus;
  private readonly warn = (message: string): void => {
    this.node.warn(message);
  };

  constructor(
    RED: NodeAPI,
    private readonly node: Node,
    private readonly settings: AudioSettings,
  ) {
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
  }

  async start(): Promise<void> {
    this.showStatus('waiting');
    if (this.settings.autoStart && this.settings.kind !== 'input') {
      await this.input({}, outputs => {
        this.node.send(outputs);
      });
    }
  }

  /** Plays what the message asks for when all that came before has been played. */
  async input(msg: NodeMessage, send: Send): Promise<void> {
    // The switch in Home Assistant is for microphones and cameras.
    if (readListen(msg) !== undefined) return;
    await this.playAll(msg, send);
  }

  stop(): Promise<void> {
    this.stopping.abort();
    return this.turns.take(() => Promise.resolve());
  }

  private playAll(msg: NodeMessage, send: Send): Promise<void> {
    const { signal } = this.stopping;
    const report = (error: unknown): void => {
      this.node.error(messageOf(error), msg);
    };
    return this.turns.take(async () => {
      if (signal.aborted) return;
      const recordings = await this.recordingsFor(msg, send);
      await forEachRecording(recordings, { signal, report }, recording => this.play(recording, msg, send));
    });
  }

  private async recordingsFor(msg: NodeMessage, send: Send): Promise<(NamedRecording | Demo)[]> {
    const { kind, path, name } = this.settings;
    try {
      if (kind === 'demo') return [{ source: sourceName(name || 'demo'), input: null }];
      return await (kind === 'recording'
        ? recordingsAt(path, { name, warn: this.warn })
        : recordingsOf(msg, this.warn));
    } catch (error) {
      const asked = kind === 'recording' ? path : msg.payload;
      const source = sourceName(typeof asked === 'string' ? asked : textOf(msg.topic));
      this.sendState({ source, state: 'failed', positionS: 0, error: messageOf(error) }, msg, send);
      throw error;
    }
  }

  private async play(recording: NamedRecording | Demo, msg: NodeMessage, send: Send): Promise<void> {
    const { source } = recording;
    const { signal } = this.stopping;
    const common = { ...msg, topic: source, sourceId: this.node.id };
    const waitUntil: WaitUntil = work => {
      this.backlog.add(work);
    };
    const isLive = this.settings.speed === 'realTime';
    try {
      await play(
        source,
        this.chunksOf(recording),
        {
          chunk: async chunk => {
            send([{ ...common, payload: chunk, ...(!isLive && { waitUntil }) }, null]);
            this.showStatus('running', {
              time: clock((chunk.firstSample + chunk.samples.length) / SAMPLE_RATE),
            });
            if (isLive) return;
            // Node-RED delivers it in the next turn of the event loop.
            await nextTurn();
            await this.backlog.whenEmpty(signal);
          },
          state: state => {
            this.sendState(state, msg, send);
          },
        },
        signal,
      );
    } finally {
      send([{ ...common, payload: undefined, complete: true }, null]);
    }
  }

  private sendState(state: PlaybackState, msg: NodeMessage, send: Send): void {
    this.showStatus(state.state, { time: clock(state.positionS) });
    send([null, { ...msg, topic: state.source, payload: state }]);
  }

  /** Played in real time, a recording counts as happening now. */
  private chunksOf({
    input,
    source,
  }: NamedRecording | Demo): AsyncIterable<AudioChunk> | Iterable<AudioChunk> {
    const { signal } = this.stopping;
    const isLive = this.settings.speed === 'realTime';
    const startAt = isLive ? Date.now() : 0;
    const chunks =
      input === null
        ? demoChunks(source, startAt)
        : readRecording(input, { source, startAt, signal, warn: this.warn });
    return isLive ? playInRealTime(chunks, { signal }) : chunks;
  }
}
