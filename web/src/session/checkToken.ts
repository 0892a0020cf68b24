// Asks the server whether it accepts a token.

/** Null if it does, else what to tell the person. */
export async function checkToken(token: string): Promise<string | null> {
  // Anything else cannot be put into a header; fetch would throw as if the network were down.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return 'That is not a token: it is empty, or has a space or a foreign character in it.';
  }
  let response: Response;
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
  } catch {
    return 'The server cannot be reached. Is it running?';
  }
  if (response.status === 401) {
    return 'The server refused this token. It may be mistyped, or that of another server.';
  }
  return response.ok ? null : `The server could not check the token (HTTP status ${response.status}).`;
}
