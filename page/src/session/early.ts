/**
 * The socket that a script in the page's head opened, while this one and the styles were still on their way.
 *
 * The server says nothing before hello: no message can have been missed. One that nobody takes over it closes by itself.
 */

export interface EarlySocket {
  readonly socket: WebSocket;
  /** When it was opened, as of `performance.now`. */
  readonly atMillis: number;
}

declare global {
  interface Window {
    cadranEarly?: EarlySocket;
  }
}

const CONNECTING = 0;
const OPEN = 1;
/** The server waits for a hello for twice as long: what is older may be closed by it at any moment. */
const FRESH_MILLIS = 5000;

/** Take over the early socket, if it leads to this address and is still good; null: there is none. Only once. */
export function takeEarly(page: { cadranEarly?: EarlySocket }, url: string, nowMillis: number): WebSocket | null {
  const early = page.cadranEarly;
  delete page.cadranEarly;
  if (!early) return null;
  const { socket, atMillis } = early;
  const isAlive = socket.readyState === CONNECTING || socket.readyState === OPEN;
  if (isAlive && socket.url === url && nowMillis - atMillis < FRESH_MILLIS) return socket;
  socket.close();
  return null;
}
