export interface BabySettings {
  name: string;
  /** Date as YYYY-MM-DD, or '' when it is not told. */
  birthDate: string;
  /** Address of a Baby Buddy that knows the baby, or ''. */
  babyBuddy: string;
  /** The child's name there, or '' where it is the only one. */
  child: string;
}

/** What Node-RED keeps apart from the flow, and never exports. */
export interface BabyCredentials {
  /** Baby Buddy's API key. */
  token?: string;
}

export const BABY_DEFAULTS: BabySettings = {
  name: '',
  birthDate: '',
  babyBuddy: '',
  child: '',
};
