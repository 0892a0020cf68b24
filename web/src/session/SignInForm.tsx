// The form that asks for an API token and has the server check it.
import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { signIn } from './session';

interface Props {
  page: string;
  /** Why the person is asked, if there is a reason besides not having signed in yet. */
  problem: string | null;
  onSignedIn: () => void;
}

export function SignInForm({ page, problem: initialProblem, onSignedIn }: Props) {
  const [problem, setProblem] = useState(initialProblem);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (!busy) {
      field.current?.focus();
      field.current?.select();
    }
  }, [busy]);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    setBusy(true);
    setProblem(null);
    const answer = await signIn(token);
    if (answer === null) {
      onSignedIn();
    } else {
      setProblem(answer);
      setBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <form onSubmit={(event) => void submit(event)} aria-labelledby="sign-in-title">
        <h1 id="sign-in-title">Sign in to Carryall</h1>
        <p>{page} needs an API token.</p>
        <label htmlFor="token">API token</label>
        <input
          ref={field}
          id="token"
          type="password"
          required
          readOnly={busy}
          // The session ends, so no password manager should keep the token longer.
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="carryall_…"
          aria-invalid={problem !== null}
          aria-describedby="token-problem token-help"
        />
        <p id="token-problem" className="problem" role="alert">
          {problem}
        </p>
        <button type="submit" disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
        <div id="token-help" className="help">
          <p>No token yet? Make one where the server runs:</p>
          <code>carryall token create --name NAME --role ADMIN</code>
          <p>You stay signed in for twelve hours. The token itself is not kept in this browser.</p>
        </div>
      </form>
    </main>
  );
}
