/** Seconds of the room that are remembered. */
const MEMORY_S = 60;
/** Share of that time that is quieter than what counts as the room: speech, music and steps come on top of it. */
const QUIET_SHARE = 0.2;
/** A muted or gated microphone sends less than this; that does not make the room quieter than a quiet bedroom. */
const QUIETEST_DB = -70;

/** What the room sounds like while nobody cries: a low quantile of its recent levels, in dB of full scale. */
export class RoomLevel {
  private recent: { levelDb: number; durationS: number }[] = [];
  private heardS = 0;

  /** Undefined until something was heard. */
  get db(): number | undefined {
    const rising = [...this.recent].sort((a, b) => a.levelDb - b.levelDb);
    let belowS = 0;
    const room = rising.find(({ durationS }) => (belowS += durationS) > QUIET_SHARE * this.heardS);
    return room && Math.max(room.levelDb, QUIETEST_DB);
  }

  /** Takes `durationS` seconds of the room at `levelDb`. */
  hear(levelDb: number, durationS: number): void {
    this.recent.push({ levelDb, durationS });
    this.heardS += durationS;
    while (this.heardS > MEMORY_S) this.heardS -= this.recent.shift()!.durationS;
  }
}
