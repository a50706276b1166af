export interface BabySettings {
  name: string;
  /** Date as YYYY-MM-DD, or '' when it is not told. */
  birthDate: string;
}

export const BABY_DEFAULTS: BabySettings = {
  name: '',
  birthDate: '',
};
