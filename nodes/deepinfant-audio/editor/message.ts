/** Shows a sentence below a field. */
export function showMessage(where: string | JQuery, text: string): void {
  (typeof where === 'string' ? $(where) : where).text(text).removeClass('deepinfant-audio-error');
}

/** Shows below a field what is wrong; nothing is, if the text is empty. */
export function showError(where: string | JQuery, text: string): void {
  (typeof where === 'string' ? $(where) : where).text(text).addClass('deepinfant-audio-error');
}
