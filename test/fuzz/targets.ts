import { DOORS } from './doors.js';
import { nodesTarget } from './nodes.js';
import { ffmpegFormats, ownFormats } from './recordings.js';
import { httpAnswers, homeAssistantSocket } from './servers.js';
import { journalFile, keptFile } from './stores.js';
import type { Target } from './target.js';

/** A target, made when its turn comes. */
interface TargetPlan {
  make: () => Target<unknown>;
  /** How many of the inputs it gets, beside the others: fewer where each costs much. */
  share: number;
}

const doors = Object.entries(DOORS).map(([name, make]) => [name, { make, share: 1 }] as const);

export const TARGETS: Record<string, TargetPlan> = {
  ...Object.fromEntries(doors),
  wav: { make: () => ownFormats('wav'), share: 1 },
  flac: { make: () => ownFormats('flac'), share: 1 },
  'aiff, au, caf and w64': { make: () => ownFormats('others'), share: 1 },
  'recordings for ffmpeg': { make: ffmpegFormats, share: 0.05 },
  'kept file': { make: keptFile, share: 1 },
  'journal file': { make: journalFile, share: 0.2 },
  'HTTP answers': { make: httpAnswers, share: 0.5 },
  'Home Assistant socket': { make: homeAssistantSocket, share: 0.5 },
  nodes: { make: nodesTarget, share: 1 },
};
