export interface ReasonSettings {
  name: string;
  /** Id of a deepinfant-baby node, or '' to estimate without knowing the baby. */
  baby: string;
}

export const REASON_DEFAULTS: ReasonSettings = {
  name: '',
  baby: '',
};
