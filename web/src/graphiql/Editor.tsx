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
      // Operations may hold a storage's secret, so they live as long as the token: not longer than the tab.
      storage={sessionStorage}
      // The only header the server reads is the token's, and that one is set here.
      isHeadersEditorEnabled={false}
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo>
        <span className="product">Carryall</span>
        <button type="button" className="sign-out" onClick={session.signOut}>
          Sign out
        </button>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
