// GraphiQL itself, signed in and with Carryall's operations in its tabs.
import { GraphiQL } from 'graphiql';
import 'graphiql/setup-workers/vite';
import { useEffect, useState } from 'react';
import type { Session } from '../session/SessionGate';
import { connect } from './connection';
import { operations } from './operations';
// Not graphiql/style.css: that one carries 0.4 MB of fonts as data: addresses and Monaco's styles a second time.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './editor.css';

export default function Editor({ session }: { session: Session }) {
  const [connection] = useState(() => connect(session));
  useEffect(() => connection.close, [connection]);

  return (
    <GraphiQL
      fetcher={connection.fetcher}
      defaultTabs={operations}
      defaultEditorToolsVisibility
      // Operations may hold a storage's secret, so they live no longer than the tab.
      storage={sessionStorage}
      // The session's cookie is all that the server asks for.
      isHeadersEditorEnabled={false}
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo>
        <a className="product" href="/">
          Carryall
        </a>
        <button type="button" className="sign-out" onClick={() => void session.signOut()}>
          Sign out
        </button>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
