// What is shown while a token is being checked or a page's code is on its way.
export function Loading() {
  return (
    <p className="loading" role="status">
      Loading…
    </p>
  );
}
