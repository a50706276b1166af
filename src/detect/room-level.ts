/** Seconds over which the room's level is averaged. */
const MEMORY_S = 30;
/** A muted or gated microphone sends less than this; that does not make the room quieter than a quiet bedroom. */
const QUIETEST_DB = -70;

/** Running mean of the room's level while nobody cries, in dB of full scale. */
export class RoomLevel {
  private meanDb: number | undefined;
  private heardS = 0;

  /** Undefined until something was heard. */
  get db(): number | undefined {
    return this.meanDb;
  }

  /** Takes `durationS` seconds of the room at `levelDb`. */
  hear(levelDb: number, durationS: number): void {
    const level = Math.max(levelDb, QUIETEST_DB);
    this.heardS = Math.min(this.heardS + durationS, MEMORY_S);
    this.meanDb ??= level;
    this.meanDb += (level - this.meanDb) * Math.min(durationS / this.heardS, 1);
  }
}
