import { parseCameraAddress, redact } from '../../../src/audio/live/camera-address.js';

/** An address for the flow, which may be exported, and the login that was in it, which has fields of its own. */
export interface SplitAddress {
  url: string;
  user: string;
  password: string;
}

/** Takes user name and password out of an address; undefined if it is not an address, or if it is unclear what the password is. */
export function splitAddress(address: string): SplitAddress | undefined {
  try {
    return parseCameraAddress(address);
  } catch {
    return undefined;
  }
}

/** An address without any secret, even if it can't be read. */
export function publicAddress(address: string): string {
  return splitAddress(address)?.url ?? redact(address.trim()).replace(/^[^/]*@/, '***@');
}

/** Whether a camera can be reached at an address that holds no login. */
export function isPublicAddress(address: string): boolean {
  const split = splitAddress(address);
  return split !== undefined && split.user === '' && split.password === '';
}

/** The host of an address, for the node's label; '' if there is none. */
export function hostOf(address: string): string {
  return /\/\/([^/:]+)/.exec(address)?.[1] ?? '';
}
