/**
 * Keepalive of a device's connection, in seconds, at most. A broker gives up a client that is silent for one and a half times
 * as long: who relies on hearing the baby has to know soon.
 */
export const KEEPALIVE_S = 15;
