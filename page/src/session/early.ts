/**
 * The socket that a script in the page's head opened, while this one and the styles were still on their way.
 *
 * The server says nothing before hello: no message can have been missed. One that nobody takes over it closes by itself.
 * One that failed is taken over like any other: a server that refuses is asked again after a while, not at once.
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

/** The server waits for a hello for twice as long: what is older may be closed by it at any moment. */
const FRESH_MILLIS = 5000;

/** Take over the early socket, if it leads to this address and is not too old; null: there is none. Only once. */
export function takeEarly(page: { cadranEarly?: EarlySocket }, url: string, nowMillis: number): WebSocket | null {
  const early = page.cadranEarly;
  delete page.cadranEarly;
  if (!early) return null;
  const { socket, atMillis } = early;
  if (socket.url === url && nowMillis - atMillis < FRESH_MILLIS) return socket;
  socket.close();
  return null;
}
