// Stands before a page: shows the sign-in form until the server has accepted a token, then the page.
import { type ReactNode, useEffect, useState } from 'react';
import { checkToken } from './checkToken';
import { Loading } from './Loading';
import { SignInForm } from './SignInForm';
import { forgetToken, keepToken, takeToken } from './token';

export interface Session {
  token: string;
  /** To be called when the server no longer accepts the token. */
  refused: () => void;
  signOut: () => void;
}

type State =
  | { at: 'check'; token: string }
  | { at: 'form'; problem: string | null }
  | { at: 'page'; token: string };

function start(): State {
  const token = takeToken();
  return token === null ? { at: 'form', problem: null } : { at: 'check', token };
}

function signOut(): void {
  // All of it: what was typed may hold a storage's secret. The reload drops what the page has in memory.
  sessionStorage.clear();
  location.reload();
}

export function SessionGate({ page, children }: { page: string; children: (session: Session) => ReactNode }) {
  const [state, setState] = useState(start);

  useEffect(() => {
    // Pasting the printed address into a tab that already shows the page changes only the fragment.
    const restart = () => {
      setState(start);
    };
    addEventListener('hashchange', restart);
    return () => {
      removeEventListener('hashchange', restart);
    };
  }, []);

  const unchecked = state.at === 'check' ? state.token : null;
  useEffect(() => {
    if (unchecked === null) {
      return;
    }
    let current = true;
    void checkToken(unchecked).then((problem) => {
      if (current) {
        setState(problem === null ? { at: 'page', token: unchecked } : { at: 'form', problem });
      }
    });
    return () => {
      current = false;
    };
  }, [unchecked]);

  switch (state.at) {
    case 'check':
      return <Loading />;
    case 'form':
      return (
        <SignInForm
          page={page}
          problem={state.problem}
          onSignedIn={(token) => {
            keepToken(token);
            setState({ at: 'page', token });
          }}
        />
      );
    case 'page':
      return children({
        token: state.token,
        refused: () => {
          forgetToken();
          setState({ at: 'form', problem: 'The server no longer accepts your token. Sign in again.' });
        },
        signOut,
      });
  }
}
