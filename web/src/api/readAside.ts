// Asks the server past what the page knows already. There each thing is kept once, so that what one answer says of it may be
// put together with what another said; where it matters that two things were said at once, it is asked in this way.
import { type AnyVariables, Client, createRequest, fetchExchange, type OperationResult } from '@urql/core';
import type { TypedDocumentNode } from '@urql/core';

/** The answer as it came. `page` is the client that the page has: its requests and these are made in the same way. */
export function readAside<Data, Variables extends AnyVariables>(
  page: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<OperationResult<Data, Variables>> {
  const { context } = page.createRequestOperation('query', createRequest(document, variables));
  const aside = new Client({
    url: context.url,
    preferGetMethod: false,
    exchanges: [fetchExchange],
    ...(context.fetch && { fetch: context.fetch }),
  });
  return aside.query(document, variables).toPromise();
}
