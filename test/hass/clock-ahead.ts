const realNow = Date.now.bind(Date);
let aheadMs = 0;

/** Lets this process's clock jump ahead; ends with `setClock`. */
export function jumpAhead(ms: number): void {
  aheadMs += ms;
  Date.now = () => realNow() + aheadMs;
}

/** Sets the clock right again. */
export function setClock(): void {
  aheadMs = 0;
  Date.now = realNow;
}
