/** Reads and fills the fields of a dialog. */

export function textOf(field: string): string {
  return String($(field).val() ?? '');
}

/** Fills a field as a person does, so that Node-RED and the dialog notice. */
export function fill(field: string, text: string): void {
  $(field).val(text).trigger('change');
}

/** The id of the configuration node that is chosen in a field; '' if there is none. */
export function chosenNode(field: string): string {
  const id = textOf(field);
  return id === '_ADD_' ? '' : id;
}

/**
 * Lists what can be chosen. What is chosen already stays so, and stays in the list, even if it is not there (yet): a flow
 * may name a microphone that is unplugged or a model that is not installed.
 */
export function fillSelect(field: string, choices: { value: string; name: string }[], chosen: string): void {
  const select = $(field).empty();
  const isMissing = chosen !== '' && !choices.some(({ value }) => value === chosen);
  for (const { value, name } of isMissing ? [...choices, { value: chosen, name: chosen }] : choices)
    $('<option>').val(value).text(name).appendTo(select);
  if (choices.some(({ value }) => value === chosen) || isMissing) select.val(chosen);
}
