// The API token of this browser tab: where it comes from and where it is kept.

// Gone with the tab, and never sent along by the browser on its own as a cookie would be.
const KEY = 'carryall.token';

/** The token that the address carries as `#token=…`, if it does, or else the one this tab keeps. */
export function takeToken(): string | null {
  const offered = new URLSearchParams(location.hash.slice(1)).get('token')?.trim();
  if (offered === undefined) {
    return sessionStorage.getItem(KEY);
  }
  // Replaced, not navigated: the token must stay neither in the address bar nor behind the back button.
  history.replaceState(null, '', location.pathname + location.search);
  sessionStorage.setItem(KEY, offered);
  return offered;
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}
