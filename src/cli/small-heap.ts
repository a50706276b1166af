/**
 * Imported before all else by what runs for months. V8 makes the room for new objects larger, up to 32 MB, while modules are
 * loaded, and never smaller again; a service that hears sounds needs little of it.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--semi-space-growth-factor=1');
