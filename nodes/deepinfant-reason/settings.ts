export interface ReasonSettings {
  name: string;
  /** Id of a deepinfant-baby node, or '' to estimate without knowing the baby. */
  baby: string;
  /** Of others in the same room, each '' for none. */
  baby2: string;
  baby3: string;
}

export const REASON_DEFAULTS: ReasonSettings = {
  name: '',
  baby: '',
  baby2: '',
  baby3: '',
};
