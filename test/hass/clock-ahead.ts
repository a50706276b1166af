const realNow = Date.now.bind(Date);
const realSteady = performance.now.bind(performance);
let aheadMs = 0;
let passedMs = 0;

/** Lets time pass in this process; ends with `setClock`. */
export function jumpAhead(ms: number): void {
  passedMs += ms;
  performance.now = () => realSteady() + passedMs;
  setAhead(ms);
}

/** Sets this process's clock ahead, as a time server does it; ends with `setClock`. */
export function setAhead(ms: number): void {
  aheadMs += ms;
  Date.now = () => realNow() + aheadMs;
}

/** Sets the clock right again. */
export function setClock(): void {
  aheadMs = passedMs = 0;
  Date.now = realNow;
  performance.now = realSteady;
}
