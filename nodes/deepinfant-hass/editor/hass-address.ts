/** Whether a text can be Home Assistant's address. None means that of the add-on in which Node-RED runs. */
export function isHassAddress(text: string): boolean {
  const address = text.trim();
  return address === '' || /^((https?|wss?):\/\/)?([^\s/:@]+|\[[\da-f:]+\])(:\d+)?(\/\S*)?$/i.test(address);
}
