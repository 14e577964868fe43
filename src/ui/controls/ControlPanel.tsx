export function ControlPanel() {
  return <p>…</p>;
}
