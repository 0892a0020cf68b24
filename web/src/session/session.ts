// The session of this browser: begun with an API token, kept by the browser as a cookie that no script can read.
import type { Viewer } from './viewer';

/** What came of asking the server who this is. */
export type Answer = { viewer: Viewer } | { signedOut: true } | { problem: string };

const UNREACHABLE = 'The server cannot be reached. Is it running?';

/** Asks the server whose session this is. */
export async function whoIsThis(): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { name role } }' }),
    });
  } catch {
    return { problem: UNREACHABLE };
  }
  if (response.status === 401) {
    return { signedOut: true };
  }
  if (!response.ok) {
    return { problem: await told(response) };
  }
  try {
    const { data } = (await response.json()) as { data?: { viewer: Viewer } };
    if (data !== undefined) {
      return { viewer: data.viewer };
    }
  } catch {
    // Not ours: a proxy's page, say.
  }
  return { problem: 'The server does not say who you are.' };
}

/** Begins a session. Null if the server accepts the token, else what to tell the person. */
export async function signIn(token: string): Promise<string | null> {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return 'That is not a token: it is empty, or has a space or a foreign character in it.';
  }
  let response: Response;
  try {
    response = await fetch('/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token }),
    });
  } catch {
    return UNREACHABLE;
  }
  if (response.status === 401) {
    return 'The server refused this token. It may be mistyped, or that of another server.';
  }
  return response.ok ? null : told(response);
}

/** Ends the session. Null if that is done, else what keeps it from being so. */
export async function signOut(): Promise<string | null> {
  try {
    const response = await fetch('/session', { method: 'DELETE' });
    return response.ok ? null : await told(response);
  } catch {
    return UNREACHABLE;
  }
}

/** The token that the address carries as `#token=…`, if it does. It stays neither there nor behind the back button. */
export function takeOfferedToken(): string | null {
  const offered = new URLSearchParams(location.hash.slice(1)).get('token')?.trim();
  if (offered === undefined) {
    return null;
  }
  history.replaceState(null, '', location.pathname + location.search);
  return offered;
}

/** What the server says is wrong: as a GraphQL answer does, or as text. */
async function told(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    const { errors } = JSON.parse(text) as { errors?: { message?: string }[] };
    const message = errors?.[0]?.message;
    if (message !== undefined) {
      return message;
    }
  } catch {
    // Not ours: a proxy's page, say.
  }
  return `The server, or what stands before it, answered with HTTP status ${response.status}.`;
}
