/* What a test or a search said holds only as long as nothing is changed. */

/** Whatever decides what is heard, or found. */
const FIELDS =
  '#node-input-kind, #deepinfant-audio-way, #node-input-microphone, #node-input-url, #node-input-user, #node-input-password, #node-input-hass, #node-input-entity, #node-input-track, #node-input-pauses, #deepinfant-audio-server, #deepinfant-audio-server-kind';
/** These show another list of cameras, or none; a camera that is chosen from the list changes the address. */
const FIELDS_OF_SEARCH =
  '#node-input-kind, #deepinfant-audio-way, #deepinfant-audio-server, #deepinfant-audio-server-kind';

let changes = 0;

/** Lets what was said about other settings vanish as soon as they change. */
export function forgetResults(): void {
  $(FIELDS).on('change input', () => {
    changes++;
    $('.deepinfant-audio-result').empty().removeClass('deepinfant-audio-error');
  });
  $(FIELDS_OF_SEARCH).on('change input', () => {
    $('.deepinfant-audio-found').empty();
  });
}

/** @returns whether nothing was changed since */
export function watchChanges(): () => boolean {
  const before = changes;
  return () => changes === before;
}
