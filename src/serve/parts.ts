/** Something that runs as long as the configuration asks for it. */
export interface Part {
  start(): void | Promise<void>;
  stop(): Promise<void>;
}

/** A part that the configuration asks for. */
export interface WantedPart {
  /** All that it depends on: a part whose key is the same goes on. */
  key: string;
  /** Names it in reports. */
  what: string;
  make: () => Part | Promise<Part>;
}

/** The parts that run. */
export class Parts {
  private running: { key: string; what: string; part: Part }[] = [];

  /** @param report gets what keeps a part from starting or stopping; the others go on */
  constructor(private readonly report: (what: string, error: unknown) => void) {}

  /** Stops what is not wanted any more, the last first. */
  async stopOthers(wanted: readonly Pick<WantedPart, 'key'>[]): Promise<void> {
    const keys = new Set(wanted.map(({ key }) => key));
    const others = this.running.filter(({ key }) => !keys.has(key));
    this.running = this.running.filter(({ key }) => keys.has(key));
    for (const { what, part } of others.toReversed()) await this.attempt(what, () => part.stop());
  }

  /** Starts what does not run yet, in its order. One that cannot be made is tried again by the next call. */
  async startMissing(wanted: readonly WantedPart[]): Promise<void> {
    for (const { key, what, make } of wanted) {
      if (this.running.some(running => running.key === key)) continue;
      await this.attempt(what, async () => {
        const part = await make();
        this.running.push({ key, what, part });
        await part.start();
      });
    }
  }

  private async attempt(what: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.report(what, error);
    }
  }
}
