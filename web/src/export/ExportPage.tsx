// One export: what is in it, how it stands, and what can be done with it.
export default function ExportPage({ id }: { id: string }) {
  return <p>{id}</p>;
}
