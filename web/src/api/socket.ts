// Where the API's WebSocket is, and how it says that the session is over.

/** The code with which the server closes a socket whose session or token is not good. */
export const FORBIDDEN = 4403;

export function socketAddress(): string {
  const address = new URL('/graphql', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}
