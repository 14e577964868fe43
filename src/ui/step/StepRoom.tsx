/** The Step room is not built yet; this says so. */
export default function StepRoom() {
  return (
    <section className="sheet">
      <h2>Step</h2>
      <p className="quiet">This room is not built yet.</p>
    </section>
  );
}
