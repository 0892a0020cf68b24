// The WebSocket for subscriptions: connected again whenever it is lost, for as long as the page is open.
import { type Client, createClient } from 'graphql-ws';
import { FORBIDDEN, socketAddress } from './socket';

/** The longest pause between two tries, in milliseconds. */
const LONGEST_PAUSE = 5000;
/** A ping so often, and so long until it must be answered: else the connection is only said to be there. */
const PING_EVERY = 15_000;
const PONG_WITHIN = 10_000;
const SILENT = 4408;

/** `refused` is called when the server no longer accepts the session. */
export function connectSocket(refused: () => void): Client {
  let open: WebSocket | undefined;
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  return createClient({
    url: socketAddress(),
    retryAttempts: Infinity,
    retryWait: (tries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** tries, LONGEST_PAUSE) + 500 * Math.random())),
    shouldRetry: (event) => !(event instanceof CloseEvent && event.code === FORBIDDEN),
    lazyCloseTimeout: 5000,
    keepAlive: PING_EVERY,
    on: {
      opened: (socket) => {
        open = socket as WebSocket;
      },
      ping: (received) => {
        if (!received) {
          unanswered = setTimeout(() => open?.close(SILENT, 'No answer to a ping'), PONG_WITHIN);
        }
      },
      pong: (received) => {
        if (received) {
          clearTimeout(unanswered);
        }
      },
      closed: (event) => {
        clearTimeout(unanswered);
        if (event instanceof CloseEvent && event.code === FORBIDDEN) {
          refused();
        }
      },
    },
  });
}
