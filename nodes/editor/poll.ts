/**
 * Does something again and again, each time `pauseMs` after it was done, for as long as the element is in the page: until
 * its dialog is closed, however that is done.
 */
export async function poll(element: Element, pauseMs: number, action: () => Promise<void>): Promise<void> {
  while (element.isConnected) {
    await action();
    await new Promise(resolve => window.setTimeout(resolve, pauseMs));
  }
}
