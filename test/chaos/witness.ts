import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** What the nodes of driver.ts saw, and what was done to them, in the order of time. */
export type WitnessLine =
  /** A cry was sent. */
  | { what: 'begun'; id: string }
  /** The journal has given back a cry with its end, and promises that it is on disk; with its clip where it has one. */
  | { what: 'kept'; id: string; clip?: string; picture?: string }
  /** It has given it back, while its status says that it cannot keep it. */
  | { what: 'not promised'; id: string; clip?: string; picture?: string }
  /** The reason node has noted a fact, or counted an answer to a cry. */
  | { what: 'fact' | 'answer'; id: string }
  /** Nothing can be written from now on; or it can again; or the process was killed. */
  | { what: 'trouble begins' | 'trouble ends' | 'killed' };

/** All that has to be on disk. */
export interface Promises {
  cries: Set<string>;
  /** Paths of clips and pictures, by the ids of their cries. */
  clips: Map<string, string[]>;
  facts: Set<string>;
  answers: Set<string>;
}

/** A file of witness lines, which is outside of what the chaos is done to. */
export class Witness {
  constructor(readonly file: string) {}

  note(line: WitnessLine): void {
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  lines(): WitnessLine[] {
    if (!existsSync(this.file)) return [];
    const whole = readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
    return whole.map(line => JSON.parse(line) as WitnessLine);
  }

  /** Whether a cry that was sent after the last trouble is kept: then all that waited is. */
  get hasCaughtUp(): boolean {
    const lines = this.lines();
    const end = lines.findLastIndex(({ what }) => what === 'trouble ends');
    return caughtUpAt(lines, end) < Infinity;
  }

  /**
   * What was promised. While nothing can be written, nothing is; what was given back meanwhile is promised once the same
   * process has kept a cry that was sent later. Facts and answers are not acknowledged before they are on disk.
   */
  promises(): Promises {
    const lines = this.lines();
    const promised = lines.filter((line, i) => line.what !== 'kept' || isPromised(lines, i));
    const idsOf = (wanted: string): Set<string> =>
      new Set(promised.flatMap(line => (line.what === wanted && 'id' in line ? [line.id] : [])));
    const clips = new Map<string, string[]>();
    for (const line of promised)
      if (line.what === 'kept' && line.clip !== undefined)
        clips.set(line.id, [line.clip, line.picture ?? '']);
    return { cries: idsOf('kept'), clips, facts: idsOf('fact'), answers: idsOf('answer') };
  }
}

/** Place of the first cry that was sent after place `end` and is kept; Infinity where there is none. */
function caughtUpAt(lines: readonly WitnessLine[], end: number): number {
  const begun = new Set<string>();
  for (let i = end + 1; i < lines.length; i++) {
    const line = lines[i];
    if (line.what === 'begun') begun.add(line.id);
    else if (line.what === 'kept' && begun.has(line.id)) return i;
    else if (line.what === 'trouble begins') return Infinity;
  }
  return Infinity;
}

function isPromised(lines: readonly WitnessLine[], i: number): boolean {
  const begin = lines.findLastIndex(({ what }, at) => at < i && what === 'trouble begins');
  if (begin < 0) return true;
  const end = lines.findIndex(({ what }, at) => at > begin && what === 'trouble ends');
  const caughtUp = end < 0 ? Infinity : caughtUpAt(lines, end);
  if (caughtUp <= i) return true;
  // What waits is lost with its process.
  return caughtUp < Infinity && !lines.slice(i, caughtUp).some(({ what }) => what === 'killed');
}
