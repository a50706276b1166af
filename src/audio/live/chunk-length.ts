/**
 * A live chunk has at least so many samples, 0.128 s: half a step of the network, and few enough messages for many
 * cameras. Recorders are asked for pieces of this length, so that each is a chunk at once and wakes its reader once.
 */
export const CHUNK_SAMPLES = 2048;
