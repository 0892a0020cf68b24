// Stands before a page: shows the sign-in form until this browser has a session, then the page.
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { Loading } from './Loading';
import { SignInForm } from './SignInForm';
import { signIn, signOut, takeOfferedToken, whoIsThis } from './session';
import { type Viewer, ViewerContext } from './viewer';
import './session.css';

export interface Session {
  /** To be called when the server no longer accepts the session. */
  refused: () => void;
  signOut: () => Promise<string | null>;
}

type State =
  | { at: 'check'; offered: string | null }
  | { at: 'wait'; problem: string }
  | { at: 'form'; problem: string | null }
  | { at: 'page'; viewer: Viewer };

const OVER = 'Your session is over: it lasts twelve hours, or its token was revoked. Sign in again.';
/** In milliseconds. */
const TRY_AGAIN = 2000;

function start(): State {
  return { at: 'check', offered: takeOfferedToken() };
}

async function check(offered: string | null): Promise<State> {
  if (offered !== null) {
    const problem = await signIn(offered);
    if (problem !== null) {
      return { at: 'form', problem };
    }
  }
  const answer = await whoIsThis();
  if ('viewer' in answer) {
    return { at: 'page', viewer: answer.viewer };
  }
  return 'problem' in answer ? { at: 'wait', problem: answer.problem } : { at: 'form', problem: null };
}

/** Null if it is done: what the page has in memory is dropped then. */
async function leave(): Promise<string | null> {
  const problem = await signOut();
  if (problem === null) {
    // All of it: what was typed into GraphiQL may hold a storage's secret.
    sessionStorage.clear();
    location.reload();
  }
  return problem;
}

export function SessionGate({ page, children }: { page: string; children: (session: Session) => ReactNode }) {
  const [state, setState] = useState(start);

  useEffect(() => {
    // Pasting the printed address into a tab that already shows the page changes only the fragment.
    const offered = () => {
      const token = takeOfferedToken();
      if (token !== null) {
        setState({ at: 'check', offered: token });
      }
    };
    addEventListener('hashchange', offered);
    return () => {
      removeEventListener('hashchange', offered);
    };
  }, []);

  useEffect(() => {
    let current = true;
    const run = async (offered: string | null) => {
      const next = await check(offered);
      if (current) {
        setState(next);
      }
    };
    if (state.at === 'check') {
      void run(state.offered);
    }
    const timer = state.at === 'wait' ? setTimeout(() => void run(null), TRY_AGAIN) : undefined;
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [state]);

  const session = useMemo(
    () => ({
      refused: () => {
        setState({ at: 'form', problem: OVER });
      },
      signOut: leave,
    }),
    [],
  );

  switch (state.at) {
    case 'check':
      return <Loading>Loading…</Loading>;
    case 'wait':
      return <Loading>{state.problem} Trying again…</Loading>;
    case 'form':
      return (
        <SignInForm
          page={page}
          problem={state.problem}
          onSignedIn={() => {
            setState({ at: 'check', offered: null });
          }}
        />
      );
    case 'page':
      return <ViewerContext value={state.viewer}>{children(session)}</ViewerContext>;
  }
}
