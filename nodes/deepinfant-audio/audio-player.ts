import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { paced, readRecording } from '../../src/audio/recording.js';
import { clock } from '../../src/clock.js';
import { messageOf } from '../../src/errors.js';
import { type AudioChunk, SAMPLE_RATE } from '../../src/values.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import { roomFor } from '../backlog.js';
import type { PlaybackState } from '../messages.js';
import { forEachRecording, type NamedRecording, recordingsAt, recordingsOf } from '../recordings.js';
import { Turns } from '../../src/turns.js';
import { demoChunks } from './demo.js';
import type { AudioSettings } from './settings.js';

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
export class AudioPlayer implements NodeWork {
  private readonly stopping = new AbortController();
  private readonly turns = new Turns();
  private readonly showStatus;

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
  input(msg: NodeMessage, send: Send): Promise<void> {
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

  stop(): Promise<void> {
    this.stopping.abort();
    return this.turns.take(() => Promise.resolve());
  }

  private async recordingsFor(msg: NodeMessage, send: Send): Promise<(NamedRecording | Demo)[]> {
    const { kind, path, name } = this.settings;
    try {
      if (kind === 'demo') return [{ source: name || 'demo', input: null }];
      return await (kind === 'recording' ? recordingsAt(path, name) : recordingsOf(msg));
    } catch (error) {
      const asked = kind === 'recording' ? path : msg.payload;
      const source = typeof asked === 'string' ? asked : (msg.topic ?? '');
      this.tell({ source, state: 'failed', positionS: 0, error: messageOf(error) }, msg, send);
      throw error;
    }
  }

  private tell(state: PlaybackState, msg: NodeMessage, send: Send): void {
    this.showStatus(state.state, { time: clock(state.positionS) });
    send([null, { ...msg, topic: state.source, payload: state }]);
  }

  private async play(recording: NamedRecording | Demo, msg: NodeMessage, send: Send): Promise<void> {
    const { source } = recording;
    const { signal } = this.stopping;
    const live = this.settings.speed === 'realTime';
    let positionS = 0;
    const tell = (state: PlaybackState['state'], error?: string): void => {
      this.tell({ source, state, positionS, error }, msg, send);
    };

    tell('starting');
    try {
      const chunks = this.chunksOf(recording, live);
      for await (const chunk of live ? paced(chunks, { signal }) : chunks) {
        if (positionS === 0) tell('running');
        send([{ ...msg, topic: source, payload: chunk }, null]);
        positionS = (chunk.firstSample + chunk.samples.length) / SAMPLE_RATE;
        this.showStatus('running', { time: clock(positionS) });
        if (!live) await roomFor(source, signal);
      }
      tell('ended');
    } catch (error) {
      if (!signal.aborted) tell('failed', messageOf(error));
      throw error;
    } finally {
      send([{ ...msg, topic: source, payload: undefined, complete: true }, null]);
    }
  }

  /** Played in real time, a recording counts as happening now. */
  private async *chunksOf(
    { input, source }: NamedRecording | Demo,
    live: boolean,
  ): AsyncGenerator<AudioChunk> {
    const startAt = live ? Date.now() : 0;
    if (input === null) yield* demoChunks(source, startAt);
    else yield* readRecording(input, { source, startAt, signal: this.stopping.signal });
  }
}
